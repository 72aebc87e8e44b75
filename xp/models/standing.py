"""Members' totals, all time and by period, and the views that boards read."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User


class TotalsQuerySet(models.QuerySet[Any]):
    """Rows of members with `xp` and `is_listed`, as boards read them: from the index of those they show."""

    def on_board(self) -> Self:
        """Whom boards show; hidden and suspended members cost nothing."""
        return self.filter(is_listed=True, xp__gt=0)


class UserXpQuerySet(TotalsQuerySet):
    def of(self, user: User) -> UserXp:
        """The member's row; the door makes it at the first award, so an absent one reads as 0 XP, level 1."""
        return self.filter(user_id=user.pk).first() or UserXp(user=user)

    def listed(self) -> Self:
        """Whom boards show, best first. Served by one index."""
        return self.on_board().order_by("-xp", "-user_id")


class UserXp(models.Model):
    """A member's XP, and the level that the database keeps with it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="user_xp",
    )
    xp = models.BigIntegerField(_("XP"), default=0, db_default=0)
    level = models.IntegerField(_("level"), default=1, db_default=1, editable=False)
    last_xp_event_at = models.DateTimeField(_("last XP"), null=True, blank=True)
    is_listed = models.BooleanField(_("on boards"), default=True, db_default=True)

    objects: ClassVar[Any] = UserXpQuerySet.as_manager()

    class Meta:
        db_table = "user_xp"
        verbose_name = _("member's XP")
        verbose_name_plural = _("members' XP")
        permissions = [
            ("adjust_xp", "Can add to and take from other members' XP, with a reason"),
            ("award_any", "Can award any action to any member over the API"),
        ]
        indexes = [
            models.Index(
                fields=["-xp", "-user"],
                condition=Q(is_listed=True, xp__gt=0),
                name="user_xp_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.xp} XP"


class Period(models.TextChoices):
    """What a board counts. Days, weeks and months are those of UTC; weeks begin on Monday."""

    DAY = "day", _("Today")
    WEEK = "week", _("This week")
    MONTH = "month", _("This month")


class XpPeriodTotal(models.Model):
    """A member's XP of one UTC day, week or month, kept by the door. What was taken back is not in it."""

    pk = models.CompositePrimaryKey("period", "starts_on", "user_id")
    period = models.CharField(max_length=5, choices=Period.choices)
    starts_on = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    xp = models.BigIntegerField(_("XP"))
    is_listed = models.BooleanField()

    objects: ClassVar[Any] = TotalsQuerySet.as_manager()

    class Meta:
        db_table = "xp_period_totals"
        verbose_name = _("XP of a period")
        verbose_name_plural = _("XP of periods")
        indexes = [
            models.Index(
                fields=["period", "starts_on", "-xp", "-user"],
                condition=Q(is_listed=True, xp__gt=0),
                name="xp_period_totals_board",
            ),
            models.Index(fields=["user"], name="xp_period_totals_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.period} {self.starts_on}: {self.xp}"


class XpLeaderboardRow(models.Model):
    """The plan's view `xp_leaderboard`. No positions in it: they come from the service."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DO_NOTHING, primary_key=True, related_name="+")
    username = models.CharField(max_length=24)
    look = models.JSONField()
    xp = models.BigIntegerField()
    level = models.IntegerField()
    rank_name = models.CharField(max_length=100)
    tier = models.CharField(max_length=20)
    color_code = models.CharField(max_length=20)

    figure = 0
    """Set by the board, with the next three: what it counts."""
    position: int | None = None
    """None where it is not known."""
    position_is_exact = False
    is_tied = False
    """Whether others have the place too."""
    is_me = False
    """Set where the board is shown to this member."""

    class Meta:
        db_table = "xp_leaderboard"
        managed = False

    def __str__(self) -> str:
        return self.username


class XpPeriodLeaderboardRow(models.Model):
    """The same for periods: the view `xp_period_leaderboard`. Of one period and start, a member has one row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DO_NOTHING, primary_key=True, related_name="+")
    period = models.CharField(max_length=5)
    starts_on = models.DateField()
    username = models.CharField(max_length=24)
    look = models.JSONField()
    xp = models.BigIntegerField()
    level = models.IntegerField()
    rank_name = models.CharField(max_length=100)
    tier = models.CharField(max_length=20)
    color_code = models.CharField(max_length=20)

    figure = 0
    position: int | None = None
    position_is_exact = False
    is_tied = False
    is_me = False

    class Meta:
        db_table = "xp_period_leaderboard"
        managed = False

    def __str__(self) -> str:
        return self.username


class XpBoardBucket(models.Model):
    """How many listed members had XP of that magnitude, and how many had more, when that was last counted.

    Positions beyond the first 10,000 come from here. Rebuilt as a whole by `xp_build_board_buckets()`.
    """

    low = models.BigIntegerField(primary_key=True)
    members = models.BigIntegerField()
    ahead = models.BigIntegerField()
    built_at = models.DateTimeField()

    class Meta:
        db_table = "xp_board_buckets"

    def __str__(self) -> str:
        return f"{self.low}: {self.members}"


class UserXpSummary(models.Model):
    """The plan's view `user_xp_summary`: XP, level and DGT figures of every member, also of one without XP."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DO_NOTHING, primary_key=True, related_name="+")
    username = models.CharField(max_length=24)
    is_active = models.BooleanField()
    is_listed = models.BooleanField()
    xp = models.BigIntegerField(help_text="Never below 0.")
    level = models.IntegerField()
    rank_name = models.CharField(max_length=100)
    tier = models.CharField(max_length=20)
    color_code = models.CharField(max_length=20)
    level_starts_at = models.BigIntegerField()
    next_level_at = models.BigIntegerField(null=True, help_text="None at the last level.")
    last_xp_event_at = models.DateTimeField(null=True)
    dgt_balance = models.BigIntegerField()
    lifetime_earned = models.BigIntegerField()
    lifetime_spent = models.BigIntegerField()
    rewards_dgt = models.BigIntegerField(help_text="DGT paid for levels so far.")

    class Meta:
        db_table = "user_xp_summary"
        managed = False

    def __str__(self) -> str:
        return self.username
