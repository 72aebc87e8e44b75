"""Special events, boosts, and tips as far as XP goes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.moments import refuse_far
from xp.rules import ONE

MULTIPLIER_MAX_BPS = 10 * ONE
"""Staff and shop cannot multiply by more than ten."""


class SpecialEventQuerySet(models.QuerySet["SpecialEvent"]):
    def on_now(self) -> SpecialEventQuerySet:
        """By the database's clock; what ends first comes first."""
        return self.filter(is_cancelled=False, starts_at__lte=Clock(), ends_at__gt=Clock()).order_by("ends_at", "id")

    def coming(self) -> SpecialEventQuerySet:
        return self.filter(is_cancelled=False, starts_at__gt=Clock()).order_by("starts_at", "id")

    def over(self) -> SpecialEventQuerySet:
        """Ended or cancelled."""
        return self.filter(Q(is_cancelled=True) | Q(ends_at__lte=Clock()))

    def seen_by(self, viewer: User | AnonymousUser) -> SpecialEventQuerySet:
        """With what pages show of them, in the same query: `moment`, `participants`, and the viewer's `joined_at`."""
        joined = EventParticipation.objects.filter(event=OuterRef("pk"))
        count = joined.order_by().values("event").annotate(count=Count("pk")).values("count")
        return self.annotate(
            moment=Clock(),
            participants=Coalesce(Subquery(count), 0),
            joined_at=Subquery(joined.filter(user_id=viewer.pk or 0).values("joined_at")[:1]),
        )


class SpecialEvent(models.Model):
    """An occasion that staff announce: joined by members, it pays once, multiplies while it lasts, or both. A rule."""

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(_("words in its address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    starts_at = models.DateTimeField(_("starts"), help_text=_("UTC. This instant belongs to the event."))
    ends_at = models.DateTimeField(_("ends"), help_text=_("UTC. This instant does not belong to it any more."))
    multiplier_bps = models.PositiveIntegerField(
        _("multiplier in basis points"),
        default=ONE,
        help_text=_("For members who joined, while it is on: 15,000 is ×1.5, 10,000 multiplies nothing."),
    )
    participation_xp = models.PositiveIntegerField(
        _("XP for joining"), default=0, help_text=_("0: joining pays nothing.")
    )
    is_cancelled = models.BooleanField(_("cancelled"), default=False)

    objects: ClassVar[Any] = SpecialEventQuerySet.as_manager()

    class Meta:
        db_table = "special_events"
        verbose_name = _("special event")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="special_events_end_after_start"),
            models.CheckConstraint(
                condition=Q(multiplier_bps__gte=ONE, multiplier_bps__lte=MULTIPLIER_MAX_BPS),
                name="special_events_multiplier",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="special_events_ends")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("xp:event", args=[self.slug])

    def clean(self) -> None:
        """Raises ValidationError for moments that not every time zone has."""
        refuse_far(self, "starts_at", "ends_at")


class EventParticipation(models.Model):
    """That a member joined a special event."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(SpecialEvent, models.PROTECT, related_name="participations", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        db_table = "event_participations"
        verbose_name = _("participation")
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="event_participations_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.user_id}"


class XpBoostQuerySet(models.QuerySet["XpBoost"]):
    def of(self, user: User) -> XpBoostQuerySet:
        return self.filter(user_id=user.pk)

    def not_over(self) -> XpBoostQuerySet:
        """In force or still to come, by the database's clock, which is their `moment`."""
        return self.filter(ends_at__gt=Clock()).annotate(moment=Clock())


class XpBoost(models.Model):
    """A personal multiplier for a while. Boosts do not stack: the strongest in force counts."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    multiplier_bps = models.PositiveIntegerField(_("multiplier in basis points"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    source = models.CharField(_("source"), max_length=200, unique=True, help_text=_("`noun:id` of what granted it."))
    created_at = models.DateTimeField(_("granted"))

    objects: ClassVar[Any] = XpBoostQuerySet.as_manager()

    class Meta:
        db_table = "xp_boosts"
        verbose_name = _("boost")
        permissions = [("grant_boost", "Can grant boosts to other members, with a reason")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="xp_boosts_end_after_start"),
            models.CheckConstraint(
                condition=Q(multiplier_bps__gt=ONE, multiplier_bps__lte=MULTIPLIER_MAX_BPS), name="xp_boosts_multiplier"
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="xp_boosts_of_member")]

    def __str__(self) -> str:
        return self.source


class TipFlow(models.Model):
    """A tip as far as XP goes, and how much of it has come back: round trips earn nothing."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(_("key"), max_length=190, unique=True)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField(_("DGT"))
    returned = models.BigIntegerField(_("DGT that came back"), default=0, db_default=0)
    created_at = models.DateTimeField(_("tipped"))

    class Meta:
        db_table = "xp_tip_flows"
        verbose_name = _("tip")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, returned__gte=0, returned__lte=F("amount")), name="xp_tip_flows_returned"
            )
        ]
        indexes = [models.Index(fields=["giver", "receiver", "-id"], name="xp_tip_flows_pair")]

    def __str__(self) -> str:
        return self.key
