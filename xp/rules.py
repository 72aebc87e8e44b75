"""XP as pure arithmetic: no Django, no clock, no database. Points are whole, multipliers are basis points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ONE = 10_000
"""A multiplier of 1 in basis points: 12,500 is ×1.25."""


@dataclass(frozen=True)
class Level:
    """One row of the curve."""

    level: int
    xp_required: int
    rank_name: str
    tier: str
    color: str


@dataclass(frozen=True)
class Curve:
    """All levels, ascending, the first at 0 XP."""

    levels: tuple[Level, ...]

    def level_at(self, xp: int) -> Level:
        """The level that much XP reaches; a negative sum counts as 0. The same as SQL's calculate_user_level()."""
        return self.levels[bisect_right(self.levels, max(xp, 0), key=lambda row: row.xp_required) - 1]

    def level(self, number: int) -> Level:
        """The row of a level; numbers outside the curve read as its nearest end."""
        return self.levels[min(max(number, 1), len(self.levels)) - 1]

    @classmethod
    def of(cls, rules: Mapping[str, Any]) -> Curve:
        """The curve in a rule set."""
        return cls(tuple(Level(*row) for row in rules["xp"]["levels"]))


@dataclass(frozen=True)
class Standing:
    """Where a member stands, ready to show."""

    xp: int
    level: int
    rank_name: str
    tier: str
    color: str
    level_xp: int
    """XP since this level began."""
    level_span: int
    """XP from this level to the next; 0 at the last."""
    to_go: int
    next_level: int | None

    @property
    def is_max(self) -> bool:
        return self.next_level is None

    @property
    def percent(self) -> int:
        """How far through the level, 0 to 100, floored so that 100 means there."""
        return 100 if self.is_max else self.level_xp * 100 // self.level_span


def standing(xp: int, curve: Curve) -> Standing:
    """Where `xp` stands on the curve. A negative sum is shown and levelled as 0."""
    shown = max(xp, 0)
    here = curve.level_at(shown)
    following = curve.levels[here.level] if here.level < len(curve.levels) else None
    return Standing(
        xp=shown,
        level=here.level,
        rank_name=here.rank_name,
        tier=here.tier,
        color=here.color,
        level_xp=shown - here.xp_required,
        level_span=following.xp_required - here.xp_required if following else 0,
        to_go=following.xp_required - shown if following else 0,
        next_level=following.level if following else None,
    )


@dataclass(frozen=True)
class Action:
    """What the rules say about one action."""

    name: str
    label: str
    base: int
    cooldown_seconds: int
    is_enabled: bool

    @classmethod
    def of(cls, rules: Mapping[str, Any], name: str) -> Action | None:
        """The action of that name in a rule set, or None."""
        row = rules["xp"]["actions"].get(name)
        return None if row is None else cls(name=name, **row)


@dataclass(frozen=True)
class Multiplier:
    """Something that multiplies an award: a path, a boost, an event."""

    source: str
    basis_points: int


@dataclass(frozen=True)
class MemberState:
    """What the rules may know about the member at the moment of the event."""

    last_awarded_at: datetime | None = None
    """When this action last earned this member XP."""
    multipliers: tuple[Multiplier, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something a member did, and when, by the database's clock."""

    action: str
    at: datetime


@dataclass(frozen=True)
class Trace:
    """The arithmetic of an award, complete: it recomputes to its result."""

    base: int
    multipliers: tuple[Multiplier, ...]
    result: int

    def as_json(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "multipliers": [[m.source, m.basis_points] for m in self.multipliers],
            "result": self.result,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Trace:
        """A trace as it was stored with an award."""
        multipliers = tuple(Multiplier(source, bps) for source, bps in stored["multipliers"])
        return cls(stored["base"], multipliers, stored["result"])


@dataclass(frozen=True)
class Decision:
    """Granted, with points and the arithmetic; or refused, with a reason and, where known, when it pays again."""

    points: int
    trace: Trace | None
    refused: str | None = None
    again_at: datetime | None = None

    @property
    def granted(self) -> bool:
        return self.refused is None


def evaluate(rules: Mapping[str, Any], state: MemberState, event: Event) -> Decision:
    """Decide one event under a rule set. Total: every event gets a decision, nothing raises."""
    action = Action.of(rules, event.action)
    if action is None:
        return Decision(0, None, refused="unknown-action")
    if not action.is_enabled:
        return Decision(0, None, refused="switched-off")
    again_at = _cooled_down_at(action, state)
    if again_at is not None and event.at < again_at:
        return Decision(0, None, refused="cooldown", again_at=again_at)
    trace = Trace(action.base, state.multipliers, multiply(action.base, state.multipliers))
    return Decision(trace.result, trace)


def multiply(base: int, multipliers: Sequence[Multiplier]) -> int:
    """base × every multiplier, in exact integers, floored once at the end: so their order cannot matter."""
    numerator, denominator = base, 1
    for multiplier in multipliers:
        numerator *= multiplier.basis_points
        denominator *= ONE
    return numerator // denominator


def _cooled_down_at(action: Action, state: MemberState) -> datetime | None:
    if not action.cooldown_seconds or state.last_awarded_at is None:
        return None
    return state.last_awarded_at + timedelta(seconds=action.cooldown_seconds)
