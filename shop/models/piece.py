"""Who has what of the shop."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from degentalk import unlocks
from degentalk.accounts.models import User
from shop.models.unlock import DgtUnlock
from wallet.models import DgtJournal


class DgtUnlockLogQuerySet(models.QuerySet["DgtUnlockLog"]):
    def of(self, user: User) -> Self:
        return self.filter(user_id=user.pk)

    def kept(self) -> Self:
        """What its owner has: not used up, not taken back."""
        return self.filter(state=DgtUnlockLog.State.OWNED)

    def counted(self) -> Self:
        """What counts against the limit per member: all but what was taken back."""
        return self.exclude(state=DgtUnlockLog.State.REFUNDED)

    def newest(self) -> Self:
        return self.order_by("-id")


class DgtUnlockLog(models.Model):
    """One piece that a member acquired, as it was then, and what became of it."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("Bought")
        GIFT = "gift", _("Gift")
        GRANT = "grant", _("Given by staff")

    class State(models.TextChoices):
        OWNED = "owned", _("Owned")
        USED = "used", _("Used")
        REFUNDED = "refunded", _("Taken back")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("owner")
    )
    unlock = models.ForeignKey(DgtUnlock, models.PROTECT, related_name="+", db_index=False, verbose_name=_("unlock"))
    kind = models.CharField(_("how"), max_length=10, choices=Kind.choices)
    dgt_spent = models.BigIntegerField(_("DGT spent"))
    acquired_at = models.DateTimeField(_("acquired"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("paid by"),
    )
    """The owner for a purchase, the giver for a gift, nobody for a grant."""
    journal = models.OneToOneField(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("staff"),
    )
    note = models.CharField(_("note"), max_length=280, blank=True)
    """A giver's words, or the reason of staff."""
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=50)
    unlock_data = models.JSONField(_("data"), default=dict)
    """As it was when acquired: what staff change later changes nothing that somebody has."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OWNED)
    equipped_slot = models.CharField(_("worn as"), max_length=30, null=True, blank=True)  # noqa: DJ001 NULL is unique
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_for = models.CharField(_("used for"), max_length=200, blank=True)
    refunded_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    refunded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("taken back by"),
    )
    refund_reason = models.CharField(_("why it was taken back"), max_length=500, blank=True)
    refund_journal = models.OneToOneField(DgtJournal, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = DgtUnlockLogQuerySet.as_manager()

    class Meta:
        db_table = "dgt_unlock_log"
        verbose_name = _("acquired unlock")
        constraints = [
            models.UniqueConstraint(fields=["user", "equipped_slot"], name="dgt_unlock_log_one_per_slot"),
            models.CheckConstraint(
                condition=Q(equipped_slot=None) | Q(state="owned"), name="dgt_unlock_log_worn_is_owned"
            ),
            models.CheckConstraint(
                condition=Q(kind="grant", payer=None, journal=None, dgt_spent=0, actor__isnull=False)
                | Q(kind="purchase", payer=F("user"), journal__isnull=False, dgt_spent__gte=1, actor=None)
                | Q(kind="gift", payer__isnull=False, journal__isnull=False, dgt_spent__gte=1, actor=None)
                & ~Q(payer=F("user")),
                name="dgt_unlock_log_kind",
            ),
            models.CheckConstraint(
                condition=(Q(state="used") & Q(used_at__isnull=False)) | (~Q(state="used") & Q(used_at=None)),
                name="dgt_unlock_log_used",
            ),
            models.CheckConstraint(
                condition=Q(state="refunded", refunded_at__isnull=False, refunded_by__isnull=False)
                | (~Q(state="refunded") & Q(refunded_at=None, refunded_by=None, refund_journal=None)),
                name="dgt_unlock_log_refunded",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="dgt_unlock_log_user"),
            models.Index(fields=["unlock", "-id"], name="dgt_unlock_log_unlock"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"

    @property
    def source(self) -> str:
        """What effects know it by."""
        return f"unlock:{self.pk}"

    @property
    def unlock_type(self) -> unlocks.UnlockType | None:
        """Its type, or None where no app registers it any more."""
        return unlocks.find(self.type)
