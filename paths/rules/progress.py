"""How far so much XP is on a path's own curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paths.rules import PathRules


@dataclass(frozen=True)
class PathProgress:
    """Where a member stands in a path, ready to show."""

    xp: int
    level: int
    title: str
    level_xp: int
    """XP since this level began."""
    level_span: int
    """XP from this level to the next; 0 at the last."""
    to_go: int
    next_level: int | None
    next_title: str

    @property
    def is_max(self) -> bool:
        return self.next_level is None

    @property
    def percent(self) -> int:
        """How far through the level, 0 to 100, floored so that 100 means there."""
        return 100 if self.is_max else self.level_xp * 100 // self.level_span


def progress(path: PathRules, xp: int) -> PathProgress:
    """Where so much path XP stands on the path's curve. A negative sum is shown and levelled as 0."""
    shown = max(xp, 0)
    here = path.level_at(shown)
    following = path.next_after(here.level)
    return PathProgress(
        xp=shown,
        level=here.level,
        title=here.title,
        level_xp=shown - here.xp_required,
        level_span=following.xp_required - here.xp_required if following else 0,
        to_go=following.xp_required - shown if following else 0,
        next_level=following.level if following else None,
        next_title=following.title if following else "",
    )
