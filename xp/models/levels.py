"""Levels, what they pay, and who was paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.rulebook.models import RuleSet
from wallet.models import DgtJournal


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


class XpCurveChange(models.Model):
    """A published change of the thresholds. Everyone's level follows in batches; one change at a time."""

    id = models.BigAutoField(primary_key=True)
    rule_set = models.OneToOneField(RuleSet, models.PROTECT, related_name="+", verbose_name=_("rule set"))
    pays_rewards = models.BooleanField(
        _("pays rewards"), help_text=_("Whether levels that are reached only because of this change pay their reward.")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("staff")
    )
    created_at = models.DateTimeField(_("published"))
    done_up_to = models.BigIntegerField(_("done up to member"), default=0, db_default=0)
    changed = models.BigIntegerField(_("levels changed"), default=0, db_default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        db_table = "xp_curve_changes"
        verbose_name = _("change of the curve")
        verbose_name_plural = _("changes of the curve")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at=None), name="xp_curve_changes_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_set_id}"
