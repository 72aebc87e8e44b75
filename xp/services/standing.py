"""Where members stand, for showing."""

from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from xp import rules
from xp.models import UserXp


def curve() -> rules.Curve:
    """The curve for showing levels: at most ten seconds late, usually without a query."""
    return rules.Curve.of(rulebook.recent().rules)


def standing_of(user: User) -> rules.Standing:
    """Where a member stands. One query."""
    return rules.standing(UserXp.objects.of(user).xp, curve())
