"""Orders: who buys how much DGT for how much money, and what became of it. One table for all providers."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, UUIDField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from payments.models.packages import DgtPackage
from payments.states import State
from wallet.models import DgtJournal


class Provider(models.TextChoices):
    """Who is paid."""

    STRIPE = "stripe", _("Card")
    USDT = "usdt", _("USDT")


class NewId(Func):
    function = "uuid7"
    arity = 0
    output_field = UUIDField()


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def at_this_moment(self) -> Self:
        """With `now`, the database's time: whether an order can still be paid needs no further query."""
        return self.annotate(now=Clock())

    def with_deposit(self) -> Self:
        """With where they are paid with USDT and what has come there: one query more if any of them is."""
        return self.select_related("usdt_deposit").prefetch_related("usdt_deposit__transfers")

    def newest_first(self) -> Self:
        return self.order_by("-id")


class Order(models.Model):
    """What was quoted never changes (a trigger keeps it); what became of it is written by the payment services."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True, db_default=NewId(), editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="orders", verbose_name=_("member")
    )
    username = models.CharField(_("name"), max_length=150)
    package = models.ForeignKey(DgtPackage, models.PROTECT, related_name="orders", verbose_name=_("package"))
    package_name = models.CharField(_("package"), max_length=60)
    provider = models.CharField(_("paid by"), max_length=10, choices=Provider.choices)
    dgt_amount = models.BigIntegerField(_("DGT"))
    bonus_dgt = models.BigIntegerField(_("bonus, DGT"))
    price = models.BigIntegerField(_("price"))
    """In the smallest unit of the currency: cents of dollars, millionths of USDT."""
    currency = models.CharField(_("currency"), max_length=10)
    created_at = models.DateTimeField(_("ordered"), db_default=Clock())
    expires_at = models.DateTimeField(_("to be paid until"))

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.CREATED)
    changed_at = models.DateTimeField(_("changed"), db_default=Clock())
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    credited_at = models.DateTimeField(_("credited"), null=True, blank=True)
    waits_for = models.CharField(_("waits for"), max_length=30, blank=True, default="")
    """Why money that has come is not credited yet, or what was taken is not settled: it is tried again."""

    # what the provider said last, in the smallest unit of the currency
    reference = models.CharField(_("provider's reference"), max_length=255, blank=True, default="")
    paid = models.BigIntegerField(_("paid"), default=0)
    refunded = models.BigIntegerField(_("refunded"), default=0)
    disputed = models.BigIntegerField(_("disputed"), default=0)
    lost = models.BigIntegerField(_("lost in disputes"), default=0)
    had_dispute = models.BooleanField(_("was disputed"), default=False)
    surplus = models.BigIntegerField(_("paid above the price"), db_default=0)
    surplus_approved = models.BigIntegerField(_("of it to be credited"), db_default=0)
    """How much of it becomes DGT: all by the site's policy, or what staff decided about."""
    looks = models.BigIntegerField(default=0, editable=False)
    """How often the provider has been asked."""
    looked = models.BigIntegerField(default=0, editable=False)
    """Which of these was written down: what an older one says does not overwrite it."""

    # what the ledger did because of it, whole DGT
    credited_dgt = models.BigIntegerField(_("credited, DGT"), default=0)
    taken_dgt = models.BigIntegerField(_("taken back, DGT"), default=0)
    held_dgt = models.BigIntegerField(_("held, DGT"), default=0)
    surplus_dgt = models.BigIntegerField(_("credited for the surplus, DGT"), db_default=0)
    hold = models.ForeignKey(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")
    settlements = models.IntegerField(default=0, editable=False)
    """How often the ledger has moved because of it: keys of its journals count on."""

    objects: ClassVar[Any] = OrderQuerySet.as_manager()

    class Meta:
        db_table = "dgt_orders"
        verbose_name = _("order")
        indexes = [
            models.Index(fields=["user", "-id"], name="dgt_orders_of_member"),
            models.Index(fields=["provider", "state"], name="dgt_orders_by_state"),
            models.Index(fields=["id"], condition=~Q(waits_for=""), name="dgt_orders_waiting"),
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["created", "pending"]), name="dgt_orders_to_expire"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(dgt_amount__gte=1, bonus_dgt__gte=0, price__gte=1), name="dgt_orders_quote"
            ),
            models.CheckConstraint(
                condition=Q(credited_dgt__in=[0, F("dgt_amount") + F("bonus_dgt")]),
                name="dgt_orders_credited_as_quoted",
            ),
            models.CheckConstraint(
                condition=Q(taken_dgt__gte=0, held_dgt__gte=0, credited_dgt__gte=F("taken_dgt") + F("held_dgt")),
                name="dgt_orders_taken_at_most",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, disputed__gte=0, lost__gte=0, paid__gte=0), name="dgt_orders_money"
            ),
            models.CheckConstraint(
                condition=Q(surplus__gte=0, surplus_approved__gte=0, surplus_dgt__gte=0), name="dgt_orders_surplus"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_name} · {self.short_id}"

    def get_absolute_url(self) -> str:
        """The buyer's own page of it."""
        return reverse("payments:order", args=[self.public_id])

    @property
    def total_dgt(self) -> int:
        """What the buyer gets, the bonus with it."""
        return int(self.dgt_amount + self.bonus_dgt)

    @property
    def deposit(self) -> Any:
        """Where it is paid with USDT; None for other ways."""
        return getattr(self, "usdt_deposit", None)

    @property
    def short_id(self) -> str:
        """What people tell each other: the end of the id, which is random."""
        return short(self.public_id)


def short(public_id: UUID) -> str:
    """The last eight letters of an id."""
    return str(public_id)[-8:].upper()


class OrderChange(models.Model):
    """One step of an order: append-only."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="changes")
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices)
    because = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Clock())

    class Meta:
        db_table = "dgt_order_changes"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_state or '-'} → {self.to_state}"


class OrderMovement(models.Model):
    """A journal of the ledger that an order caused: append-only."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="movements")
    journal = models.OneToOneField(DgtJournal, models.PROTECT, related_name="order_movement")
    dgt = models.BigIntegerField()
    """What it issued; below zero what it took back; 0 for holds and releases."""
    at = models.DateTimeField(db_default=Clock())

    class Meta:
        db_table = "dgt_order_movements"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.dgt:+} DGT"
