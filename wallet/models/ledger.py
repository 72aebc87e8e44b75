"""Journals, entries and accounts: the ledger itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: the transaction that wrote a row."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


KINDS = [
    "level_reward", "credit", "debit", "purchase", "clawback", "transfer", "tip", "hold", "release", "capture",
    "adjustment", "reversal",
]  # fmt: skip


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
        PURCHASE = "purchase", _("Bought")
        CLAWBACK = "clawback", _("Taken back")
        TRANSFER = "transfer", _("Transfer")
        TIP = "tip", _("Tip")
        HOLD = "hold", _("Hold")
        RELEASE = "release", _("Release")
        CAPTURE = "capture", _("Held DGT spent")
        ADJUSTMENT = "adjustment", _("Adjustment")
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
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("approved by"),
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
        indexes = [
            # The sealer and the boards take what has committed since they last looked.
            models.Index(fields=["epoch", "xid"], name="dgt_journal_xid"),
            # What a member of staff moved in a day decides whether a second one must agree.
            models.Index(
                fields=["actor", "created_at"],
                condition=Q(kind__in=["adjustment", "reversal"]),
                name="dgt_journal_by_staff",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=KINDS),
                name="dgt_journal_known_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Counterparty(NamedTuple):
    """The member on the other side of a movement."""

    user_id: int
    username: str


class DgtTransactionQuerySet(models.QuerySet["DgtTransaction"]):
    def of(self, user: User, *accounts: str) -> DgtTransactionQuerySet:
        """The entries of these accounts of the member; without any what moved the balance."""
        return self.filter(user_id=user.pk, account__kind__in=accounts or [DgtAccount.Kind.MEMBER])

    def purchases_of(self, user: User) -> DgtTransactionQuerySet:
        """What the member bought and kept, debts that it repaid with it."""
        return self.filter(user_id=user.pk, transaction_type="purchase", journal__reversed_by=None)

    def newest(self) -> DgtTransactionQuerySet:
        return self.order_by("-id")

    def with_reversals(self) -> DgtTransactionQuerySet:
        """Whether each movement was taken back or takes one back, without a query for each."""
        return self.select_related("journal__reversed_by", "journal__reverses")

    def counterparties(self, rows: Sequence[DgtTransaction], *, of: User) -> dict[int, Counterparty]:
        """Who is on the other side of each journal that moved DGT between members. One query."""
        others = self.filter(journal_id__in={row.journal_id for row in rows}, user__isnull=False)
        named = others.exclude(user_id=of.pk).values_list("journal_id", "user_id", "user__username")
        return {journal: Counterparty(user_id, username) for journal, user_id, username in named}

    def in_journal(self, public_id: UUID) -> DgtTransactionQuerySet:
        """All entries of one movement, with everything a page says of them. One query."""
        return (
            self.filter(journal__public_id=public_id)
            .with_reversals()
            .select_related("account", "user")
            .order_by("line")
        )

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
            # DGT bought lately may not be transferred yet.
            models.Index(
                fields=["user", "created_at"],
                condition=Q(transaction_type="purchase"),
                name="dgt_transactions_purchases",
            ),
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
