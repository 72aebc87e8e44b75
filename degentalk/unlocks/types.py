"""The three families of unlocks: worn in a slot, delivered at once, or kept until their owner uses them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from degentalk.unlocks.data import UnlockData

Data = Mapping[str, Any]
Member = Any
"""A member: `accounts.User`, which is above this package."""


@dataclass(frozen=True, kw_only=True)
class UnlockType:
    """What is true of every type."""

    name: str
    """As `dgt_unlocks.type` stores it."""
    label: str | Promise
    icon: str
    """A symbol of static/icons.svg."""
    data: type[UnlockData]
    says: Callable[[Data], str]
    """What it does, in one sentence for the member."""
    before_buying: Callable[[Member], str] = lambda member: ""
    """What this member should know before they pay, as things stand now, in one sentence; "" for nothing."""


@dataclass(frozen=True, kw_only=True)
class Wearable(UnlockType):
    """Equipped in a slot, one at a time; everybody sees it until it is taken off."""

    slot: str
    look: Callable[[Data], Any]
    """What `users.look` keeps under the slot: all that templates need to show it."""


@dataclass(frozen=True, kw_only=True)
class Delivered(UnlockType):
    """Given at once to whoever acquires it; what uses it up is not in the shop. `source` is `unlock:<id>`."""

    deliver: Callable[[Member, Data, str], None]
    """In the transaction of the purchase, once per source."""
    take_away: Callable[[str], bool]
    """Undo the delivery, if nothing of it is used yet; else False and nothing changes."""
    spent: Callable[[Collection[str]], set[str]]
    """Which of these sources are used up."""


@dataclass(frozen=True)
class Target:
    """What a member chooses when they use one."""

    label: str | Promise
    choices: Callable[[Member], list[tuple[str, str]]]
    """Value and words of what this member may choose, the likeliest first; at most 50."""
    hold: Callable[[Member, str], None]
    """Lock what this member chose, if it is anything of theirs: it comes before members in the one order of locks."""


@dataclass(frozen=True, kw_only=True)
class Usable(UnlockType):
    """Kept until its owner uses it, which uses it up."""

    use: Callable[[Member, Data, str, str], str]
    """Member, data, source, chosen target ("" without one). Returns what happened in a sentence for the member.

    In the transaction of the use, once per source. Raises Refused if it cannot be used now or so."""
    target: Target | None = None
