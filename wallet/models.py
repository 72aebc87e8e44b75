"""The DGT ledger. Every row here is written by the doors in `migrations/0002_ledger.sql`, never by Django."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: the transaction that wrote a row."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class UserWalletQuerySet(models.QuerySet["UserWallet"]):
    def of(self, user: User) -> UserWallet:
        """The member's wallet; rows are made by the door at the first movement, so an absent one reads as zero."""
        return self.filter(user_id=user.pk).first() or UserWallet(user=user)

    def supply(self) -> int:
        """All DGT that members have, held DGT with it."""
        return int(self.aggregate(dgt=Sum(F("dgt_balance") + F("held_dgt"), default=0))["dgt"])


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

    objects: ClassVar[Any] = UserWalletQuerySet.as_manager()

    class Meta:
        db_table = "user_wallet"
        verbose_name = _("wallet")
        constraints = [
            models.CheckConstraint(condition=Q(dgt_balance__gte=0), name="user_wallet_balance_not_negative"),
            models.CheckConstraint(condition=Q(held_dgt__gte=0), name="user_wallet_held_not_negative"),
            models.CheckConstraint(condition=Q(debt_dgt__gte=0), name="user_wallet_debt_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.dgt_balance} DGT"


class DgtAccount(models.Model):
    """A place DGT can be: three per member (made when first used), and the system accounts of `accounts.py`."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("Member")
        HELD = "held", _("Held for a member")
        DEBT = "debt", _("Debt of a member")
        SYSTEM = "system", _("System")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=50, unique=True, null=True, blank=True)
    purpose = models.TextField(_("purpose"), blank=True, db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        db_table = "dgt_accounts"
        verbose_name = _("account")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="system", name__isnull=False, user__isnull=True)
                | Q(
                    kind__in=["member", "held", "debt"],
                    name__isnull=True,
                    user__isnull=False,
                ),
                name="dgt_accounts_system_or_member",
            ),
            models.UniqueConstraint(fields=["user", "kind"], name="dgt_accounts_one_per_kind"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} of {self.user_id}"


class DgtJournal(models.Model):
    """One movement of DGT: two or more entries that sum to zero. Closed for ever when its transaction commits."""

    class Kind(models.TextChoices):
        LEVEL_REWARD = "level_reward", _("Level reward")
        CREDIT = "credit", _("Credit")
        DEBIT = "debit", _("Debit")
        TRANSFER = "transfer", _("Transfer")
        HOLD = "hold", _("Hold")
        RELEASE = "release", _("Release")
        REVERSAL = "reversal", _("Reversal")

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(_("journal id"), unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=50, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=200, unique=True)
    request_hash = models.CharField(max_length=64, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reason = models.TextField(_("reason"), blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    xid = TransactionId(editable=False)
    epoch = models.IntegerField(editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    posted_at = models.DateTimeField(
        editable=False,
        help_text=_("The wall clock of the transaction, never overridden."),
    )

    class Meta:
        db_table = "dgt_journal"
        verbose_name = _("journal")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "level_reward",
                        "credit",
                        "debit",
                        "transfer",
                        "hold",
                        "release",
                        "reversal",
                    ],
                ),
                name="dgt_journal_known_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DgtTransactionQuerySet(models.QuerySet["DgtTransaction"]):
    def of(self, user: User) -> DgtTransactionQuerySet:
        """The entries of the member's own account: what moved the balance."""
        return self.filter(user_id=user.pk, account__kind=DgtAccount.Kind.MEMBER)

    def newest(self) -> DgtTransactionQuerySet:
        return self.order_by("-id")

    def with_reversals(self) -> DgtTransactionQuerySet:
        """Whether each movement was taken back, without a query for each."""
        return self.select_related("journal__reversed_by")

    def counterparties(self, rows: Sequence[DgtTransaction], *, of: User) -> dict[int, str]:
        """The name on the other side of each journal that moved DGT between members."""
        others = self.filter(journal_id__in={row.journal_id for row in rows}, user__isnull=False)
        return dict(others.exclude(user_id=of.pk).values_list("journal_id", "user__username"))

    def since(self, moment: datetime | Combinable) -> DgtTransactionQuerySet:
        return self.filter(created_at__gte=moment)

    def minted_and_burned(self) -> tuple[int, int]:
        """DGT that left system accounts for members, and DGT that came back to them."""
        totals = self.filter(account__kind=DgtAccount.Kind.SYSTEM).aggregate(
            minted=Sum("amount", filter=Q(amount__lt=0), default=0),
            burned=Sum("amount", filter=Q(amount__gt=0), default=0),
        )
        return -int(totals["minted"]), int(totals["burned"])


class DgtTransaction(models.Model):
    """One entry of a journal. The plan's table: `user_id` is NULL on system accounts."""

    id = models.BigAutoField(primary_key=True)
    journal = models.ForeignKey(DgtJournal, models.PROTECT, related_name="entries")
    line = models.SmallIntegerField(editable=False)
    account = models.ForeignKey(DgtAccount, models.PROTECT, related_name="entries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    amount = models.BigIntegerField(_("amount"))
    transaction_type = models.CharField(_("type"), max_length=50)
    reference_id = models.BigIntegerField(null=True, blank=True)
    reference_type = models.CharField(max_length=50, blank=True)
    description = models.TextField(_("description"), blank=True)
    created_at = models.DateTimeField(_("created"))
    metadata = models.JSONField(default=dict, blank=True)
    balance_after = models.BigIntegerField(_("balance after"), null=True, blank=True)
    canonical = models.BinaryField(editable=False)

    objects: ClassVar[Any] = DgtTransactionQuerySet.as_manager()

    class Meta:
        db_table = "dgt_transactions"
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes = [
            models.Index(fields=["account", "-id"], name="dgt_transactions_account"),
            models.Index(fields=["user", "-id"], name="dgt_transactions_user"),
            models.Index(fields=["created_at"], name="dgt_transactions_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(amount__gte=-(10**12)) & Q(amount__lte=10**12) & ~Q(amount=0)),
                name="dgt_transactions_amount_in_range",
            ),
            models.UniqueConstraint(fields=["journal", "line"], name="dgt_transactions_line_unique"),
            models.UniqueConstraint(fields=["journal", "account"], name="dgt_transactions_account_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} DGT"
