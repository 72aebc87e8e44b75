"""What a profile shows, and to whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.subqueries import Counted
from degentalk.forum.models import Post
from wallet.models import UserWallet
from xp import rules
from xp import services as xp
from xp.models import UserXp, XpLog
from xp.presentation import Rung, XpPlace, place_of, reward_of, rung_of

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Profile:
    """A member's figures as this viewer may see them."""

    standing: rules.Standing
    rung: Rung
    place: XpPlace
    week_points: int
    next_reward_dgt: int
    posts: int
    last_xp_at: datetime | None
    wallet: UserWallet | None
    """None where the member hides it from this viewer."""
    is_own: bool

    @property
    def shows_place(self) -> bool:
        """Who is off the boards has no place there, but for their own eyes."""
        return self.place.is_listed or self.is_own


def of(member: User, *, viewer: User | AnonymousUser) -> Profile:
    """Two queries, however much the member did."""
    figures = _with_figures().get(pk=member.pk)
    mine = getattr(figures, "user_xp", None) or UserXp(user=member)
    standing = rules.standing(mine.xp, xp.curve())
    is_own, wallet = member.pk == viewer.pk, _wallet(figures)
    return Profile(
        standing=standing,
        rung=rung_of(standing.level),
        place=place_of(member, mine),
        week_points=mine.xp - figures.xp_a_week_ago,
        next_reward_dgt=reward_of(standing.next_level) if standing.next_level else 0,
        posts=figures.post_count,
        last_xp_at=mine.last_xp_event_at,
        wallet=wallet if is_own or not member.hides_balance else None,
        is_own=is_own,
    )


def _with_figures() -> QuerySet[Any]:
    """Members with XP, wallet and counts in one query. The sum of a week is a difference of two totals: a look at the
    newest rows of the log tells it, however long the log is."""
    older = XpLog.objects.filter(user=OuterRef("pk"), created_at__lt=Clock() - WEEK).newest()
    posts = Post.objects.visible().filter(author=OuterRef("pk")).order_by().values("author")
    return User.objects.select_related("user_xp", "wallet").annotate(
        xp_a_week_ago=Coalesce(Subquery(older.values("xp_after")[:1]), 0),
        post_count=Counted(posts),
    )


def _wallet(figures: User) -> UserWallet:
    return getattr(figures, "wallet", None) or UserWallet(user=figures)
