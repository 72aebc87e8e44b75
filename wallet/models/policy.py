"""What staff tune about moving DGT. The doors read this row themselves; every version of it is in a rule set."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wallet import rules


class WalletPolicyQuerySet(models.QuerySet["WalletPolicy"]):
    def current(self) -> WalletPolicy:
        return self.get(pk=1)


class WalletPolicy(models.Model):
    """The one row. Amounts are whole DGT."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    transfer_min_dgt = models.BigIntegerField(_("smallest transfer"), default=1)
    transfer_max_dgt = models.BigIntegerField(_("largest transfer"), default=100_000)
    tip_min_dgt = models.BigIntegerField(_("smallest tip"), default=1)
    tip_max_dgt = models.BigIntegerField(_("largest tip"), default=10_000)
    tip_presets = models.CharField(
        _("amounts offered for tips"),
        max_length=100,
        default="5, 10, 50, 100",
        help_text=_("Whole DGT, separated by commas."),
    )
    daily_max_dgt = models.BigIntegerField(
        _("most that a member sends in a UTC day"), default=200_000, help_text=_("Transfers and tips together.")
    )
    fee_bps = models.PositiveIntegerField(
        _("fee of a transfer"),
        default=0,
        help_text=_("Basis points of the amount (100 is 1 %), rounded down. The sender pays it on top, and it burns."),
    )
    min_account_age_hours = models.PositiveIntegerField(_("hours before a new account may send or receive"), default=24)
    needs_verified_email = models.BooleanField(_("both need a confirmed e-mail address"), default=True)
    purchases_locked_days = models.PositiveIntegerField(
        _("days before bought DGT may be sent"), default=14, help_text=_("It can be spent in the shop at once.")
    )
    approval_above_dgt = models.BigIntegerField(
        _("a second staff member agrees above"),
        default=10_000,
        help_text=_("Counted over what one staff member adjusted within 24 hours."),
    )
    mail_from_dgt = models.BigIntegerField(_("transfers from this amount on are told by mail"), default=10_000)

    objects: ClassVar[Any] = WalletPolicyQuerySet.as_manager()

    class Meta:
        db_table = "wallet_policy"
        verbose_name = _("wallet policy")
        verbose_name_plural = _("wallet policy")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="wallet_policy_one_row"),
            models.CheckConstraint(
                condition=Q(transfer_min_dgt__gte=1, transfer_max_dgt__gte=models.F("transfer_min_dgt"))
                & Q(tip_min_dgt__gte=1, tip_max_dgt__gte=models.F("tip_min_dgt")),
                name="wallet_policy_amounts",
            ),
            models.CheckConstraint(condition=Q(fee_bps__lte=rules.BASIS_POINTS), name="wallet_policy_fee"),
            models.CheckConstraint(
                condition=Q(
                    min_account_age_hours__lte=rules.ACCOUNT_AGE_HOURS_MAX,
                    purchases_locked_days__lte=rules.LOCKED_DAYS_MAX,
                    daily_max_dgt__gte=0,
                    approval_above_dgt__gte=0,
                    mail_from_dgt__gte=0,
                ),
                name="wallet_policy_bounds",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Wallet policy"))

    @property
    def offered_tips(self) -> tuple[int, ...]:
        """The amounts offered for tips, ascending."""
        return rules.presets(self.tip_presets)
