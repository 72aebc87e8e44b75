"""The sandbox answers as anvil does, a node that others wrote, where both are given the same transactions.

The npm package @foundry-rs/anvil has it; without `anvil` in the path these tests are skipped.
"""

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from degentalk.sandbox.chain import Chain, keys
from degentalk.sandbox.chain.chain import START
from degentalk.sandbox.chain.contracts import call
from tests.processes import wait_until
from tests.sandbox_chain.chains import SHOP, TRANSFER, ask, result, web3_of

ANVIL = shutil.which("anvil")
pytestmark = pytest.mark.skipif(ANVIL is None, reason="no anvil on this machine (npm install -g @foundry-rs/anvil)")

UNKNOWN = "0x" + "12" * 32
# What depends on the header of the parent, on the fees so far, or on the state of accounts that only one of them has.
OF_THE_CHAIN = set(
    "hash parentHash blockHash stateRoot timestamp blockTimestamp mixHash size gasLimit gasPrice effectiveGasPrice "
    "baseFeePerGas number blockNumber".split()
)


@pytest.fixture(scope="module")
def anvil(tmp_path_factory) -> Iterator[str]:
    """Its address."""
    log = tmp_path_factory.mktemp("anvil") / "log"
    command = [ANVIL, "--port", "0", "--chain-id", "31337", "--hardfork", "cancun", "--timestamp", str(START)]
    with log.open("w") as output, subprocess.Popen([*command, "--slots-in-an-epoch", "2"], stdout=output) as process:
        wait_until(lambda: "Listening on " in log.read_text())
        yield f"http://{log.read_text().split('Listening on ')[1].split()[0]}"
        process.terminate()


@pytest.fixture
def both(anvil, chain) -> Iterator[list[str]]:
    """The addresses of both, with the same people, the same token, and one payment."""
    snapshot = result(anvil, "evm_snapshot")
    for name in keys.NAMES:
        result(anvil, "anvil_setBalance", chain.address(name), hex(10**24))
    raw = chain.world._first_transactions()
    raw.append(chain.world.sign(keys.WALLET, 1, to=chain.token, data=call("transfer(address,uint256)", SHOP, 5)))
    for one in raw:
        result(anvil, "eth_sendRawTransaction", "0x" + one.hex())
    result(chain.url, "eth_sendRawTransaction", "0x" + raw[-1].hex())
    yield [anvil, chain.url]
    result(anvil, "evm_revert", snapshot)


def shape(value: object) -> object:
    """What kinds of things an answer consists of, and what they are called."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    if not isinstance(value, str):
        return type(value).__name__
    return f"{len(value)} characters" if len(value) >= 42 else "quantity or short data"


def known(told: object, wanted: object) -> object:
    """Of an answer of anvil only what the sandbox says too: nodes add fields of their own."""
    if isinstance(told, dict) and isinstance(wanted, dict):
        return {name: known(told[name], wanted[name]) for name in wanted if name in told}
    if isinstance(told, list) and isinstance(wanted, list) and len(told) == len(wanted):
        return [known(one, other) for one, other in zip(told, wanted, strict=True)]
    return told


def same(value: object) -> object:
    """An answer without what is of the chain that it is about."""
    if isinstance(value, dict):
        return {name: same(part) for name, part in value.items() if name not in OF_THE_CHAIN}
    return [same(part) for part in value] if isinstance(value, list) else value


def payment(url: str) -> str:
    return result(url, "eth_getBlockByNumber", "latest", False)["transactions"][0]


def test_a_block_a_transaction_and_a_receipt_read_alike(both):
    for method, *params in (
        ("eth_getBlockByNumber", "latest", False),
        ("eth_getBlockByNumber", "latest", True),
        ("eth_getTransactionByHash", payment(both[1])),
        ("eth_getTransactionReceipt", payment(both[1])),
    ):
        told, mine = (result(url, method, *params) for url in both)
        assert set(mine) <= set(told), method
        assert shape(known(told, mine)) == shape(mine), method
        assert same(known(told, mine)) == same(mine), method


def test_logs_read_alike(both):
    told, mine = (result(url, "eth_getLogs", {"fromBlock": "latest", "topics": [TRANSFER]}) for url in both)
    assert same(known(told, mine)) == same(mine)
    assert len(mine) == 1
    assert set(mine[0]) == set(told[0])


def test_state_reads_alike(both, chain):
    token, data = chain.token, "0x" + call("balanceOf(address)", SHOP).hex()
    for method, *params in (
        ("eth_chainId",),
        ("net_version",),
        ("eth_syncing",),
        ("eth_getCode", token, "latest"),
        ("eth_getCode", SHOP, "latest"),
        ("eth_call", {"to": token, "data": data}, "latest"),
        ("eth_getBalance", SHOP, "latest"),
        ("eth_getTransactionCount", chain.address(), "latest"),
        ("eth_getTransactionCount", chain.address(), "pending"),
        ("eth_getTransactionReceipt", UNKNOWN),
        ("eth_getTransactionByHash", UNKNOWN),
        ("eth_getBlockByNumber", "0xffff", False),
        ("eth_getBlockByHash", UNKNOWN, False),
        ("eth_getLogs", {"fromBlock": "latest", "address": SHOP}),
    ):
        told, mine = (result(url, method, *params) for url in both)
        assert told == mine, method


def test_refusals_are_refusals_there_too(both, chain):
    old = chain.world.sign(keys.WALLET, 0, to=SHOP, value=1).hex()
    poor = chain.world.sign(keys.WALLET, 2, to=SHOP, value=10**30).hex()
    for method, *params in (
        ("eth_fly",),
        ("eth_getBlockByNumber",),
        ("eth_getBlockByNumber", "soon", False),
        ("eth_getTransactionReceipt", "0x12"),
        ("eth_call", {"from": SHOP, "to": chain.token, "data": "0x" + call("issue(uint256)", 1).hex()}, "latest"),
        ("eth_estimateGas", {"from": SHOP, "to": chain.token, "data": "0x" + call("issue(uint256)", 1).hex()}),
        ("eth_sendRawTransaction", "0x" + old),
        ("eth_sendRawTransaction", "0x" + poor),
        ("eth_sendRawTransaction", "0x12"),
    ):
        told, mine = (ask(url, method, *params) for url in both)
        assert ("error" in told, "error" in mine) == (True, True), (method, params, told, mine)


def test_a_failed_call_has_the_same_error(both, chain):
    wanted = {"from": SHOP, "to": chain.token, "data": "0x" + call("issue(uint256)", 1).hex()}
    told, mine = (ask(url, "eth_call", wanted, "latest")["error"] for url in both)
    assert (told["code"], told["data"]) == (mine["code"], mine["data"]) == (3, "0x")
    assert told["message"].startswith("execution reverted")
    assert mine["message"] == "execution reverted"


def test_finality_is_as_far_behind(both, chain: Chain):
    result(both[0], "anvil_mine", "0xa")
    chain.mine(10)
    behind = []
    for url in both:
        head, final = (web3_of(url).eth.get_block(tag)["number"] for tag in ("latest", "finalized"))
        behind.append(head - final)
    assert behind == [4, 4]


def test_a_reorganisation_looks_alike(both, chain: Chain):
    hash_ = payment(both[1])
    result(both[0], "anvil_reorg", 1, [])
    chain.reorg(1, drop=[hash_])
    assert [result(url, "eth_getTransactionReceipt", hash_) for url in both] == [None, None]
    wanted = {"fromBlock": "0x0", "topics": [TRANSFER, None, "0x" + SHOP[2:].lower().rjust(64, "0")]}
    assert [result(url, "eth_getLogs", wanted) for url in both] == [[], []]
