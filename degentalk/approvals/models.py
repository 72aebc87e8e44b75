"""What waits for a second member of staff, and what became of it. The database lets nobody rewrite it."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def pending(self) -> ApprovalQuerySet:
        return self.filter(state=Approval.State.PENDING)

    def visible_to(self, user: User, kinds: Collection[str]) -> ApprovalQuerySet:
        """What somebody who may decide about these kinds may see, and what they asked for themselves."""
        return self if user.is_superuser else self.filter(Q(kind__in=kinds) | Q(asked_by=user))

    def waiting_for(self, user: User, kinds: Collection[str]) -> ApprovalQuerySet:
        """What this member of staff, who may decide about these kinds, can decide: by others, about others."""
        persons = {
            "asker": Coalesce("asked_by__same_person_as", "asked_by"),
            "concerned": Coalesce("about__same_person_as", "about"),
        }
        mine = Q(asker=user.person_id) | Q(about__isnull=False, concerned=user.person_id)
        return self.pending().filter(kind__in=kinds).alias(**persons).exclude(mine)


class Approval(models.Model):
    """One thing that somebody asked to do, and that somebody else agreed to or not."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    id = models.BigAutoField(primary_key=True)
    kind = models.SlugField(_("kind"), max_length=40, db_index=False)
    about = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member"),
    )
    """Whom it concerns."""
    request = models.JSONField(_("request"))
    """Everything that decides what will be done."""
    summary = models.TextField(_("what"))
    """The same as a sentence."""
    reason = models.TextField(_("why"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    created_at = models.DateTimeField(_("asked"), db_default=Clock())
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    result = models.TextField(_("result"), blank=True)

    objects: ClassVar[models.Manager[Approval]] = ApprovalQuerySet.as_manager()

    class Meta:
        db_table = "approvals"
        verbose_name = _("approval")
        indexes = [
            # What is not decided comes first, then the newest decisions.
            models.Index(F("decided_at").desc(nulls_first=True), F("id").desc(), name="approvals_queue"),
            models.Index(fields=["kind"], condition=Q(state="pending"), name="approvals_pending"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(summary=""), name="approvals_say_what_and_why"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None, decided_by=None, decision_reason="", result="")
                | Q(state="approved", decided_at__isnull=False, decided_by__isnull=False) & ~Q(result="")
                | Q(state="rejected", decided_at__isnull=False, decided_by__isnull=False, result="")
                & ~Q(decision_reason="")
                | Q(state="withdrawn", decided_at__isnull=False, decided_by=F("asked_by"), result="")
                | Q(state="expired", decided_at__isnull=False, decided_by=None, result=""),
                name="approvals_are_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | ~Q(decided_by=F("asked_by")),
                name="approvals_take_two",
            ),
            models.CheckConstraint(
                condition=Q(about=None) | ~Q(about=F("asked_by")) & (Q(decided_by=None) | ~Q(about=F("decided_by"))),
                name="approvals_are_about_others",
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING
