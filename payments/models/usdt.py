"""What the app knows of the chains that USDT is paid on: how far they were read, where orders are paid, what came.

Amounts are integers in the token's base units; addresses carry their checksum; hashes are lower-case 0x + 64 hex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from payments.models.orders import Order

if TYPE_CHECKING:
    _Integral = models.DecimalField[int, int]
else:
    _Integral = models.DecimalField


class BaseUnits(_Integral):
    """An exact integer as large as a token's (256 bits); in Python an int."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "max_digits": 78, "decimal_places": 0})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, args, options

    def from_db_value(self, value: Any, *_unused: Any) -> int | None:
        return None if value is None else int(value)


class UsdtChain(models.Model):
    """How far a chain was read, and whether orders may be opened on it."""

    chain_id = models.BigIntegerField(_("chain id"), primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    problem = models.CharField(_("why no order can be opened"), max_length=300, blank=True, default="")
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    """When its providers, token and flags were last found as configured, or not (U1, U2, U21)."""
    cursor_number = models.BigIntegerField(_("read up to block"), null=True, blank=True)
    cursor_hash = models.CharField(max_length=66, blank=True, default="")
    head = models.BigIntegerField(_("newest block"), default=0)
    finalized = models.BigIntegerField(_("final block"), default=0)
    finalized_at = models.DateTimeField(_("last became final"), null=True, blank=True)
    """When it last was another one."""
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    """Everything that was in the chain before this moment has been read. It is when the newest block was: a chain that
    does not grow may be a provider that stands still."""

    class Meta:
        db_table = "usdt_chains"
        verbose_name = _("chain")
        permissions = [("approve_key", "Can approve addresses that money goes to")]

    def __str__(self) -> str:
        return self.name


class UsdtCheckpoint(models.Model):
    """A block that was read: where its hash is another one now, reading walks back to one that is the same (U12)."""

    id = models.BigAutoField(primary_key=True)
    chain = models.ForeignKey(UsdtChain, models.CASCADE, related_name="checkpoints")
    number = models.BigIntegerField()
    hash = models.CharField(max_length=66)
    at = models.DateTimeField(db_default=Clock())

    class Meta:
        db_table = "usdt_checkpoints"
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="usdt_checkpoints_once")]

    def __str__(self) -> str:
        return f"{self.chain_id}: {self.number}"


class UsdtKey(models.Model):
    """An extended public key or a treasury that was configured: used for orders once two staff approved it (U23)."""

    id = models.BigAutoField(primary_key=True)
    chain = models.ForeignKey(UsdtChain, models.PROTECT, related_name="keys", verbose_name=_("chain"))
    fingerprint = models.CharField(_("fingerprint"), max_length=40)
    first_address = models.CharField(_("first address"), max_length=42)
    """Of a treasury: its address."""
    is_treasury = models.BooleanField(_("treasury"), default=False)
    seen_at = models.DateTimeField(_("first seen"), db_default=Clock())
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        db_table = "usdt_keys"
        verbose_name = _("key")
        constraints = [models.UniqueConstraint(fields=["chain", "fingerprint"], name="usdt_keys_once")]

    def __str__(self) -> str:
        return f"{self.chain}: {self.fingerprint}"


class UsdtWalletQuerySet(models.QuerySet["UsdtWallet"]):
    def bound(self) -> Self:
        return self.filter(released_at=None)


class UsdtWallet(models.Model):
    """A wallet that a member has shown to be theirs; another member's only after it was released (U18)."""

    id = models.BigAutoField(primary_key=True)
    address = models.CharField(_("address"), max_length=42)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="usdt_wallets", verbose_name=_("member")
    )
    bound_at = models.DateTimeField(_("bound"), db_default=Clock())
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects: ClassVar[Any] = UsdtWalletQuerySet.as_manager()

    class Meta:
        db_table = "usdt_wallets"
        verbose_name = _("wallet")
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=Q(released_at=None), name="usdt_wallets_bound_once")
        ]

    def __str__(self) -> str:
        return self.address


class UsdtDepositQuerySet(models.QuerySet["UsdtDeposit"]):
    def of(self, user: User) -> Self:
        return self.filter(order__user=user)


class UsdtDeposit(models.Model):
    """Where and how an order is paid, as it was told to the buyer: no change of settings rewrites it (U24)."""

    id = models.BigAutoField(primary_key=True)
    order = models.OneToOneField(Order, models.PROTECT, related_name="usdt_deposit", verbose_name=_("order"))
    chain_id = models.BigIntegerField(_("chain id"))
    chain_name = models.CharField(_("chain"), max_length=40)
    token = models.CharField(_("token"), max_length=42)
    decimals = models.PositiveSmallIntegerField(_("decimals"))
    address = models.CharField(_("address"), max_length=42)
    fingerprint = models.CharField(_("fingerprint of the key"), max_length=40)
    index = models.BigIntegerField(_("number of the address"), null=True, blank=True)
    """Of a sequence, so never used twice (U10); null for a treasury."""
    amount = BaseUnits(_("amount, base units"))
    created_at = models.DateTimeField(_("created"), db_default=Clock())

    nonce = models.CharField(max_length=40, blank=True, default="")
    """Of the statement that a buyer signs who pays a treasury."""
    payer = models.CharField(_("paid from"), max_length=42, blank=True, default="")
    """The wallet that the buyer has shown to be theirs; only what comes from it is theirs. Empty without a treasury."""
    proved_at = models.DateTimeField(_("wallet proved"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    """When staff took back what was credited for a payment that the chain has no more (U8)."""

    objects: ClassVar[Any] = UsdtDepositQuerySet.as_manager()

    class Meta:
        db_table = "usdt_deposits"
        verbose_name = _("deposit")
        constraints = [
            models.UniqueConstraint(fields=["index"], name="usdt_deposits_index_once"),
            models.UniqueConstraint(
                fields=["address"], condition=Q(index__isnull=False), name="usdt_deposits_address_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="usdt_deposits_amount"),
            models.CheckConstraint(condition=Q(decimals__gte=6), name="usdt_deposits_decimals"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="usdt_deposits_watched"),
            models.Index(fields=["address"], name="usdt_deposits_by_address"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def is_treasury(self) -> bool:
        """Whether many orders are paid at its address, so that the sender says whose payment it is."""
        return self.index is None

    @property
    def is_payable(self) -> bool:
        """Whether the buyer may be told where to pay."""
        return not self.is_treasury or self.proved_at is not None


class UsdtTransfer(models.Model):
    """A transfer of the token to one of our addresses, found in the chain. What it is worth is asked anew each time."""

    class State(models.TextChoices):
        SEEN = "seen", _("Being confirmed")
        FINAL = "final", _("Final")
        VANISHED = "vanished", _("No more in the chain")

    id = models.BigAutoField(primary_key=True)
    chain_id = models.BigIntegerField(_("chain id"))
    token = models.CharField(_("token"), max_length=42)
    tx_hash = models.CharField(_("transaction"), max_length=66)
    ordinal = models.IntegerField(_("place in the receipt"))
    deposit = models.ForeignKey(
        UsdtDeposit, models.PROTECT, null=True, blank=True, related_name="transfers", verbose_name=_("deposit")
    )
    """Null: it came to one of our addresses, but for no order that we can tell."""
    sender = models.CharField(_("from"), max_length=42)
    recipient = models.CharField(_("to"), max_length=42)
    value = BaseUnits(_("base units"))
    block_number = models.BigIntegerField(_("block"))
    block_hash = models.CharField(max_length=66)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SEEN)
    seen_at = models.DateTimeField(_("first seen"), db_default=Clock())
    final_at = models.DateTimeField(_("final since"), null=True, blank=True)

    class Meta:
        db_table = "usdt_transfers"
        verbose_name = _("transfer")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["chain_id", "tx_hash", "ordinal"], name="usdt_transfers_once"),
            models.CheckConstraint(condition=Q(value__gt=0, ordinal__gte=0), name="usdt_transfers_positive"),
        ]
        indexes = [
            models.Index(fields=["chain_id"], condition=Q(state="seen"), name="usdt_transfers_moving"),
            models.Index(fields=["chain_id", "block_number"], name="usdt_transfers_by_block"),
        ]

    def __str__(self) -> str:
        return self.tx_hash
