"""What members have, and wallets that stand still."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock


class UserWalletQuerySet(models.QuerySet["UserWallet"]):
    def of(self, user: User) -> UserWallet:
        """The member's wallet; rows are made by the door at the first movement, so an absent one reads as zero."""
        return self.filter(user_id=user.pk).first() or UserWallet(user=user)

    def supply(self) -> int:
        """All DGT that members have and hold, less what they owe: what was issued and not burned."""
        return int(self.aggregate(dgt=Sum(F("dgt_balance") + F("held_dgt") - F("debt_dgt"), default=0))["dgt"])


class UserWallet(models.Model):
    """What a member has. Whole DGT."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="wallet",
    )
    dgt_balance = models.BigIntegerField(_("balance"), default=0, db_default=0)
    lifetime_earned = models.BigIntegerField(_("earned"), default=0, db_default=0)
    lifetime_spent = models.BigIntegerField(_("spent"), default=0, db_default=0)
    held_dgt = models.BigIntegerField(_("held"), default=0, db_default=0)
    debt_dgt = models.BigIntegerField(_("debt"), default=0, db_default=0)
    is_frozen = models.BooleanField(_("frozen"), default=False, db_default=False)
    sending_is_stopped = models.BooleanField(_("sending is stopped"), default=False, db_default=False)
    """Kept by the doors: whether one of the member's `SendingStop` rows is open."""
    sent_on = models.DateField(null=True, blank=True, editable=False)
    """The UTC day of the newest transfer or tip."""
    sent_dgt = models.BigIntegerField(default=0, db_default=0, editable=False)
    """What was sent on that day: the daily limit counts it."""

    objects: ClassVar[Any] = UserWalletQuerySet.as_manager()

    class Meta:
        db_table = "user_wallet"
        verbose_name = _("wallet")
        permissions = [
            ("adjust_dgt", _("Can add DGT to members and take it")),
            ("freeze_wallet", _("Can freeze wallets and let them move again")),
            ("reverse_journal", _("Can reverse journals")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(dgt_balance__gte=0), name="user_wallet_balance_not_negative"),
            models.CheckConstraint(condition=Q(held_dgt__gte=0), name="user_wallet_held_not_negative"),
            models.CheckConstraint(condition=Q(debt_dgt__gte=0), name="user_wallet_debt_not_negative"),
            # Who owes spends nothing: what comes in repays first, and what is taken is taken from the balance first.
            models.CheckConstraint(condition=Q(debt_dgt=0) | Q(dgt_balance=0), name="user_wallet_debt_before_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.dgt_balance:,} DGT"


class WalletFreezeQuerySet(models.QuerySet["WalletFreeze"]):
    def of(self, user: User) -> WalletFreezeQuerySet:
        return self.filter(member=user)

    def open(self) -> WalletFreezeQuerySet:
        return self.filter(ended_at=None)


class WalletFreeze(models.Model):
    """That a wallet stood still, by whose decision and why; and the same of its end. Written by the doors only."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="wallet_freezes", verbose_name=_("member")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("frozen by"),
        help_text=_("Empty: the nightly audit."),
    )
    reason = models.TextField(_("reason"))
    created_at = models.DateTimeField(_("since"), db_default=Clock())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("ended by"),
    )
    end_reason = models.TextField(_("reason of the end"), blank=True)

    objects: ClassVar[Any] = WalletFreezeQuerySet.as_manager()

    class Meta:
        db_table = "wallet_freezes"
        verbose_name = _("wallet freeze")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_at=None), name="wallet_freezes_one_open_per_member"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="wallet_freezes_have_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.reason}"
