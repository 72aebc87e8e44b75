"""Streaks: the days a member came, and what covers the days they did not."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from xp.rules.streaks import Streak


class StreakMilestone(models.Model):
    """XP for a streak that reaches so many days. A rule: each change publishes a rule set."""

    days = models.PositiveIntegerField(_("days"), primary_key=True)
    xp = models.PositiveIntegerField(_("XP"))

    class Meta:
        db_table = "streak_milestones"
        verbose_name = _("streak milestone")
        ordering = ["days"]
        constraints = [models.CheckConstraint(condition=Q(days__gte=2), name="streak_milestones_from_two_days")]

    def __str__(self) -> str:
        return f"{self.days}"


class StreakDayQuerySet(models.QuerySet["StreakDay"]):
    def of(self, user: User) -> StreakDayQuerySet:
        """The member's days, ascending."""
        return self.filter(user_id=user.pk).order_by("day")


class StreakDay(models.Model):
    """One day of a member's calendar that a streak does not break at. Append-only: streaks are rebuilt from these."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        FREEZE = "freeze", _("Frozen")
        BRIDGE = "bridge", _("Skipped by a change of time zone")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("day"), help_text=_("In the member's time zone then."))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    time_zone = models.CharField(_("time zone"), max_length=64)
    created_at = models.DateTimeField(_("recorded"))

    objects: ClassVar[Any] = StreakDayQuerySet.as_manager()

    class Meta:
        db_table = "streak_days"
        verbose_name = _("day of a streak")
        verbose_name_plural = _("days of streaks")
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="streak_days_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}: {self.kind}"


class UserStreakQuerySet(models.QuerySet["UserStreak"]):
    def of(self, user: User) -> UserStreak:
        """The member's row; before the first visit one of 0 days."""
        return self.filter(user_id=user.pk).first() or UserStreak(user=user, current=0, longest=0)


class UserStreak(models.Model):
    """A member's streak as of the newest day recorded."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="streak")
    current = models.PositiveIntegerField(_("days in a row"), help_text=_("Visits; frozen days hold it and add none."))
    longest = models.PositiveIntegerField(_("longest"))
    last_day = models.DateField(_("last day"), null=True)

    objects: ClassVar[Any] = UserStreakQuerySet.as_manager()

    class Meta:
        db_table = "user_streaks"
        verbose_name = _("streak")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.current}"

    @property
    def facts(self) -> Streak:
        """The same for the rules."""
        return Streak(self.current, self.longest, self.last_day)


class StreakFreezeQuerySet(models.QuerySet["StreakFreeze"]):
    def left_to(self, user: User) -> StreakFreezeQuerySet:
        """The member's unused freezes, the oldest first."""
        return self.filter(user_id=user.pk, used_for=None).order_by("id")


class StreakFreeze(models.Model):
    """Covers one missed day, by itself. The oldest is used first."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(_("source"), max_length=200, unique=True, help_text=_("`noun:id` of what granted it."))
    granted_at = models.DateTimeField(_("granted"))
    used_for = models.DateField(_("used for"), null=True, blank=True)

    objects: ClassVar[Any] = StreakFreezeQuerySet.as_manager()

    class Meta:
        db_table = "streak_freezes"
        verbose_name = _("streak freeze")
        permissions = [("grant_freeze", "Can grant streak freezes to other members, with a reason")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "used_for"], condition=Q(used_for__isnull=False), name="streak_freezes_one_a_day"
            )
        ]
        indexes = [models.Index(fields=["user", "id"], condition=Q(used_for=None), name="streak_freezes_left")]

    def __str__(self) -> str:
        return self.source
