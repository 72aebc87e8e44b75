"""The XP log: facts only, written by the doors. With it what was refused, and what is taken back and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.rulebook.models import RuleSet
from xp import rules
from xp.models.actions import XpAction

APPROVER = "approver"
"""In a row's metadata: the id of the second member of staff who agreed to an adjustment."""


class XpLogQuerySet(models.QuerySet["XpLog"]):
    def of(self, user: User) -> XpLogQuerySet:
        return self.filter(user_id=user.pk).select_related("action")

    def newest(self) -> XpLogQuerySet:
        return self.order_by("-id")

    def with_reversals(self) -> XpLogQuerySet:
        """Whether each row was taken back, without a query for each."""
        return self.select_related("reversed_by")

    def with_rules(self) -> XpLogQuerySet:
        """Which rules decided each, without a query for each: their content is read once a process."""
        return self.select_related("rule_set").defer("rule_set__rules")

    def since(self, moment: datetime | Combinable) -> XpLogQuerySet:
        return self.filter(created_at__gte=moment)

    def points(self) -> int:
        """All XP of these rows together; what was taken back counts against it."""
        return int(self.aggregate(points=Sum("xp_awarded", default=0))["points"])

    def adjusted_alone_by(self, staff: Collection[int]) -> XpLogQuerySet:
        """Adjustments by these accounts that no second member of staff agreed to."""
        return self.filter(action=None, reverses=None, actor__in=staff).exclude(metadata__has_key=APPROVER)

    def moved(self) -> int:
        """All XP of these rows together, whichever way it went."""
        return int(self.aggregate(moved=Sum(Abs("xp_awarded"), default=0))["moved"])


class XpLog(models.Model):
    """One fact: what was granted, by which rules, because of what. Append-only; a reversal is a new row."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    action = models.ForeignKey(XpAction, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    xp_awarded = models.BigIntegerField(_("XP"))
    created_at = models.DateTimeField(_("created"))
    metadata = models.JSONField(default=dict, blank=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", db_index=False)
    trace = models.JSONField(_("arithmetic"))
    cause_type = models.CharField(_("cause"), max_length=50)
    cause_id = models.CharField(max_length=100)
    counterparty = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("other member"),
        help_text=_("Who liked or tipped, or was tipped."),
    )
    amount = models.BigIntegerField(_("DGT moved"), null=True, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        help_text=_("The row that this one takes back: an award, a reversal, or a restoration."),
    )
    origin = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        db_index=False,
        help_text=_("The award that a reversal or restoration is about."),
    )
    path_id = models.CharField(_("path"), max_length=50, null=True, blank=True)  # noqa: DJ001 NULL: no primary path
    path_share = models.BigIntegerField(_("XP for the path"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
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
            # What caps and cooldowns ask, answered from the index alone.
            models.Index(
                fields=["user", "action", "-created_at"],
                include=["xp_awarded"],
                condition=Q(reverses=None),
                name="xp_log_awards",
            ),
            models.Index(
                fields=["user", "counterparty", "action", "-created_at"],
                include=["xp_awarded", "amount"],
                condition=Q(reverses=None, counterparty__isnull=False),
                name="xp_log_pairs",
            ),
            models.Index(
                fields=["counterparty"],
                condition=Q(reverses=None, counterparty__isnull=False),
                name="xp_log_counterparty",
            ),
            models.Index(fields=["cause_type", "cause_id"], condition=Q(reverses=None), name="xp_log_cause"),
            models.Index(fields=["origin", "-id"], condition=Q(origin__isnull=False), name="xp_log_origin"),
            # What staff filter by: adjustments, repairs and reversals are few among awards.
            models.Index(fields=["-id"], condition=Q(action=None) | Q(reverses__isnull=False), name="xp_log_no_awards"),
            # How much a member of staff adjusted of late.
            models.Index(
                fields=["actor", "-created_at"],
                condition=Q(action=None, reverses=None, actor__isnull=False),
                name="xp_log_adjustments",
            ),
            # Rows come in the order of time: a tiny index finds those of the last day.
            BrinIndex(fields=["created_at"], name="xp_log_moments"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__isnull=False) | ~Q(reason=""), name="xp_log_has_action_or_reason"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, origin=None) | Q(reverses__isnull=False, origin__isnull=False),
                name="xp_log_reversals_have_an_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.xp_awarded:+d} XP {self.key}"

    @property
    def why(self) -> rules.Trace:
        """The stored arithmetic."""
        return rules.Trace.of(self.trace)

    @property
    def approver_id(self) -> int | None:
        """Which second member of staff agreed to this adjustment, if one did."""
        approver: int | None = self.metadata.get(APPROVER)
        return approver


class XpWithholding(models.Model):
    """A reason why an award does not count now. It counts as long as there is none."""

    id = models.BigAutoField(primary_key=True)
    award = models.ForeignKey(XpLog, models.PROTECT, related_name="withholdings", db_index=False)
    because = models.CharField(_("because"), max_length=200, help_text=_("`noun:id`: post_hidden:91, ban:3."))
    created_at = models.DateTimeField(_("since"))

    class Meta:
        db_table = "xp_withholdings"
        verbose_name = _("withheld award")
        constraints = [models.UniqueConstraint(fields=["award", "because"], name="xp_withholdings_once")]
        indexes = [models.Index(fields=["because"], name="xp_withholdings_because")]

    def __str__(self) -> str:
        return f"{self.award_id} {self.because}"


class XpRefusalQuerySet(models.QuerySet["XpRefusal"]):
    def of(self, user: User) -> XpRefusalQuerySet:
        return self.filter(user_id=user.pk).select_related("action")


class XpRefusal(models.Model):
    """Something a member did that earned nothing, why, and when it pays again. Kept for a while, not for ever."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    action = models.ForeignKey(XpAction, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(_("key"), max_length=200)
    reason = models.CharField(_("reason"), max_length=20)
    again_at = models.DateTimeField(_("pays again"), null=True, blank=True)
    created_at = models.DateTimeField(_("refused"))
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", db_index=False)
    counterparty = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cause_type = models.CharField(_("cause"), max_length=50)
    cause_id = models.CharField(max_length=100)

    objects: ClassVar[Any] = XpRefusalQuerySet.as_manager()

    class Meta:
        db_table = "xp_refusals"
        verbose_name = _("refused award")
        constraints = [models.UniqueConstraint(fields=["user", "action", "key"], name="xp_refusals_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="xp_refusals_newest"),
            BrinIndex(fields=["created_at"], name="xp_refusals_moments"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"
