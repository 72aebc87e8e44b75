"""The chain as one honest node sees it: the blocks that count, all that were ever mined, and what waits for a block."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from eth.abc import SignedTransactionAPI
from eth_typing import Address
from rlp.exceptions import RLPException

from degentalk.sandbox.chain.blocks import Block, base_fee, described
from degentalk.sandbox.chain.clock import Clock
from degentalk.sandbox.chain.errors import RefusedError, RpcError
from degentalk.sandbox.chain.evm import Built, Evm
from degentalk.sandbox.chain.hexes import hexed

FINALIZED_DEPTH = 4
GWEI = 10**9


@dataclass
class Options:
    """What a chain is told at the start."""

    chain_id: int = 31337
    decimals: int = 6
    seed: str = "development"
    finalized_depth: int = FINALIZED_DEPTH
    range_cap: int | None = None  # of blocks in one eth_getLogs
    result_cap: int = 10_000  # of logs in one answer


@dataclass
class Node:
    """Whoever reads or changes it holds `lock`. `on_block` hears of every block, in the order in which they come."""

    evm: Evm
    clock: Clock
    options: Options
    on_block: Callable[[Block], None] = lambda _block: None
    automine: bool = True
    lock: threading.RLock = field(default_factory=threading.RLock)
    blocks: list[Block] = field(default_factory=list)
    by_hash: dict[str, Block] = field(default_factory=dict)
    places: dict[str, list[tuple[Block, int]]] = field(default_factory=lambda: defaultdict(list))
    pool: dict[str, SignedTransactionAPI] = field(default_factory=dict)
    forks: int = 0

    def __post_init__(self) -> None:
        self._add(described(Built(self.evm.genesis)))

    @property
    def head(self) -> Block:
        """The newest block that counts."""
        return self.blocks[-1]

    def finalized(self, head: int) -> int:
        """The height up to which blocks are final for somebody who sees the chain up to `head`."""
        return max(0, head - self.options.finalized_depth)

    def nonce(self, address: bytes) -> int:
        """The next nonce of an account, after all that waits for a block without a gap."""
        found = self.evm.state(self.head.header).get_nonce(Address(address))
        waiting = {one.nonce for one in self.pool.values() if one.sender == address}
        while found in waiting:
            found += 1
        return found

    def send(self, raw: bytes) -> str:
        """Take a signed transaction; its hash. Raises RpcError in the words of a node."""
        transaction = self._decoded(raw)
        name = hexed(transaction.hash)
        if name in self.pool or self.is_mined(name):
            raise RpcError("already known")
        self._check(transaction)
        self.pool[name] = transaction
        if self.automine:
            self.mine()
        return name

    def is_mined(self, name: str) -> bool:
        """Whether a transaction is in a block that counts."""
        return any(self.counts(block) for block, _ in self.places.get(name, ()))

    def counts(self, block: Block) -> bool:
        """Whether a block is on the chain that counts."""
        return block.number < len(self.blocks) and self.blocks[block.number] is block

    def mine(self, count: int = 1) -> list[Block]:
        """So many new blocks; what waits goes into the first that it fits into."""
        return [self._grow(self.pool.values(), timestamp=self.clock.next(self.head.timestamp)) for _ in range(count)]

    def replay(self, parent: str, raw: Sequence[bytes], *, timestamp: int, extra: bytes) -> Block:
        """A block as it was made before, on any that is known: what stood there counts no longer."""
        del self.blocks[self.by_hash[parent].number + 1 :]
        self.forks = max(self.forks, int(extra.removeprefix(b"fork ") or b"0"))
        return self._grow([self.evm.decode(one) for one in raw], timestamp=timestamp, extra=extra)

    def replace(self, depth: int, contents: Sequence[Iterable[SignedTransactionAPI]]) -> list[Block]:
        """A reorganisation: others with these contents instead of the last `depth` blocks."""
        if not 1 <= depth <= self.head.number:
            raise RefusedError(f"there are {self.head.number} blocks after the first; {depth} cannot be replaced")
        old = self.blocks[-depth:]
        del self.blocks[-depth:]
        self.forks += 1
        times = [block.timestamp for block in old]
        for index, content in enumerate(contents):
            timestamp = times[index] if index < depth else self.clock.next(self.head.timestamp)
            self._grow(content, timestamp=timestamp, extra=f"fork {self.forks}".encode())
        return self.blocks[-len(contents) :]

    def _grow(self, wanted: Iterable[SignedTransactionAPI], *, timestamp: int, extra: bytes = b"") -> Block:
        built = self.evm.build(self.head.header, wanted, timestamp=timestamp, extra=extra)
        block = described(built)
        self._add(block)
        self._sweep()
        self.on_block(block)
        return block

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        self.by_hash[block.hash] = block
        for index, body in enumerate(block.bodies):
            self.places[body["hash"]].append((block, index))
            self.pool.pop(body["hash"], None)

    def _sweep(self) -> None:
        """Forget what can never be mined any more: its nonce was used by another."""
        if self.pool:
            state = self.evm.state(self.head.header)
            self.pool = {name: one for name, one in self.pool.items() if one.nonce >= state.get_nonce(one.sender)}

    def _decoded(self, raw: bytes) -> SignedTransactionAPI:
        try:
            transaction = self.evm.decode(raw)
            transaction.check_signature_validity()
            _ = transaction.sender
        except (RLPException, ValueError, TypeError, IndexError) as error:
            raise RpcError(f"rlp: cannot read this transaction ({error})") from None
        except Exception as error:  # noqa: BLE001 eth_utils' ValidationError and eth_keys' BadSignature have no common base
            raise RpcError(f"invalid sender: {error}") from None
        if transaction.chain_id is None:
            raise RpcError("only replay-protected (EIP-155) transactions allowed over RPC")
        if transaction.chain_id != self.options.chain_id:
            raise RpcError(
                f"invalid sender: invalid chain id for signer: have {transaction.chain_id} want {self.options.chain_id}"
            )
        return transaction

    def _check(self, transaction: SignedTransactionAPI) -> None:
        state = self.evm.state(self.head.header)
        nonce, balance = state.get_nonce(transaction.sender), state.get_balance(transaction.sender)
        cost = transaction.value + transaction.gas * transaction.max_fee_per_gas
        if transaction.nonce < nonce:
            raise RpcError(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}")
        if cost > balance:
            raise RpcError(f"insufficient funds for gas * price + value: balance {balance}, tx cost {cost}")
        if transaction.gas < transaction.intrinsic_gas:
            raise RpcError(f"intrinsic gas too low: gas {transaction.gas}, minimum needed {transaction.intrinsic_gas}")
        if transaction.gas > self.head.header.gas_limit:
            raise RpcError("exceeds block gas limit")
        if transaction.max_fee_per_gas < base_fee(self.head.header) // 2:
            raise RpcError("transaction underpriced")
