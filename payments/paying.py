"""How an order is paid with USDT, in the buyer's words: where, how much, what has come, and what happens when late."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.forms import Form
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from degentalk.core.clock import database_time
from payments.forms import HintForm, WalletForm
from payments.models import Order, UsdtChain, UsdtDeposit, UsdtTransfer
from payments.money import written
from payments.providers.usdt import qr
from payments.providers.usdt.amounts import to_base
from payments.providers.usdt.chains import chain
from payments.providers.usdt.facts import DUST_MICRO
from payments.providers.usdt.reading import SILENT
from payments.states import CLOSED_UNPAID, OPEN, State


@dataclass(frozen=True)
class Coming:
    """One transfer as its order's page shows it."""

    tx_hash: str
    amount: str
    state: str
    confirmations: int
    blocks_left: int
    """Until it is final; 0 where it is."""
    link: str

    @property
    def is_final(self) -> bool:
        return self.state == UsdtTransfer.State.FINAL

    @property
    def is_gone(self) -> bool:
        return self.state == UsdtTransfer.State.VANISHED


@dataclass
class Paying:
    """Everything is of this order's own deposit: nothing is ever taken from a history of addresses (U19)."""

    order: Order
    deposit: UsdtDeposit
    row: UsdtChain | None
    now: datetime
    """The database's."""
    transfers: list[UsdtTransfer] = field(default_factory=list)

    @cached_property
    def needs_proof(self) -> bool:
        """Whether a wallet must be proved before anything is said of where to pay."""
        return not self.deposit.is_payable

    @property
    def is_open(self) -> bool:
        """Whether more may be paid now."""
        return self.order.state in (State.PROCESSING, State.UNDERPAID) or (
            self.order.state in OPEN and not self.is_over
        )

    @property
    def is_over(self) -> bool:
        """Whether the time to pay is over."""
        return bool(self.order.expires_at <= self.now)

    @property
    def is_live(self) -> bool:
        """Whether something may change by itself: then the page asks again."""
        return self.order.state == State.CONFIRMED or self.is_open or bool(self.moving)

    @property
    def may_hint(self) -> bool:
        """Whether naming a transaction makes sense."""
        return self.deposit.is_payable and self.order.state in (*OPEN, *CLOSED_UNPAID)

    @property
    def minutes_left(self) -> int:
        """Whole minutes, at least one while there is any time."""
        return max(1, (self.order.expires_at - self.now) // timedelta(minutes=1))

    @property
    def is_silent(self) -> bool:
        """Whether the chain could not be read lately: what was paid is found later."""
        return self.row is None or self.row.read_at is None or self.row.read_at < self.now - SILENT

    @property
    def amount(self) -> str:
        """Exactly what to pay, as a person types it."""
        return self._written(self.deposit.amount)

    @cached_property
    def come(self) -> int:
        """Base units that are final."""
        return sum(row.value for row in self.transfers if row.state == UsdtTransfer.State.FINAL)

    @property
    def has_part(self) -> bool:
        """Whether something has come, and not all."""
        return to_base(DUST_MICRO, self.deposit.decimals) <= self.come < self.deposit.amount

    @property
    def come_text(self) -> str:
        return self._written(self.come)

    @property
    def missing(self) -> str:
        """What is still to be paid."""
        return self._written(max(0, self.deposit.amount - self.come))

    @property
    def code(self) -> SafeString:
        """The address as a QR code, drawn by us."""
        title = _("QR code of the address %(address)s") % {"address": self.deposit.address}
        return mark_safe(qr.svg(self.deposit.address, title=title))  # noqa: S308 drawn from a checked address

    @property
    def coming(self) -> list[Coming]:
        """What was found, the newest first; dust is not shown (U19)."""
        least = to_base(DUST_MICRO, self.deposit.decimals)
        shown = [row for row in self.transfers if row.value >= least or self.come + row.value >= self.deposit.amount]
        return [self._coming(row) for row in reversed(shown)]

    @property
    def moving(self) -> list[Coming]:
        """What is in a block that is not final yet."""
        return [one for one in self.coming if not one.is_final and not one.is_gone]

    @property
    def can_be_played(self) -> bool:
        """Whether a sandbox stands in for the chain, and its wallet can pay."""
        return bool(settings.USDT_SANDBOX_URL) and self.is_open and self.deposit.is_payable

    def _written(self, base: int) -> str:
        return written(int(base), self.deposit.decimals)

    def _coming(self, row: UsdtTransfer) -> Coming:
        head, finalized = (self.row.head, self.row.finalized) if self.row else (0, 0)
        return Coming(
            tx_hash=row.tx_hash,
            amount=self._written(row.value),
            state=row.state,
            confirmations=max(1, head - row.block_number + 1),
            blocks_left=0 if row.state == UsdtTransfer.State.FINAL else max(1, row.block_number - finalized),
            link=self._link(row.tx_hash),
        )

    def _link(self, tx_hash: str) -> str:
        try:
            explorer = chain(self.deposit.chain_id).explorer
        except LookupError:
            return ""
        return f"{explorer}{tx_hash}" if explorer else ""


def paying_of(order: Order) -> Paying | None:
    """How this order is paid with USDT; None for other ways. Two queries for an order with its deposit and the time."""
    deposit = order.deposit
    if deposit is None:
        return None
    return Paying(
        order=order,
        deposit=deposit,
        row=UsdtChain.objects.filter(pk=deposit.chain_id).first(),
        now=getattr(order, "now", None) or database_time(),
        transfers=list(deposit.transfers.order_by("id")),
    )


def blank_forms(paying: Paying | None) -> dict[str, Form]:
    """What the page asks for where nothing was sent yet."""
    if paying is None:
        return {}
    return {"wallet_form": WalletForm()} if paying.needs_proof else {"hint_form": HintForm()}
