"""What goes wrong at one endpoint on purpose, while the others tell the truth."""

import threading
import time

import pytest
import requests
from web3.exceptions import BlockNotFound, TransactionNotFound, Web3RPCError

from degentalk.sandbox.chain import Chain
from tests.sandbox_chain.chains import SHOP, amounts, refusal, result, token_of, web3_of


@pytest.fixture
def other(chain):
    """Another endpoint of the same chain."""
    return web3_of(chain.rpc("other"))


def test_all_endpoints_show_the_same_chain(chain, web3, other):
    chain.pay(SHOP, 5)
    assert other.eth.get_block("latest") == web3.eth.get_block("latest")


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500)])
def test_an_endpoint_refuses_so_often(chain, web3, other, kind, status):
    chain.fail_next(kind, times=2, rpc="other")
    for _ in range(2):
        with pytest.raises(requests.HTTPError) as refused:
            _ = other.eth.block_number
        assert refused.value.response.status_code == status
    assert other.eth.block_number == web3.eth.block_number == 1


def test_an_endpoint_closes_the_connection(chain, web3, other):
    chain.fail_next("close", rpc="other")
    with pytest.raises(requests.ConnectionError):
        _ = other.eth.block_number
    assert other.eth.block_number == web3.eth.block_number


def test_an_endpoint_answers_garbage(chain, other):
    chain.fail_next("garbage", rpc="other")
    with pytest.raises(ValueError, match="Expecting value|char 0|JSON|json"):
        _ = other.eth.block_number


def test_an_endpoint_hangs_until_the_client_gives_up_and_the_chain_still_ends():
    began = time.monotonic()
    with Chain(seed=1) as chain:
        chain.fail_next("hang")
        with pytest.raises(requests.ReadTimeout):
            _ = web3_of(chain.url, timeout=0.05).eth.block_number
    assert time.monotonic() - began < 5


def test_a_hanging_endpoint_keeps_no_other_waiting(chain, web3):
    chain.fail_next("hang", rpc="other")
    waiting = threading.Thread(target=lambda: requests.post(chain.rpc("other"), json={}, timeout=0.5), daemon=True)
    waiting.start()
    assert web3.eth.block_number == 1


def test_a_mode_lasts_until_it_is_cleared(chain, other):
    chain.set_faults("other", mode="500")
    for _ in range(3):
        with pytest.raises(requests.HTTPError):
            _ = other.eth.block_number
    chain.clear_faults("other")
    assert other.eth.block_number == 1


def test_an_endpoint_lags_behind(chain, web3, other):
    first = chain.pay(SHOP, 5)
    chain.mine(2)
    late = chain.pay(SHOP, 6)
    chain.set_faults("other", lag=2)
    assert (other.eth.block_number, web3.eth.block_number) == (3, 5)
    assert other.eth.get_block("latest")["number"] == 3
    assert other.eth.get_transaction_receipt(first)["status"] == 1
    with pytest.raises(TransactionNotFound):
        other.eth.get_transaction_receipt(late)
    with pytest.raises(BlockNotFound):
        other.eth.get_block(4)
    assert other.eth.get_logs({"fromBlock": 0, "toBlock": "latest"})[-1]["blockNumber"] == 2
    assert token_of(chain, chain.rpc("other")).functions.balanceOf(SHOP).call() == 5


def test_a_lagging_endpoint_finalizes_later(chain, other):
    chain.mine(9)
    chain.set_faults("other", lag=3)
    assert [other.eth.get_block(tag)["number"] for tag in ("finalized", "safe", "latest")] == [3, 6, 7]


def test_a_stuck_endpoint_stays_on_a_branch_that_counts_no_longer(chain, web3, other):
    hash_ = chain.pay(SHOP, 5)
    chain.set_faults("other", stuck=True)
    chain.reorg(1, drop=[hash_])
    chain.mine(3)
    assert other.eth.get_transaction_receipt(hash_)["status"] == 1
    assert other.eth.get_block(2)["hash"] != web3.eth.get_block(2)["hash"]
    assert (other.eth.block_number, web3.eth.block_number) == (2, 5)
    assert other.eth.get_block("finalized")["number"] == 0
    chain.set_faults("other", stuck=False)
    assert other.eth.get_block("latest") == web3.eth.get_block("latest")


def test_an_endpoint_knows_nothing_of_receipts(chain, web3, other):
    hash_ = chain.pay(SHOP, 5)
    chain.set_faults("other", nothing=["receipt", "block"])
    assert result(chain.rpc("other"), "eth_getTransactionReceipt", hash_) is None
    assert result(chain.rpc("other"), "eth_getBlockByNumber", "latest", False) is None
    assert other.eth.get_transaction(hash_) == web3.eth.get_transaction(hash_)


def test_an_endpoint_finds_no_logs(chain):
    chain.pay(SHOP, 5)
    chain.set_faults(nothing=["logs"])
    assert amounts(chain, SHOP) == []


def test_an_endpoint_lies_about_the_status(chain, web3, other):
    hash_ = chain.pay(SHOP, 5)
    chain.set_faults("other", status=0)
    assert other.eth.get_transaction_receipt(hash_)["status"] == 0
    assert web3.eth.get_transaction_receipt(hash_)["status"] == 1


def test_an_endpoint_lies_about_the_value(chain, web3, other):
    hash_ = chain.pay(SHOP, 5)
    chain.set_faults("other", value=7)
    values = [int.from_bytes(one.eth.get_transaction_receipt(hash_)["logs"][0]["data"], "big") for one in (other, web3)]
    assert values == [7, 5]
    assert int.from_bytes(other.eth.get_logs({"fromBlock": 2})[0]["data"], "big") == 7


def test_an_endpoint_lies_about_hashes_of_blocks(chain, web3, other):
    hash_ = chain.pay(SHOP, 5)
    chain.set_faults("other", block_hash=True)
    receipts = [one.eth.get_transaction_receipt(hash_) for one in (other, web3)]
    blocks = [one.eth.get_block(2) for one in (other, web3)]
    assert receipts[0]["blockHash"] == blocks[0]["hash"] != blocks[1]["hash"] == receipts[1]["blockHash"]
    assert receipts[0]["logs"][0]["blockHash"] == blocks[0]["hash"]
    assert (receipts[0]["transactionHash"], blocks[0]["transactions"]) == (
        receipts[1]["transactionHash"],
        blocks[1]["transactions"],
    )


def test_an_endpoint_is_of_another_chain(chain, web3, other):
    chain.set_faults("other", chain_id=1)
    assert (other.eth.chain_id, other.net.version, web3.eth.chain_id) == (1, "1", 31337)


def test_an_endpoint_allows_small_ranges_only(chain, web3, other):
    chain.mine(10)
    chain.set_faults("other", range_cap=5)
    with pytest.raises(Web3RPCError, match="block range too large"):
        other.eth.get_logs({"fromBlock": 0, "toBlock": 5})
    assert other.eth.get_logs({"fromBlock": 2, "toBlock": 6}) == []
    assert len(web3.eth.get_logs({"fromBlock": 0, "toBlock": 10})) == 4


def test_an_endpoint_knows_no_finality(chain, web3, other):
    chain.set_faults("other", no_finality=True)
    assert refusal(chain.rpc("other"), "eth_getBlockByNumber", "finalized", False)[0] == -32000
    assert (other.eth.get_block("latest")["number"], web3.eth.get_block("finalized")["number"]) == (1, 0)


def test_faults_of_one_endpoint_are_not_of_another(chain):
    chain.set_faults("a", lag=1)
    chain.fail_next("500", times=3, rpc="b")
    state = chain.faults()
    assert [(name, one["lag"], len(one["coming"])) for name, one in sorted(state.items())] == [("a", 1, 0), ("b", 0, 3)]
    chain.clear_faults()
    assert [(one["lag"], one["coming"]) for one in chain.faults().values()] == [(0, [])] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"speed": 1}, {"mode": "flood"}, {"lag": -1}, {"nothing": ["shoes"]}, {"lag": 1, "mode": "x"}, {"lag": "two"}],
)
def test_a_wrong_switch_turns_nothing(chain, wrong):
    chain.set_faults("other", lag=3)
    with pytest.raises((TypeError, ValueError)):
        chain.set_faults("other", **wrong)
    assert chain.faults()["other"]["lag"] == 3


def test_a_wrong_failure_is_refused(chain):
    for arguments in ({"kind": "flood"}, {"kind": "500", "times": 0}):
        with pytest.raises(ValueError, match="failures are|at least once"):
            chain.fail_next(**arguments)
