"""Payments of the sandbox's people, now or when their time has come."""

from typing import Any, Literal, get_args

from degentalk.sandbox.chain import contracts, keys
from degentalk.sandbox.chain.errors import RefusedError
from degentalk.sandbox.chain.hexes import checked_address, checksummed
from degentalk.sandbox.chain.world import Held, World

Mode = Literal["exact", "short", "over", "late"]
PART = 10  # a tenth less or more


def pay(
    world: World,
    to: str,
    wanted: int,
    *,
    sender: str = keys.WALLET,
    token: str = "",
    mode: Mode = "exact",
    at: int | None = None,
) -> str:
    """Transfer tokens; the hash, or "" for a payment that is held."""
    units, to = amount(wanted), checksummed(checked_address(to))
    if mode not in get_args(Mode):
        raise RefusedError(f"the modes are: {', '.join(get_args(Mode))}")
    if (mode == "late") != (at is not None):
        raise RefusedError("a late payment, and no other, says at what second it leaves")
    world.account(sender)
    token = checksummed(checked_address(token or world.token))
    if at is not None:
        world.held.append(Held(amount(at), to, units, sender, token))
        return ""
    part = max(1, units // PART)
    units += {"short": -part, "over": part}.get(mode, 0)
    data = contracts.call("transfer(address,uint256)", to, amount(units))
    return send(world, sender, to=token, data=data)


def send_due(world: World) -> None:
    """The held payments leave whose time has come."""
    now = world.clock.now(world.node.head.timestamp)
    due = [one for one in world.held if one.at <= now]
    for one in due:
        world.held.remove(one)
        pay(world, one.to, one.amount, sender=one.sender, token=one.token)


def send(world: World, sender: str, **wanted: Any) -> str:
    """A transaction of one of the people, with the next nonce; the hash."""
    nonce = world.node.nonce(bytes.fromhex(world.account(sender).address[2:]))
    return world.node.send(world.sign(sender, nonce, **wanted))


def amount(wanted: object) -> int:
    """An integer that the chain can hold; over HTTP it may be a string of digits. Raises RefusedError."""
    if isinstance(wanted, str) and wanted.isascii() and wanted.isdecimal():
        wanted = int(wanted)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 0 <= wanted < 2**256:
        raise RefusedError(f"{wanted!r} is no number of base units")
    return wanted
