"""The tables behind `idempotency`, `limits`, `outbox` and `switches`."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock


class IdempotencyKey(models.Model):
    """What a member was answered for a key. Written by `idempotency.run` only."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("member"))
    endpoint = models.CharField(_("endpoint"), max_length=100)
    key = models.CharField(_("key"), max_length=200)
    request_hash = models.BinaryField(_("SHA-256 of the request"), max_length=32)
    status = models.SmallIntegerField(_("status"))
    body = models.JSONField(_("body"))
    created_at = models.DateTimeField(_("created at"), db_default=Clock())

    class Meta:
        db_table = "idempotency_keys"
        verbose_name = _("idempotency key")
        constraints = [models.UniqueConstraint(fields=["actor", "endpoint", "key"], name="idempotency_keys_once")]
        # For the retention task, which deletes the oldest.
        indexes = [models.Index(fields=["created_at"], name="idempotency_keys_created")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"


class RateLimit(models.Model):
    """How often somebody did something in the time that ends at `ends_at`. Written by `limits` only."""

    name = models.CharField(_("what"), max_length=100)
    who = models.CharField(_("who"), max_length=100)
    count = models.IntegerField(_("times"))
    ends_at = models.DateTimeField(_("counted until"))

    class Meta:
        db_table = "rate_limits"
        verbose_name = _("rate limit")
        constraints = [models.UniqueConstraint(fields=["name", "who"], name="rate_limits_once")]
        # For the retention task, which deletes what is over.
        indexes = [models.Index(fields=["ends_at"], name="rate_limits_ends")]

    def __str__(self) -> str:
        return f"{self.name} {self.who}"


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> Self:
        """Not delivered yet."""
        return self.filter(delivered_at=None)

    def due(self) -> Self:
        """To be delivered now, the longest due first."""
        return self.waiting().filter(available_at__lte=Clock()).order_by("available_at", "id")


class OutboxMessage(models.Model):
    """Something to do outside the database, promised by the transaction that wrote the row."""

    topic = models.CharField(_("topic"), max_length=100)
    payload = models.JSONField(_("payload"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    available_at = models.DateTimeField(_("next attempt at"), db_default=Clock())
    created_at = models.DateTimeField(_("created at"), db_default=Clock())
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects: ClassVar[models.Manager["OutboxMessage"]] = OutboxQuerySet.as_manager()

    class Meta:
        db_table = "outbox"
        verbose_name = _("outbox message")
        indexes = [
            models.Index(fields=["available_at", "id"], name="outbox_due", condition=models.Q(delivered_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Switch(models.Model):
    """Something that staff can switch off within a moment. Without a row it is on."""

    name = models.SlugField(_("name"), max_length=40, primary_key=True)
    is_on = models.BooleanField(_("on"))

    class Meta:
        db_table = "switches"
        verbose_name = _("switch")
        verbose_name_plural = _("switches")

    def __str__(self) -> str:
        return self.name


class SwitchChangeQuerySet(models.QuerySet["SwitchChange"]):
    def newest_of_each(self) -> Self:
        """The last change of every switch, with who made it."""
        return self.order_by("switch", "-id").distinct("switch").select_related("by")


class SwitchChange(models.Model):
    """Who switched what, when and why. These rows only grow."""

    id = models.BigAutoField(primary_key=True)
    switch = models.ForeignKey(Switch, models.PROTECT, related_name="changes", verbose_name=_("switch"))
    is_on = models.BooleanField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.TextField(_("reason"))
    created_at = models.DateTimeField(_("when"), db_default=Clock())

    objects: ClassVar[Any] = SwitchChangeQuerySet.as_manager()

    class Meta:
        db_table = "switch_changes"
        verbose_name = _("change of a switch")
        verbose_name_plural = _("changes of switches")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="switch_changes_have_a_reason")]

    def __str__(self) -> str:
        return f"{self.switch_id}: {self.is_on}"
