"""The chain as one endpoint sees it: perhaps behind the others, perhaps on blocks that count no longer."""

from collections.abc import Sequence
from typing import Any

from degentalk.sandbox.chain.blocks import Block, Json
from degentalk.sandbox.chain.errors import INVALID_PARAMS, LIMIT_EXCEEDED, RpcError
from degentalk.sandbox.chain.faults import Endpoint
from degentalk.sandbox.chain.hexes import bytes_of, hexed, number_of
from degentalk.sandbox.chain.node import Node

FINALITY = ("finalized", "safe")
SAFE_DEPTH = 1


class View:
    """The blocks that this endpoint knows at this moment. The caller holds the node's lock."""

    def __init__(self, node: Node, endpoint: Endpoint) -> None:
        self.node = node
        self.endpoint = endpoint
        seen: Sequence[Block] = node.blocks if endpoint.stuck_at is None else endpoint.stuck_at
        self.blocks = seen
        self.height = max(0, len(seen) - 1 - endpoint.switches.lag)

    def head(self) -> Block:
        """The newest block it knows."""
        return self.blocks[self.height]

    def by_number(self, number: int) -> Block | None:
        """The block at this height."""
        return self.blocks[number] if number <= self.height else None

    def by_hash(self, name: object) -> Block | None:
        """Any block that it has seen, also one that counts no longer, as nodes keep them for a while."""
        block = self.node.by_hash.get(hexed(bytes_of(name, 32)))
        return block if block and block.number <= self.height else None

    def height_of(self, tag: object) -> int:
        """The height that a tag or number means. Raises RpcError."""
        if tag in ("latest", "pending"):
            return self.height
        if tag == "earliest":
            return 0
        if tag in FINALITY:
            if self.endpoint.switches.no_finality:
                raise RpcError(f"{tag} block not found")
            finalized = self.node.finalized(self.height)
            return finalized if tag == "finalized" else max(finalized, self.height - SAFE_DEPTH)
        return number_of(tag)

    def block_of(self, tag: object) -> Block:
        """The block of a tag, a number, or an object of EIP-1898. Raises RpcError for one that is not there."""
        if isinstance(tag, dict):
            found = (
                self.by_hash(tag["blockHash"])
                if "blockHash" in tag
                else self.by_number(number_of(tag.get("blockNumber")))
            )
        else:
            found = self.by_number(self.height_of(tag))
        if found is None:
            raise RpcError("header not found")
        return found

    def place(self, name: str) -> tuple[Block, int] | None:
        """Where a transaction is, on the blocks that this endpoint knows."""
        for block, index in self.node.places.get(name, ()):
            if block.number <= self.height and self.blocks[block.number] is block:
                return block, index
        return None

    def logs(self, wanted: object) -> list[Json]:
        """The logs that a filter means. Raises RpcError as providers do when it means too many blocks or logs."""
        if not isinstance(wanted, dict):
            raise RpcError("invalid argument 0: no object", INVALID_PARAMS)
        blocks = self._blocks_of(wanted)
        fits = _matcher(wanted)
        found = [log for block in blocks for log in block.logs if fits(log)]
        if len(found) > self.node.options.result_cap:
            raise RpcError(f"query returned more than {self.node.options.result_cap} results", LIMIT_EXCEEDED)
        return found

    def _blocks_of(self, wanted: Json) -> Sequence[Block]:
        if "blockHash" in wanted:
            if "fromBlock" in wanted or "toBlock" in wanted:
                raise RpcError(
                    "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other", INVALID_PARAMS
                )
            block = self.by_hash(wanted["blockHash"])
            if block is None:
                raise RpcError("unknown block")
            return [block]
        first, last = (self.height_of(wanted.get(name) or "latest") for name in ("fromBlock", "toBlock"))
        if first > last:
            if all(str(wanted.get(name)).startswith("0x") for name in ("fromBlock", "toBlock")):
                raise RpcError("invalid block range params", INVALID_PARAMS)
            return []  # it begins after the newest block, which a node learns only now
        cap = self.endpoint.switches.range_cap or self.node.options.range_cap
        if cap is not None and last - first + 1 > cap:
            raise RpcError(f"block range too large: {last - first + 1} blocks, at most {cap}", INVALID_PARAMS)
        return self.blocks[first : min(last, self.height) + 1]


def _matcher(wanted: Json) -> Any:
    """Whether a log has one of the addresses, and at each place one of the topics, None meaning any."""
    addresses = _alternatives(wanted.get("address"), 20)
    places = wanted.get("topics") or []
    if not isinstance(places, list):
        raise RpcError("invalid argument 0: topics are no list", INVALID_PARAMS)
    topics = [_alternatives(topic, 32) for topic in places]

    def fits(log: Json) -> bool:
        if addresses is not None and log["address"] not in addresses:
            return False
        if len(topics) > len(log["topics"]):
            return False
        return all(some is None or topic in some for some, topic in zip(topics, log["topics"], strict=False))

    return fits


def _alternatives(wanted: Any, size: int) -> set[str] | None:
    if wanted is None or wanted == []:
        return None
    return {hexed(bytes_of(one, size)) for one in (wanted if isinstance(wanted, list) else [wanted])}
