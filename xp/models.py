"""Points, levels, rewards. XP and log rows are written by the doors in `migrations/0002_doors.sql`, never by Django."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.rulebook.models import RuleSet
from wallet.models import DgtJournal
from xp import rules

POSITION_LIMIT = 10_000
"""Positions are counted exactly up to here; counting further would cost more with every member."""


class Tier(models.TextChoices):
    """The silhouettes of the rank badges."""

    LURKER = "lurker", _("Disc")
    SHRIMP = "shrimp", _("Cut square")
    CRAB = "crab", _("Pentagon")
    OCTOPUS = "octopus", _("Hexagon")
    DOLPHIN = "dolphin", _("Shield")
    SHARK = "shark", _("Diamond")
    WHALE = "whale", _("Eight-point star")
    LEVIATHAN = "leviathan", _("Twelve-point burst")


class XpAction(models.Model):
    """Something members do that earns XP. A rule: each change publishes a rule set."""

    name = models.SlugField(_("name"), max_length=100, unique=True, help_text=_("What the code calls it."))
    label = models.CharField(_("label"), max_length=100, help_text=_("What members read."))
    description = models.TextField(_("description"), blank=True)
    default_value = models.PositiveIntegerField(_("base XP"), default=10)
    is_enabled = models.BooleanField(_("on"), default=True)
    cooldown_seconds = models.PositiveIntegerField(_("cooldown in seconds"), default=0)

    class Meta:
        db_table = "xp_actions"
        verbose_name = _("XP action")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class XpLevel(models.Model):
    """One level of the curve: thresholds strictly increase."""

    level = models.PositiveIntegerField(_("level"), primary_key=True)
    xp_required = models.BigIntegerField(_("XP required"))
    rank_name = models.CharField(_("rank name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    icon_url = models.CharField(
        _("badge picture"),
        max_length=255,
        blank=True,
        help_text=_("Empty: the silhouette of the tier."),
    )
    color_code = models.CharField(_("colour"), max_length=20)
    tier = models.CharField(_("silhouette"), max_length=20, choices=Tier.choices)

    class Meta:
        db_table = "xp_levels"
        verbose_name = _("level")
        ordering = ["level"]
        constraints = [models.CheckConstraint(condition=Q(xp_required__gte=0), name="xp_levels_not_negative")]

    def __str__(self) -> str:
        return f"{self.level} {self.rank_name}"


class UserXpQuerySet(models.QuerySet["UserXp"]):
    def of(self, user: User) -> UserXp:
        """The member's row; the door makes it at the first award, so an absent one reads as 0 XP, level 1."""
        return self.filter(user_id=user.pk).first() or UserXp(user=user)

    def listed(self) -> UserXpQuerySet:
        """Whom boards show, best first. Served by one index; hidden and banned members cost nothing."""
        return self.filter(is_listed=True, xp__gt=0).order_by("-xp", "-user_id")

    def position_of(self, xp: int) -> int | None:
        """The place of that much XP on the board (ties share a place), or None beyond the first 10,000."""
        ahead = self.filter(is_listed=True, xp__gt=max(xp, 0))[:POSITION_LIMIT].count()
        return ahead + 1 if ahead < POSITION_LIMIT else None

    def next_above(self, xp: int) -> int | None:
        """The XP of the nearest listed member with more, or None at the top of the board."""
        return self.filter(is_listed=True, xp__gt=max(xp, 0)).order_by("xp").values_list("xp", flat=True).first()


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
        indexes = [
            models.Index(
                fields=["-xp", "-user"],
                condition=Q(is_listed=True, xp__gt=0),
                name="user_xp_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.xp} XP"


class XpLogQuerySet(models.QuerySet["XpLog"]):
    def of(self, user: User) -> XpLogQuerySet:
        return self.filter(user_id=user.pk).select_related("action")

    def newest(self) -> XpLogQuerySet:
        return self.order_by("-id")

    def with_reversals(self) -> XpLogQuerySet:
        """Whether each row was taken back, without a query for each."""
        return self.select_related("reversed_by")

    def since(self, moment: datetime | Combinable) -> XpLogQuerySet:
        return self.filter(created_at__gte=moment)

    def points(self) -> int:
        """All XP of these rows together; what was taken back counts against it."""
        return int(self.aggregate(points=Sum("xp_awarded", default=0))["points"])


class XpLog(models.Model):
    """One fact: what was granted, by which rules, because of what. Append-only; a reversal is a new row."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    action = models.ForeignKey(XpAction, models.PROTECT, null=True, blank=True, related_name="+")
    xp_awarded = models.BigIntegerField(_("XP"))
    created_at = models.DateTimeField(_("created"))
    metadata = models.JSONField(default=dict, blank=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    trace = models.JSONField(_("arithmetic"))
    cause_type = models.CharField(_("cause"), max_length=50)
    cause_id = models.CharField(max_length=100)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    path_id = models.CharField(_("path"), max_length=50, null=True, blank=True)  # noqa: DJ001 NULL: no primary path
    path_share = models.BigIntegerField(_("XP for the path"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(_("reason"), blank=True)
    xp_after = models.BigIntegerField(_("XP after"))
    level_before = models.IntegerField(_("level before"))
    level_after = models.IntegerField(_("level after"))

    objects: ClassVar[Any] = XpLogQuerySet.as_manager()

    class Meta:
        db_table = "xp_log"
        verbose_name = _("XP log entry")
        verbose_name_plural = _("XP log")
        indexes = [
            models.Index(fields=["user", "-id"], name="xp_log_user"),
            models.Index(fields=["user", "action", "-created_at"], name="xp_log_user_action"),
            models.Index(fields=["created_at"], name="xp_log_created"),
        ]

    def __str__(self) -> str:
        return f"{self.xp_awarded:+d} XP {self.key}"

    @property
    def why(self) -> rules.Trace:
        """The stored arithmetic."""
        return rules.Trace.of(self.trace)


class LevelDgtReward(models.Model):
    """DGT paid for reaching a level. A rule: each change publishes a rule set."""

    level = models.OneToOneField(
        XpLevel,
        models.PROTECT,
        primary_key=True,
        db_column="level",
        related_name="reward",
    )
    dgt_reward = models.BigIntegerField(_("DGT"))
    description = models.TextField(_("description"), blank=True)

    class Meta:
        db_table = "level_dgt_rewards"
        verbose_name = _("level reward")
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dgt_reward__gte=1, dgt_reward__lte=10**12),
                name="level_dgt_rewards_in_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level_id}: {self.dgt_reward} DGT"


class LevelDgtRewardLog(models.Model):
    """That a member reached a level, and what it paid: once in a lifetime, also when it paid nothing."""

    class State(models.TextChoices):
        PAID = "paid", _("Paid")
        PENDING = "pending", _("Waiting")
        NONE = "none", _("No reward")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    level = models.PositiveIntegerField(_("level"))
    dgt_reward = models.BigIntegerField(_("DGT"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    journal = models.OneToOneField(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("reached"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        db_table = "level_dgt_rewards_log"
        verbose_name = _("paid level reward")
        constraints = [
            models.UniqueConstraint(fields=["user", "level"], name="level_dgt_rewards_log_once"),
            models.CheckConstraint(
                condition=Q(state="paid", journal__isnull=False, dgt_reward__gt=0)
                | Q(state="pending", journal__isnull=True, dgt_reward__gt=0)
                | Q(state="none", journal__isnull=True, dgt_reward=0),
                name="level_dgt_rewards_log_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state="pending"),
                name="level_dgt_rewards_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} level {self.level}"


class XpLeaderboardRow(models.Model):
    """The plan's view `xp_leaderboard`. No positions in it: they come from the service."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DO_NOTHING, primary_key=True, related_name="+")
    username = models.CharField(max_length=24)
    xp = models.BigIntegerField()
    level = models.IntegerField()
    rank_name = models.CharField(max_length=100)
    tier = models.CharField(max_length=20)
    color_code = models.CharField(max_length=20)

    position: int | None = None
    """Set by `xp.boards`; None beyond the first 10,000."""
    is_me = False
    """Set where the board is shown to this member."""

    class Meta:
        db_table = "xp_leaderboard"
        managed = False

    def __str__(self) -> str:
        return self.username
