"""What providers tell, as they told it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from payments.models.orders import Order, Provider


class ProviderEventQuerySet(models.QuerySet["ProviderEvent"]):
    def failed(self) -> Self:
        return self.filter(state=ProviderEvent.State.FAILED)


class ProviderEvent(models.Model):
    """One event, stored before anything is done about it (S4). What it said never changes."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("None of ours")
        FAILED = "failed", _("Failed")

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        RECONCILER = "reconciler", _("Reconciler")

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    event_id = models.CharField(_("id"), max_length=255)
    type = models.CharField(_("type"), max_length=255)
    object_id = models.CharField(_("about"), max_length=255, blank=True)
    api_version = models.CharField(_("API version"), max_length=255, blank=True)
    body = models.TextField(_("as it came"))
    source = models.CharField(_("from"), max_length=10, choices=Source.choices)
    received_at = models.DateTimeField(_("received"), db_default=Clock())

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    note = models.CharField(_("what came of it"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="events")

    objects: ClassVar[Any] = ProviderEventQuerySet.as_manager()

    class Meta:
        db_table = "provider_events"
        verbose_name = _("provider event")
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_events_once")]
        indexes = [
            models.Index(fields=["-id"], condition=~Q(state="done"), name="provider_events_not_done"),
            models.Index(fields=["object_id"], name="provider_events_about"),
        ]
        permissions = [("replay_event", "Can process events again")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class ReconcileCursor(models.Model):
    """Up to when a provider's events and payments have been compared with ours."""

    provider = models.CharField(max_length=10, primary_key=True)
    until = models.DateTimeField()

    class Meta:
        db_table = "reconcile_cursors"

    def __str__(self) -> str:
        return f"{self.provider}: {self.until}"
