"""Paths, their levels, how far members are in them, and what they chose."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from paths import rules


class Colour(models.TextChoices):
    """Colours of the design that are readable on every ground, in both themes."""

    LIME = "lime", _("Lime")
    AMBER = "amber", _("Amber")
    AQUA = "aqua", _("Aqua")
    SAPPHIRE = "sapphire", _("Sapphire")
    VIOLET = "violet", _("Violet")
    ROSE = "rose", _("Rose")
    BRONZE = "bronze", _("Bronze")


class XpPathQuerySet(models.QuerySet["XpPath"]):
    def shown(self) -> Self:
        """In the order of pages: those that members may choose first."""
        return self.order_by("-is_active", "position", "id")


class XpPath(models.Model):
    """A specialisation. A rule: each change publishes a rule set."""

    id = models.CharField(
        _("id"),
        primary_key=True,
        max_length=50,
        validators=[RegexValidator(r"\A[a-z][a-z0-9-]{1,49}\Z", _("Use lower-case letters, digits and hyphens."))],
        help_text=_("In addresses; it stays for ever."),
    )
    name = models.CharField(_("name"), max_length=100)
    tagline = models.CharField(_("play style"), max_length=120, help_text=_("Who it is for, in one line."))
    description = models.TextField(_("description"), blank=True)
    icon = models.CharField(_("icon"), max_length=50)
    color = models.CharField(_("colour"), max_length=20, choices=Colour.choices)
    xp_multipliers = models.JSONField(
        _("XP multipliers"),
        default=dict,
        blank=True,
        help_text=_(
            "Basis points by action, such as {“post_created”: 15000} for one and a half times. Others count once."
        ),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_(
            "Off: members keep their progress, but it multiplies and collects nothing, and nobody can choose it."
        ),
    )
    position = models.PositiveSmallIntegerField(_("place on pages"), default=100)

    objects: ClassVar[Any] = XpPathQuerySet.as_manager()

    class Meta:
        db_table = "xp_paths"
        verbose_name = _("path")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(id__in=sorted(rules.RESERVED)), name="xp_paths_not_reserved"),
        ]

    def __str__(self) -> str:
        return self.name


class XpPathLevel(models.Model):
    """One level of a path's own curve: thresholds strictly increase from 0."""

    path = models.ForeignKey(XpPath, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(_("level"))
    xp_required = models.BigIntegerField(_("path XP required"))
    title = models.CharField(_("rank title"), max_length=60)

    class Meta:
        db_table = "xp_path_levels"
        verbose_name = _("level of a path")
        verbose_name_plural = _("levels of a path")
        ordering = ["path", "level"]
        constraints = [
            models.UniqueConstraint(fields=["path", "level"], name="xp_path_levels_once"),
            models.CheckConstraint(condition=Q(level__gte=1, xp_required__gte=0), name="xp_path_levels_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.path_id} {self.level}: {self.title}"


class UserPathQuerySet(models.QuerySet["UserPath"]):
    def of(self, user: User) -> Self:
        return self.filter(user_id=user.pk).select_related("path")

    def primary_of(self, user: User) -> UserPath | None:
        """The member's primary path with its XP, or None before the first choice."""
        return self.of(user).filter(primary_path=True).first()

    def on_board(self) -> Self:
        """Whom boards show; hidden and suspended members cost nothing."""
        return self.filter(is_listed=True, path_xp__gt=0)


class UserPath(models.Model):
    """How far a member is in a path. Written by the doors: path_choose() chooses, the door of XP adds."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    path = models.ForeignKey(XpPath, models.PROTECT, related_name="+", db_index=False)
    primary_path = models.BooleanField(_("primary"), default=False, db_default=False)
    path_level = models.IntegerField(_("level"), default=1, db_default=1)
    path_xp = models.BigIntegerField(_("path XP"), default=0, db_default=0)
    is_listed = models.BooleanField(_("on boards"), default=True, db_default=True)

    objects: ClassVar[Any] = UserPathQuerySet.as_manager()

    class Meta:
        db_table = "user_paths"
        verbose_name = _("member's path")
        verbose_name_plural = _("members' paths")
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="user_paths_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(primary_path=True), name="user_paths_one_primary"),
        ]
        indexes = [
            models.Index(
                fields=["path", "-path_xp", "-user"],
                condition=Q(is_listed=True, path_xp__gt=0),
                name="user_paths_board",
            ),
            models.Index(fields=["path"], condition=Q(primary_path=True), name="user_paths_followers"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.path_id}: {self.path_xp} XP"


class PathChoice(models.Model):
    """That a member made a path their primary one, and by what right. Append-only."""

    class How(models.TextChoices):
        FIRST = "first", _("First choice")
        COOLDOWN = "cooldown", _("After the cooldown")
        TOKEN = "token", _("With a switch token")
        PAUSED = "paused", _("Because the path was paused")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    path = models.ForeignKey(XpPath, models.PROTECT, related_name="+", db_index=False, verbose_name=_("path"))
    left = models.ForeignKey(
        XpPath, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("before")
    )
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    chosen_at = models.DateTimeField(_("chosen"))

    class Meta:
        db_table = "path_choices"
        verbose_name = _("choice of a path")
        verbose_name_plural = _("choices of paths")
        indexes = [models.Index(fields=["user", "-chosen_at"], name="path_choices_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.path_id}"


class PathSwitchToken(models.Model):
    """Lets its owner switch once without waiting. One per source, used at most once."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(_("source"), max_length=100, unique=True)
    granted_at = models.DateTimeField(_("granted"))
    choice = models.OneToOneField(
        PathChoice, models.PROTECT, null=True, blank=True, related_name="token", verbose_name=_("used for")
    )

    class Meta:
        db_table = "path_switch_tokens"
        verbose_name = _("path switch token")
        indexes = [models.Index(fields=["user", "id"], condition=Q(choice=None), name="path_switch_tokens_unused")]

    def __str__(self) -> str:
        return self.source


class PathPolicyQuerySet(models.QuerySet["PathPolicy"]):
    def current(self) -> PathPolicy:
        return self.get(pk=1)


class PathPolicy(models.Model):
    """The one row of what staff tune about paths together; part of every rule set."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    switch_cooldown_hours = models.PositiveIntegerField(
        _("hours between two choices of a primary path"),
        default=720,
        help_text=_("720 hours are 30 days. 0: at will. The first choice is always free."),
    )

    objects: ClassVar[Any] = PathPolicyQuerySet.as_manager()

    class Meta:
        db_table = "path_policy"
        verbose_name = _("path policy")
        verbose_name_plural = _("path policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="path_policy_one_row"),
            models.CheckConstraint(condition=Q(switch_cooldown_hours__lte=24 * 365), name="path_policy_bounds"),
        ]

    def __str__(self) -> str:
        return str(_("Path policy"))


class PathLeaderboardRow(models.Model):
    """The plan's view `path_leaderboard`: listed members by XP of a path. Of one path, a member has one row. Positions
    come from the service."""

    id = models.BigIntegerField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    path = models.ForeignKey(XpPath, models.DO_NOTHING, related_name="+")
    username = models.CharField(max_length=24)
    look = models.JSONField()
    path_xp = models.BigIntegerField()
    path_level = models.IntegerField()
    title = models.CharField(max_length=60)
    primary_path = models.BooleanField()

    figure = 0
    """Set by the board, with the next three: what it counts."""
    position: int | None = None
    position_is_exact = False
    is_tied = False
    is_me = False
    """Set where the board is shown to this member."""

    class Meta:
        db_table = "path_leaderboard"
        managed = False

    def __str__(self) -> str:
        return f"{self.username} {self.path_id}"
