"""Special events in a rule set: a window of time, what it multiplies by, what taking part pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Occasion:
    """A special event that staff announced. Its first instant belongs to it, its last does not."""

    id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    multiplier_bps: int
    """Basis points for members who joined; 10,000 multiplies nothing."""
    participation_xp: int
    """XP for joining; 0 for none."""
    is_cancelled: bool
    slug: str = ""
    """Where members read about it."""

    def is_on(self, moment: datetime) -> bool:
        return not self.is_cancelled and self.starts_at <= moment < self.ends_at


def occasions(rules: Mapping[str, Any]) -> dict[int, Occasion]:
    """All special events of a rule set by their id."""
    return {int(number): _occasion(int(number), row) for number, row in rules["xp"].get("events", {}).items()}


def _occasion(number: int, row: Mapping[str, Any]) -> Occasion:
    moments = {name: datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at")}
    return Occasion(id=number, **{**row, **moments})
