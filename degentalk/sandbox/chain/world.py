"""One sandbox: its node and endpoints, its people and contracts, and how it begins or goes on."""

import hashlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth._utils.address import generate_contract_address
from eth.exceptions import PyEVMError
from eth_account.signers.local import LocalAccount
from eth_typing import Address
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from degentalk.sandbox.chain import contracts, keys
from degentalk.sandbox.chain.blocks import Json
from degentalk.sandbox.chain.clock import Clock
from degentalk.sandbox.chain.errors import RefusedError
from degentalk.sandbox.chain.evm import Evm
from degentalk.sandbox.chain.faults import Endpoint
from degentalk.sandbox.chain.hexes import checksummed
from degentalk.sandbox.chain.memory import Memory
from degentalk.sandbox.chain.node import GWEI, Node, Options

ETHER = 10**18
SUPPLY, SHARE = 1_000_000_000, 1_000_000  # whole tokens: of the owner at first, and of each who pays
CREATION_GAS, CALL_GAS = 3_000_000, 3_000_000
GAS_PRICE = 2 * GWEI  # above any base fee here: it starts at one and falls
NAME, SYMBOL = "Tether USD", "USDT"
UNLIMITED = 2**256 - 1


@dataclass(frozen=True)
class Held:
    """A payment that leaves when the chain's clock says `at`."""

    at: int
    to: str
    amount: int
    sender: str
    token: str


class World:
    """Everything of one sandbox. Whoever reads or changes it does so inside `with world.node.lock:`."""

    def __init__(self, options: Options, *, start: int | None = None, file: Path | None = None) -> None:
        self.options = options
        self.clock = Clock(start)
        self.stopping = threading.Event()
        self.endpoints: dict[str, Endpoint] = {}
        self.held: list[Held] = []
        self.token = self.contract(nonce=0)
        self.sprayer = self.contract(nonce=1)
        self.node = self._begin(self.clock.start)
        self._memory = Memory(file) if file else None
        if self._memory is not None:
            self._remember(self._memory)
            self.node.on_block = self._memory.add

    def account(self, name: str) -> LocalAccount:
        """One of the people by name. Raises RefusedError."""
        if name not in keys.NAMES:
            raise RefusedError(f"the accounts are: {', '.join(keys.NAMES)}")
        return keys.account(self.options.seed, name)

    def contract(self, *, nonce: int) -> str:
        """The address of the contract that the owner makes with this nonce."""
        owner = bytes.fromhex(self.account(keys.OWNER).address[2:])
        return checksummed(generate_contract_address(Address(owner), nonce))

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of this name, made when it is first asked for."""
        return self.endpoints.setdefault(name, Endpoint(name))

    def sign(self, sender: str, nonce: int, **wanted: Any) -> bytes:
        """A transaction of one of the people: `to`, `data`, `value`; without `to` it makes a contract."""
        fields: dict[str, Any] = {"to": "", "data": b"", "value": 0, "gas": CALL_GAS, "gasPrice": GAS_PRICE} | wanted
        signed = self.account(sender).sign_transaction(fields | {"nonce": nonce, "chainId": self.options.chain_id})
        return bytes(signed.raw_transaction)

    def is_busy(self) -> bool:
        """Whether somebody waits for a block: for a transaction, or for its finality."""
        newest = self.node.blocks[-self.options.finalized_depth - 1 :]
        return bool(self.node.pool or self.held) or any(block.transactions for block in newest)

    def close(self) -> None:
        """Let go of the file."""
        if self._memory is not None:
            self._memory.close()

    def _begin(self, timestamp: int) -> Node:
        """A chain with its first two blocks: people have coins, and the token and what they need is there."""
        people = [bytes.fromhex(self.account(name).address[2:]) for name in keys.NAMES]
        evm = Evm(
            chain_id=self.options.chain_id,
            balances=dict.fromkeys(people, 1_000_000 * ETHER),
            timestamp=timestamp,
        )
        node = Node(evm, self.clock, self.options)
        node.replay(node.head.hash, self._first_transactions(), timestamp=timestamp + 1, extra=b"")
        return node

    def _first_transactions(self) -> list[bytes]:
        unit = 10**self.options.decimals
        wanted: list[dict[str, Any]] = [
            {"data": contracts.creation("Tether", SUPPLY * unit, NAME, SYMBOL, self.options.decimals)},
            {"data": contracts.creation("Spray")},
        ]
        for name in (keys.WALLET, keys.OTHER, keys.BYSTANDER):
            data = contracts.call("transfer(address,uint256)", self.account(name).address, SHARE * unit)
            wanted.append({"to": self.token, "data": data})
        first = [self.sign(keys.OWNER, nonce, **one) for nonce, one in enumerate(wanted)]
        allow = contracts.call("approve(address,uint256)", self.sprayer, UNLIMITED)
        return [*first, self.sign(keys.WALLET, 0, to=self.token, data=allow)]

    def _settings(self) -> Json:
        """What a remembered chain must have been told to be this one."""
        made_of = [self.options.chain_id, self.options.decimals, self.options.seed]
        made_of += [contracts.artefact(name)["bytecode"] for name in ("Tether", "Spray")]
        return {
            "fingerprint": hashlib.sha256(json.dumps(made_of).encode()).hexdigest(),
            "start": self.node.blocks[0].timestamp,
        }

    def _remember(self, memory: Memory) -> None:
        """Grow again what the file has, block by block with the same hashes; if that cannot be, begin a new file."""
        try:
            node = self._regrown(memory)
        except (
            KeyError,
            TypeError,
            ValueError,
            RLPException,
            ValidationError,
            PyEVMError,
        ):  # a broken file, or not ours
            node = None
        if node is None:
            memory.begin(self._settings())
            return
        self.node = node
        self.clock.resume(node.head.timestamp)
        memory.resume()

    def _regrown(self, memory: Memory) -> Node | None:
        """The chain of the file; None if there is none, or if it would be another."""
        lines = list(memory.read())
        if not lines or lines[0]["fingerprint"] != self._settings()["fingerprint"]:
            return None
        node = self._begin(lines[0]["start"])
        return node if all(_grown(node, line) for line in lines[1:]) else None


def _grown(node: Node, line: Json) -> bool:
    """Add a remembered block; whether it became the same again."""
    raw = [bytes.fromhex(one[2:]) for one in line["transactions"]]
    extra = bytes.fromhex(line["extra"][2:])
    return bool(node.replay(line["parent"], raw, timestamp=line["timestamp"], extra=extra).hash == line["hash"])
