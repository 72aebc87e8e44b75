"""The curve of levels, and where a member stands on it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
