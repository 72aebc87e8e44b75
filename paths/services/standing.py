"""How far a member is in the paths, and when they may switch."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Subquery

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.subqueries import Counted
from paths.models import PathPolicy, UserPath
from paths.rules import switch_allowed_at
from paths.services.choosing import choices_of, unused_tokens


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
    """What pages and the API tell of a member's paths. Two queries, however many paths."""
    rows = list(UserPath.objects.of(user).order_by("-primary_path", "-path_xp", "path_id"))
    primary = next((row for row in rows if row.primary_path), None)
    policy = _policy_for(user)
    again_at = None
    if primary is not None and primary.path.is_active and policy.chosen_at is not None:
        again_at = switch_allowed_at(policy.chosen_at, policy.switch_cooldown_hours)
        if again_at <= policy.now:
            again_at = None
    return PathStanding(primary=primary, rows=rows, again_at=again_at, tokens=policy.tokens)


def _policy_for(user: User) -> Any:
    """The policy, with what else decides: `now`, `chosen_at` (None before the first choice), `tokens`."""
    chosen_at = Subquery(choices_of(user).values("chosen_at")[:1])
    tokens = Counted(unused_tokens(user).values("user"))
    return PathPolicy.objects.annotate(now=Clock(), chosen_at=chosen_at, tokens=tokens).get(pk=1)
