"""anvil, a node that others wrote, with the verbs of the sandbox's chain that tests of payments use.

The npm package @foundry-rs/anvil has it. People, token and transactions are the sandbox's; they are signed here.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from degentalk.sandbox.chain import Chain, contracts, keys
from degentalk.sandbox.chain.chain import START
from degentalk.sandbox.chain.hexes import checksummed
from degentalk.sandbox.chain.node import FINALIZED_DEPTH
from tests.processes import wait_until
from tests.sandbox_chain.chains import result

PART = 10


@contextmanager
def running(command: str, folder: Path, signer: Chain) -> Iterator["Anvil"]:
    """A node of its own on a free port of this machine, on which blocks four behind the newest are final."""
    log = folder / "anvil.log"
    options = ["--port", "0", "--chain-id", "31337", "--hardfork", "cancun", "--timestamp", str(START)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [command, *options, "--slots-in-an-epoch", str(FINALIZED_DEPTH // 2)], stdout=output, stderr=output
        )
    try:
        wait_until(lambda: "Listening on " in log.read_text())
        yield Anvil(f"http://{log.read_text().split('Listening on ')[1].split()[0]}", signer)
    finally:
        process.terminate()
        process.wait(10)


class Anvil:
    """Looks to a test like the sandbox's chain; it has no faults to switch on."""

    def __init__(self, url: str, signer: Chain) -> None:
        self.url, self.signer, self.token = url, signer, signer.token
        for name in keys.NAMES:
            self._ask("anvil_setBalance", self.address(name), hex(10**24))
        for raw in signer.world._first_transactions():
            self._ask("eth_sendRawTransaction", "0x" + raw.hex())
        self.mine()

    @property
    def home(self) -> str:
        return self.url

    def site_settings(self) -> dict[str, Any]:
        """Two names of this machine are two addresses of providers."""
        other = self.url.replace("127.0.0.1", "localhost")
        return {**self.signer.site_settings(), "rpc": [self.url, other]}

    def address(self, account: str = keys.WALLET) -> str:
        return self.signer.address(account)

    def pay(self, to: str, amount: int, *, from_account: str = keys.WALLET, mode: str = "exact") -> str:
        amount += {"short": -(amount // PART), "over": amount // PART}.get(mode, 0)
        return self._send(from_account, self.token, contracts.call("transfer(address,uint256)", to, amount))

    def pay_in_vain(self, to: str, amount: int) -> str:
        return self.pay(to, amount, from_account=keys.STRANGER)

    def pay_native(self, to: str, wei: int) -> str:
        return self._send(keys.WALLET, to, b"", value=wei)

    def spray(self, payments: list[tuple[str, int]]) -> str:
        people, values = zip(*payments, strict=True)
        data = contracts.call("spray(address,address[],uint256[])", self.token, list(people), list(values))
        return self._send(keys.WALLET, self.signer.world.sprayer, data)

    def poison(self, victim: str, to: str) -> str:
        data = contracts.call("transferFrom(address,address,uint256)", checksummed(victim), checksummed(to), 0)
        return self._send(keys.STRANGER, self.token, data)

    def set_fee(self, basis_points: int, max_fee: int) -> str:
        return self._send(keys.OWNER, self.token, contracts.call("setParams(uint256,uint256)", basis_points, max_fee))

    def pause(self) -> str:
        return self._send(keys.OWNER, self.token, contracts.call("pause()"))

    def mine(self, blocks: int = 1) -> int:
        self._ask("anvil_mine", hex(blocks))
        return int(self._ask("eth_blockNumber"), 16)

    def automine(self, on: bool) -> None:
        self._ask("evm_setAutomine", on)

    def head(self) -> dict[str, Any]:
        block = self._ask("eth_getBlockByNumber", "latest", False)
        return {"number": int(block["number"], 16), "hash": block["hash"]}

    def reorg(
        self, depth: int, *, drop: list[str] | None = None, reorder: bool = False, keep: bool = True, blocks: int = 0
    ) -> None:
        """Replace the last blocks by as many others; their transactions stand in the same blocks, after one of a
        bystander where they are reordered. Those that are dropped never come back."""
        newest = self.head()["number"]
        again = [
            (self._ask("eth_getRawTransactionByHash", name), offset)
            for offset in range(depth)
            for name in self._ask("eth_getBlockByNumber", hex(newest - depth + 1 + offset), False)["transactions"]
            if keep and name not in (drop or [])
        ]
        if reorder:
            nonce = int(self._ask("eth_getTransactionCount", self.address(keys.BYSTANDER), hex(newest - depth)), 16)
            data = contracts.call("transfer(address,uint256)", self.address(keys.BYSTANDER), 1)
            first = self.signer.world.sign(keys.BYSTANDER, nonce, to=self.token, data=data)
            again = [("0x" + first.hex(), depth - 1), *((raw, depth - 1) for raw, _offset in again)]
        self._ask("anvil_reorg", depth, again)
        wait_until(lambda: self.head()["number"] >= newest)

    def _send(self, account: str, to: str, data: bytes, *, value: int = 0) -> str:
        nonce = int(self._ask("eth_getTransactionCount", self.address(account), "pending"), 16)
        raw = self.signer.world.sign(account, nonce, to=to, data=data, value=value)
        return str(self._ask("eth_sendRawTransaction", "0x" + raw.hex()))

    def _ask(self, method: str, *params: Any) -> Any:
        return result(self.url, method, *params)
