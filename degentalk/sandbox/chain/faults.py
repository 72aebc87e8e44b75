"""Endpoints of the same chain, as of several providers, and what goes wrong at each on purpose."""

import copy
from collections import deque
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from eth_utils.crypto import keccak

from degentalk.sandbox.chain.blocks import Block, Json
from degentalk.sandbox.chain.hexes import hexed, quantity, word

Failure = Literal["429", "500", "hang", "close", "garbage"]
Nothing = Literal["receipt", "transaction", "block", "logs"]
HANG_SECONDS = 12.0  # longer than a client waits
METHODS_OF: dict[str, tuple[str, ...]] = {
    "receipt": ("eth_getTransactionReceipt",),
    "transaction": ("eth_getTransactionByHash",),
    "block": ("eth_getBlockByNumber", "eth_getBlockByHash"),
    "logs": ("eth_getLogs",),
}


@dataclass
class Switches:
    """What is wrong with an endpoint for as long as it is switched on."""

    mode: Failure | None = None  # of every call
    lag: int = 0  # blocks behind the others
    stuck: bool = False  # it sees nothing that happens from now on, no reorganisation either
    nothing: list[Nothing] = field(default_factory=list)  # answers null, or no logs, when asked for these
    chain_id: int | None = None  # another one
    range_cap: int | None = None  # of blocks in one eth_getLogs, instead of the chain's own
    status: int | None = None  # a lie in receipts: 0 or 1
    value: int | None = None  # a lie in the data of logs
    block_hash: bool = False  # a lie: other hashes of blocks
    no_finality: bool = False  # refuses `finalized` and `safe`, as nodes of some chains do

    def __post_init__(self) -> None:
        if self.mode not in {None, *get_args(Failure)}:
            raise ValueError(f"the modes are: {', '.join(get_args(Failure))}")
        if self.lag < 0:
            raise ValueError("lag is a number of blocks")
        if set(self.nothing) - set(METHODS_OF):
            raise ValueError(f"nothing can be answered for: {', '.join(METHODS_OF)}")


@dataclass
class Endpoint:
    """One address of the chain. `stuck_at` are the blocks it goes on seeing."""

    name: str
    switches: Switches = field(default_factory=Switches)
    coming: deque[Failure] = field(default_factory=deque)
    stuck_at: tuple[Block, ...] | None = None
    calls: int = 0

    def fail_next(self, kind: Failure, times: int) -> None:
        """The next so many requests fail like this, after those that were ordered before. Raises ValueError."""
        if kind not in get_args(Failure):
            raise ValueError(f"the failures are: {', '.join(get_args(Failure))}")
        if times < 1:
            raise ValueError("at least once")
        self.coming.extend([kind] * times)

    def failure(self) -> Failure | None:
        """How this request fails, if it does; used up, unless it is a mode."""
        return self.coming.popleft() if self.coming else self.switches.mode

    def set(self, wanted: dict[str, Any], blocks: list[Block]) -> None:
        """Turn the named switches. Raises ValueError for what is none; then nothing is turned."""
        known = {item.name for item in fields(Switches)}
        if set(wanted) - known:
            raise ValueError(f"the switches are: {', '.join(sorted(known))}")
        self.switches = Switches(**(asdict(self.switches) | wanted))
        if not self.switches.stuck:
            self.stuck_at = None
        elif self.stuck_at is None:
            self.stuck_at = tuple(blocks)

    def clear(self) -> None:
        """Everything works again."""
        self.switches, self.stuck_at = Switches(), None
        self.coming.clear()

    def state(self) -> Json:
        """All of it as JSON."""
        return asdict(self.switches) | {"coming": list(self.coming), "calls": self.calls}

    def answer(self, method: str, result: Any) -> Any:
        """What it says instead of the truth. The truth is not changed."""
        if any(method in METHODS_OF[noun] for noun in self.switches.nothing):
            return [] if method == "eth_getLogs" else None
        lies = self.switches.status is not None or self.switches.value is not None or self.switches.block_hash
        return self._lie(copy.deepcopy(result)) if lies else result

    def _lie(self, result: Any) -> Any:
        """Change every receipt, log and hash of a block in an answer, wherever they are."""
        if isinstance(result, list):
            return [self._lie(part) for part in result]
        if not isinstance(result, dict):
            return result
        for name in ("logs", "transactions"):
            if name in result:
                result[name] = self._lie(result[name])
        if "status" in result and self.switches.status is not None:
            result["status"] = quantity(self.switches.status)
        if "topics" in result and self.switches.value is not None:
            result["data"] = word(self.switches.value)
        for name in ("blockHash", *(("hash",) if "parentHash" in result else ())):
            if self.switches.block_hash and result.get(name):
                result[name] = hexed(keccak(hexstr=result[name]))
        return result
