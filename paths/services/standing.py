"""How far a member is in the paths, and when they may switch."""

from dataclasses import dataclass
from datetime import datetime

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from paths.models import PathChoice, UserPath
from paths.services.choosing import cooldown, unused_tokens


@dataclass(frozen=True)
class PathStanding:
    """A member's progress in the paths."""

    primary: UserPath | None
    """None before the first choice."""
    rows: list[UserPath]
    """Every path the member ever collected XP in or chose; the primary one first, then by XP."""
    again_at: datetime | None
    """When the member may switch without a token; None: now."""
    tokens: int
    """Switches without waiting that the member has."""


def standing_of(user: User) -> PathStanding:
    """What pages and the API tell of a member's paths. Five queries at most, however many paths."""
    rows = list(UserPath.objects.of(user).order_by("-primary_path", "-path_xp", "path_id"))
    primary = next((row for row in rows if row.primary_path), None)
    again_at = None
    if primary is not None and primary.path.is_active:
        chosen = PathChoice.objects.filter(user=user).order_by("-chosen_at", "-id").values_list("chosen_at", flat=True)
        again_at = next((moment + cooldown() for moment in chosen[:1]), None)
        if again_at is not None and again_at <= database_time():
            again_at = None
    return PathStanding(primary=primary, rows=rows, again_at=again_at, tokens=unused_tokens(user))
