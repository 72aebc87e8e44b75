"""Packages and orders in the buyer's words: what one gets for how much, where an order stands, and what to do now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk.core import switches
from degentalk.core.clock import database_time
from degentalk.core.switches import SwitchedOff
from payments import providers
from payments.errors import ProviderOff, frozen
from payments.forms import OrderForm, UsdtOrderForm
from payments.models import DgtPackage, Order, OrderMovement, Provider
from payments.money import MICRO, dollars, written
from payments.providers.usdt.amounts import micro_of
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.opening import open_chains
from payments.states import SETTLED, State
from wallet.models import DgtJournal, UserWallet

# ── Packages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Offer:
    """A package as it is offered now, with the form that orders it."""

    package: DgtPackage
    form: OrderForm
    refused: OrderForm | None
    """The form that was sent before and did not become an order."""
    percent_less: int
    """How much less one DGT costs than in the dearest package that is on sale; rounded down."""
    is_enough: bool
    """The smallest package with all that the member lacks."""
    usdt_forms: Sequence[tuple[Chain, UsdtOrderForm]] = ()
    """One for each chain that it can be paid on now."""

    @property
    def usdt_price(self) -> str:
        """In USDT, exactly."""
        return written(micro_of(self.package.price_usdt), MICRO)

    @property
    def price_of_100(self) -> str:
        """What 100 DGT of it cost, the bonus counted, to the nearest cent."""
        total = self.package.total_dgt
        return dollars((200 * self.package.price_cents + total) // (2 * total))


def offers(*, need: int = 0, sent: OrderForm | None = None, chains: Sequence[Chain] = ()) -> list[Offer]:
    """All packages on sale, in their order. `need` is the DGT somebody lacks, `sent` a form that was refused, `chains`
    are those that can be paid on.

    One query.
    """
    packages = list(DgtPackage.objects.on_sale())
    dearest = max(packages, key=lambda package: package.price_cents / package.total_dgt, default=None)
    enough = min((one for one in packages if one.total_dgt >= need > 0), key=lambda one: one.price_cents, default=None)
    return [
        Offer(
            package=package,
            form=_form(package, sent),
            refused=sent if _is_about(sent, package) else None,
            percent_less=_percent_less(package, dearest or package),
            is_enough=package == enough,
            usdt_forms=[(chain, _usdt_form(package, chain, sent)) for chain in chains],
        )
        for package in packages
    ]


def _is_about(sent: OrderForm | None, package: DgtPackage) -> bool:
    return sent is not None and sent["package"].value() == package.pk


def _form(package: DgtPackage, sent: OrderForm | None) -> OrderForm:
    """At the price of now; a form that may still succeed keeps its key."""
    shown = {"package": package.pk, "price": package.price_cents, "dgt": package.total_dgt}
    if sent is not None and not isinstance(sent, UsdtOrderForm) and _is_about(sent, package):
        shown["key"] = sent["key"].value()
    return OrderForm(initial=shown, auto_id=False)


def _usdt_form(package: DgtPackage, chain: Chain, sent: OrderForm | None) -> UsdtOrderForm:
    """The same for a chain."""
    price, dgt = micro_of(package.price_usdt), package.total_dgt
    shown = {"package": package.pk, "price": price, "dgt": dgt, "chain": chain.chain_id}
    is_this = isinstance(sent, UsdtOrderForm) and _is_about(sent, package)
    if sent is not None and is_this and sent["chain"].value() == str(chain.chain_id):
        shown["key"] = sent["key"].value()
    return UsdtOrderForm(initial=shown, auto_id=False)


@dataclass(frozen=True)
class ByUsdt:
    """Whether and where something can be paid with USDT now."""

    is_set_up: bool = False
    closed: str = ""
    chains: Sequence[Chain] = ()


def by_usdt(wallet: UserWallet | None) -> ByUsdt:
    """No query where USDT is not set up, else three."""
    if not providers.way(Provider.USDT).is_configured():
        return ByUsdt()
    if why_not := closed(wallet, Provider.USDT):
        return ByUsdt(is_set_up=True, closed=why_not)
    chains = open_chains()
    why_not = "" if chains else _("No chain can be paid on right now. Try again later.")
    return ByUsdt(is_set_up=True, closed=why_not, chains=chains)


def _percent_less(package: DgtPackage, dearest: DgtPackage) -> int:
    ours, theirs = package.price_cents * dearest.total_dgt, dearest.price_cents * package.total_dgt
    return 100 * (theirs - ours) // theirs


def closed(wallet: UserWallet | None, provider: str = Provider.STRIPE) -> str:
    """Why nothing can be paid now, in a sentence; empty where it can. One query."""
    if not providers.way(provider).is_configured():
        return str(ProviderOff())
    if not switches.is_on(provider):
        return str(SwitchedOff(provider))
    if wallet and wallet.is_frozen:
        return str(frozen())
    return ""


# ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Standing:
    """Where an order stands: a word with its look, and what it means for the buyer."""

    kind: str
    icon: str
    label: str | Promise
    says: str | Promise


NOTHING_CHARGED = gettext_lazy("Nothing was charged.")
STANDINGS = {
    State.CREATED: Standing("", "clock", gettext_lazy("Not paid yet"), NOTHING_CHARGED),
    State.PENDING: Standing("", "clock", gettext_lazy("Not paid yet"), NOTHING_CHARGED),
    State.PROCESSING: Standing(
        "info", "clock", gettext_lazy("Payment under way"),
        gettext_lazy("Your bank was asked for the money. That takes up to some days; you are told when it has come."),
    ),
    State.UNDERPAID: Standing(
        "down", "circle-alert", gettext_lazy("Paid too little"), gettext_lazy("A part of the price is still missing.")
    ),
    State.CONFIRMED: Standing(
        "info", "clock", gettext_lazy("Paid, being credited"), gettext_lazy("Your payment has come. Its DGT follow.")
    ),
    State.CREDITED: Standing("up", "circle-check", gettext_lazy("Paid"), gettext_lazy("Its DGT are in your wallet.")),
    State.PARTLY_REFUNDED: Standing(
        "down", "reply", gettext_lazy("Partly refunded"),
        gettext_lazy("A part of the money went back to you, and the same part of the DGT was taken back."),
    ),
    State.REFUNDED: Standing(
        "down", "reply", gettext_lazy("Refunded"),
        gettext_lazy("The money went back to you, and the DGT were taken back."),
    ),
    State.DISPUTED: Standing(
        "down", "circle-alert", gettext_lazy("Disputed"),
        gettext_lazy(
            "The payment is disputed at your bank. Until that is decided its DGT are held, and you can send none. "
            "If you did not dispute it, tell your bank."
        ),
    ),
    State.REINSTATED: Standing(
        "up", "circle-check", gettext_lazy("Paid"), gettext_lazy("The dispute is over, and its DGT are yours again.")
    ),
    State.LOST: Standing(
        "down", "reply", gettext_lazy("Taken back by the bank"),
        gettext_lazy("The bank gave the money back to you, and the DGT were taken back."),
    ),
    State.EXPIRED: Standing(
        "", "clock", gettext_lazy("Expired"),
        gettext_lazy("The time to pay is over. Nothing was charged: order again if you still want it."),
    ),
    State.FAILED: Standing(
        "down", "circle-alert", gettext_lazy("Payment failed"),
        gettext_lazy("The payment did not go through. Nothing was charged: order again, perhaps with another card."),
    ),
    State.REVIEW: Standing(
        "info", "eye", gettext_lazy("Waits for staff"),
        gettext_lazy("What was paid is not what was ordered. Staff look at it; you need not do anything."),
    ),
    State.DISMISSED: Standing(
        "", "x", gettext_lazy("Closed by staff"), gettext_lazy("Staff decided about this payment: it was not credited.")
    ),
}  # fmt: skip
USDT_STANDINGS = {
    State.CREATED: Standing(
        "", "clock", gettext_lazy("Wallet not shown yet"),
        gettext_lazy("Show which wallet is yours; then you see where to pay. Nothing was paid."),
    ),
    State.PENDING: Standing(
        "", "clock", gettext_lazy("Not paid yet"),
        gettext_lazy("Nothing has come yet. A payment shows here by itself as soon as it is in a block."),
    ),
    State.PROCESSING: Standing(
        "info", "clock", gettext_lazy("Being confirmed"),
        gettext_lazy("Your payment is in the chain. Its DGT come when it is final. You need not stay."),
    ),
    State.UNDERPAID: Standing(
        "down", "circle-alert", gettext_lazy("Paid too little"),
        gettext_lazy("A part of the price is still missing. Send it to the same address."),
    ),
    State.LOST: Standing(
        "down", "reply", gettext_lazy("Payment is gone"),
        gettext_lazy("The chain has the payment no more, and the DGT were taken back."),
    ),
    State.EXPIRED: Standing(
        "", "clock", gettext_lazy("Expired"),
        gettext_lazy(
            "The time to pay is over, and nothing came. What you sent all the same is found and credited; if you sent"
            " nothing, order again."
        ),
    ),
}  # fmt: skip
"""Where a chain makes it another matter than a card does."""

WAITING = Standing(
    "info", "clock", gettext_lazy("Paid, waits"),
    gettext_lazy("Your payment has come, but your wallet takes nothing now. Staff know of it, and it is tried again."),
)  # fmt: skip
OVER = Standing("", "clock", gettext_lazy("Not paid in time"), gettext_lazy("The time to pay is over."))

PAYABLE = (State.CREATED, State.PENDING)


def standing_of(order: Order) -> Standing:
    """Where an order stands, also where the next look at it will only find out."""
    if order.state == State.CONFIRMED and order.waits_for:
        return WAITING
    if order.state in PAYABLE and order.expires_at <= _now(order):
        return OVER
    state = State(order.state)
    return (order.provider == Provider.USDT and USDT_STANDINGS.get(state)) or STANDINGS[state]


def _now(order: Order) -> datetime:
    moment: datetime | None = getattr(order, "now", None)  # of `at_this_moment`
    return moment or database_time()


STEPS = {
    State.CREATED: gettext_lazy("Ordered"),
    State.PENDING: gettext_lazy("Page to pay opened"),
    State.PROCESSING: gettext_lazy("Bank asked for the money"),
    State.CONFIRMED: gettext_lazy("Payment received"),
    State.CREDITED: gettext_lazy("DGT credited"),
    State.DISPUTED: gettext_lazy("Disputed at the bank"),
    State.REINSTATED: gettext_lazy("Dispute over: DGT are yours again"),
    State.LOST: gettext_lazy("Dispute lost: DGT taken back"),
    State.REVIEW: gettext_lazy("Handed to staff"),
}
"""What happened, by the state it led to; of other states the word for the state says it."""
USDT_STEPS = {
    State.PENDING: gettext_lazy("Address shown"),
    State.PROCESSING: gettext_lazy("Payment seen in the chain"),
    State.CONFIRMED: gettext_lazy("Payment final"),
    State.LOST: gettext_lazy("Payment gone from the chain: DGT taken back"),
}


@dataclass(frozen=True)
class Step:
    """One line of an order's history."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Moved:
    """What an order did to the buyer's wallet."""

    at: datetime
    text: str
    dgt: int
    journal: UUID


@dataclass(frozen=True)
class OrderShown:
    """One order with all that is to say about it."""

    order: Order
    steps: Sequence[Step] = field(default_factory=list)
    moved: Sequence[Moved] = field(default_factory=list)
    closed: str = ""
    """Why nothing can be paid now; empty where it can."""

    @property
    def seller(self) -> str:
        """Who sold it, as the receipt names them."""
        return settings.SITE_NAME

    @property
    def standing(self) -> Standing:
        return standing_of(self.order)

    @property
    def is_unpaid(self) -> bool:
        """Whether it can still be paid, were it not for `closed`."""
        return self.order.state in PAYABLE and self.standing is not OVER

    @property
    def is_receipt(self) -> bool:
        """Whether its DGT were credited, whatever became of them since."""
        return self.order.state in SETTLED

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is a matter of moments until something changes."""
        return self.standing is STANDINGS[State.CONFIRMED] or self.is_unpaid

    @property
    def may_order_again(self) -> bool:
        """Whether there is nothing left to wait for, and nothing was paid."""
        return self.order.state in (State.EXPIRED, State.FAILED) or self.standing is OVER

    @property
    def left_dgt(self) -> int:
        """What of it is still the buyer's, whether held or not."""
        return int(self.order.credited_dgt - self.order.taken_dgt)

    @property
    def money_back(self) -> int:
        """What was paid back, by us or by the bank, in cents; never more than was paid."""
        return int(min(self.order.refunded + self.order.lost, self.order.paid))


def order_shown(order: Order, wallet: UserWallet) -> OrderShown:
    """With its history, its movements, and whether it can be paid now. Three queries."""
    changes = list(order.changes.all())
    moved = list(order.movements.select_related("journal"))
    return OrderShown(
        order=order,
        steps=[Step(change.at, str(_step(order, change.to_state))) for change in changes],
        moved=[Moved(row.at, _movement(row, first=moved[0]), row.dgt, row.journal.public_id) for row in moved],
        closed=closed(wallet, order.provider),
    )


def _step(order: Order, reached: str) -> str | Promise:
    state = State(reached)
    if order.provider == Provider.USDT:
        other = {**STEPS, **USDT_STEPS}
        return other.get(state, USDT_STANDINGS.get(state, STANDINGS[state]).label)
    return STEPS.get(state, STANDINGS[state].label)


def _movement(row: OrderMovement, *, first: OrderMovement) -> str:
    if row.dgt > 0:
        return _("Credited") if row == first else _("Given back")
    if row.dgt < 0:
        return _("Taken back")
    return _("Held") if row.journal.kind == DgtJournal.Kind.HOLD else _("No longer held")
