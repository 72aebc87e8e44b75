"""Payments that need a person."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.core.clock import Clock
from payments.models.orders import Order, Provider


class ReviewQuerySet(models.QuerySet["Review"]):
    def open(self) -> Self:
        return self.filter(decided_at=None)


class Review(models.Model):
    """One payment that is not what was ordered, or cannot be settled: why, and what was decided."""

    class Reason(models.TextChoices):
        WRONG_AMOUNT = "wrong_amount", _("Another amount was paid than was ordered")
        WRONG_CURRENCY = "wrong_currency", _("Another currency was paid than was ordered")
        NOT_PAYMENT = "not_payment", _("It was completed without a payment")
        UNKNOWN_ORDER = "unknown_order", _("Money came for an order that we do not know")
        BUYER_SUSPENDED = "buyer_suspended", _("The buyer is suspended")
        BUYER_GONE = "buyer_gone", _("The buyer's account is gone")
        WALLET_FROZEN = "wallet_frozen", _("The wallet is frozen")
        UNDERPAID = "underpaid", _("Too little was paid, and the time is over")
        SURPLUS = "surplus", _("More was paid than was ordered")
        VANISHED = "vanished", _("A payment that was credited is no more in the chain")
        WRONG_CHAIN = "wrong_chain", _("It was paid on another chain than was ordered")
        WRONG_TOKEN = "wrong_token", _("Another token was sent")
        NATIVE_COIN = "native_coin", _("The chain's own coin was sent")

    class Decision(models.TextChoices):
        CREDIT = "credit", _("Credit as it was quoted")
        DISMISS = "dismiss", _("Do not credit: the money goes back, or is not ours")
        TAKE_BACK = "take_back", _("Take the DGT back")
        RESOLVED = "resolved", _("Resolved by itself")

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="reviews")
    reference = models.CharField(_("provider's reference"), max_length=255, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    details = models.CharField(_("details"), max_length=500, blank=True)
    amount = models.BigIntegerField(_("sum"), db_default=0, editable=False)
    """What it is about, in the smallest unit of the order's currency; 0 where that says nothing."""
    opened_at = models.DateTimeField(_("opened"), db_default=Clock())
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects: ClassVar[Any] = ReviewQuerySet.as_manager()

    class Meta:
        db_table = "payment_reviews"
        verbose_name = _("payment to review")
        verbose_name_plural = _("payments to review")
        permissions = [("decide_review", "Can decide about payments")]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reference", "reason"],
                condition=Q(decided_at=None),
                name="payment_reviews_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
