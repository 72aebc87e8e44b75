"""Reorganisations: what happened in the last blocks happens elsewhere, later, or never."""

from collections.abc import Iterable
from typing import Literal

from eth.abc import SignedTransactionAPI

from degentalk.sandbox.chain import contracts, keys
from degentalk.sandbox.chain.errors import RefusedError
from degentalk.sandbox.chain.hexes import hexed
from degentalk.sandbox.chain.world import World

Transactions = list[SignedTransactionAPI]


def reorganise(
    world: World, depth: int, *, drop: Iterable[str] | Literal["all"], keep: bool, reorder: bool, blocks: int
) -> list[str]:
    """Replace the last blocks by others; the new hashes, oldest first. See Actions.reorg."""
    node = world.node
    if not 1 <= depth < node.head.number:  # the first block has the token in it
        raise RefusedError(f"from 1 to {node.head.number - 1} blocks can be replaced")
    if not 1 <= blocks <= 1000:
        raise RefusedError("at least one new block, at most 1000")
    old = node.blocks[-depth:]
    names = {body["hash"] for block in old for body in block.bodies}
    gone = names if drop == "all" else {name.lower() for name in drop}
    if gone - names:
        raise RefusedError(f"not in the last {depth} blocks: {', '.join(sorted(gone - names))}")
    kept = [[one for one in block.transactions if hexed(one.hash) not in gone] for block in old]
    contents = _contents(kept, blocks) if keep else [[] for _ in range(blocks)]
    if reorder and keep:
        contents = [*([] for _ in contents[1:]), [_nudge(world, depth), *_turned(kept)]]
    made = node.replace(depth, contents)
    _wait_again(world, [one for block in kept for one in block])
    return [block.hash for block in made]


def _contents(kept: list[Transactions], blocks: int) -> list[Transactions]:
    """The same blocks again, empty ones after them; if there are fewer, the last takes what is left."""
    padded = kept + [[] for _ in range(blocks - len(kept))]
    return [*padded[: blocks - 1], [one for block in padded[blocks - 1 :] for one in block]]


def _turned(kept: list[Transactions]) -> Transactions:
    """The last first; the node puts those of one sender right again, whose nonces must go up."""
    return [one for block in reversed(kept) for one in reversed(block)]


def _nudge(world: World, depth: int) -> SignedTransactionAPI:
    """A transfer of a bystander, so that even a lonely transaction has another place and its logs another index."""
    node = world.node
    bystander = world.account(keys.BYSTANDER).address
    parent = node.blocks[-depth - 1].header
    nonce = node.evm.state(parent).get_nonce(bytes.fromhex(bystander[2:]))  # type: ignore[arg-type]
    data = contracts.call("transfer(address,uint256)", bystander, 1)
    return node.evm.decode(world.sign(keys.BYSTANDER, nonce, to=world.token, data=data))


def _wait_again(world: World, transactions: Transactions) -> None:
    """What was not mined again waits, unless its nonce is used by now."""
    node = world.node
    state = node.evm.state(node.head.header)
    for one in transactions:
        if not node.is_mined(hexed(one.hash)) and one.nonce >= state.get_nonce(one.sender):
            node.pool[hexed(one.hash)] = one
