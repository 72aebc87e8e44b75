"""What happened, evaluated once more under other circumstances: the same events in order, by the same rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xp.rules.awards import Counterparty, Event, MemberState, Multiplier, evaluate
from xp.rules.periods import span_at


@dataclass(frozen=True)
class Past:
    """An award that a member was granted, as far as the rules ask about it."""

    action: str
    at: datetime
    base: int | None
    """What it paid before anything multiplied it; None where it paid by amount."""
    amount: int | None = None
    """Whole DGT."""
    other: int | None = None
    """The other member of a like or a tip."""
    boosts: tuple[Multiplier, ...] = ()
    joined: frozenset[int] = frozenset()
    """Special events that the member had joined by then."""


def replay(
    rules: Mapping[str, Any],
    past: Iterable[Past],
    path: Callable[[str], Multiplier | None],
    *,
    since: datetime,
) -> int:
    """XP of all that happened from `since` on, had the member been on that path: `path` multiplies each action.

    Caps are judged anew by what this replay grants. Give it what happened before in the UTC week of `since` too, which
    weekly caps count; its XP are not part of the sum. Cooldowns and conditions of accounts are as they were: met.
    """
    earned: Counter[tuple[object, ...]] = Counter()
    total = 0
    for event in past:
        day, week = (span_at(name, event.at).starts_on for name in ("day", "week"))
        of_day, of_week, of_pair = (
            (event.action, "day", day),
            (event.action, "week", week),
            (event.action, event.other, day),
        )
        state = MemberState(
            day_xp=earned[of_day],
            week_xp=earned[of_week],
            path=path(event.action),
            boosts=event.boosts,
            joined=event.joined,
            counterparty=None
            if event.other is None
            else Counterparty(day_xp=earned[of_pair], day_amount=earned[(*of_pair, "amount")]),
        )
        points = evaluate(rules, state, Event(event.action, event.at, base=event.base, amount=event.amount)).points
        for span in (of_day, of_week, of_pair):
            earned[span] += points
        if points:
            earned[(*of_pair, "amount")] += event.amount or 0
        if event.at >= since:
            total += points
    return total
