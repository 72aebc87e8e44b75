"""What an order means for the ledger: the difference between what should be and what is, and nothing else.

Level-triggered: it reads the cumulative facts of the order, never a single event. So neither the order in which
providers tell things nor how often they do can matter.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from payments.models import Order, OrderMovement, Review
from payments.rules import Target, extra, target
from payments.services import telling
from payments.services.moving import move
from payments.services.reviews import open_review, resolve_reviews
from payments.states import SETTLED, Facts, State, settled_state
from wallet import services as wallet
from wallet.errors import WalletFrozen
from wallet.models import UserWallet
from wallet.services.calling import Journal
from xp import services as xp

SETTLES = (State.CONFIRMED, *SETTLED)


def settle(order: Order, *, because: str) -> Order:
    """Credit what was paid, take back what was paid back, hold what is disputed. May be called at any time, twice too.

    Where it cannot be done now (suspended buyer, frozen wallet) the order says what it waits for, staff see it, and the
    timetable tries again: nothing is lost.
    """
    try:
        return _settle(order.pk, because)
    except WalletFrozen:
        return _wait(order.pk, Review.Reason.WALLET_FROZEN)


@transaction.atomic
def _settle(order_id: int, because: str) -> Order:
    row: Order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if row.state not in SETTLES:
        return row
    if row.user_id is None:
        return _waits(row, Review.Reason.BUYER_GONE)
    buyer = User(pk=row.user_id)
    xp.lock_members([buyer])
    buyer = User.objects.get(pk=row.user_id)
    wanted = target(dgt=row.total_dgt, paid=row.paid, refunded=row.refunded, lost=row.lost, disputed=row.disputed)
    if not row.credited_dgt and wanted.taken < row.total_dgt:
        if not buyer.is_active:
            return _waits(row, Review.Reason.BUYER_SUSPENDED)
        _credit(row, buyer)
    if row.credited_dgt:
        _take_back(row, buyer, wanted)
        _settle_surplus(row, buyer)
    if move(row, settled_state(_facts(row)), because):
        telling.tell(row, buyer)
    _stop_sending(row, buyer)
    if row.waits_for:
        row.waits_for = ""
        row.save(update_fields=["waits_for"])
    resolve_reviews(row)
    return row


def taken_back_here(journal_id: int) -> str:
    """Where the journal of an order is taken back: the ledger alone would leave the order as it was, and what the
    provider says next would be done on top of it; "" for any other journal."""
    if not OrderMovement.objects.filter(journal_id=journal_id).exists():
        return ""
    return _("What was bought follows its payment: refund that at the provider, and its DGT are taken back.")


def _facts(row: Order) -> Facts:
    return Facts(
        reference=row.reference, paid=row.paid, currency=row.currency, refunded=row.refunded, disputed=row.disputed,
        lost=row.lost, had_dispute=row.had_dispute,
    )  # fmt: skip


def _credit(row: Order, buyer: User) -> None:
    words = _("Bought: %(package)s") % {"package": row.package_name}
    journal = wallet.purchase(
        user=buyer, amount=row.total_dgt, source=row.provider, key=f"order:{row.public_id}", description=words
    )
    row.credited_dgt, row.credited_at = row.total_dgt, database_time()
    row.save(update_fields=["credited_dgt", "credited_at"])
    _note(row, journal, row.total_dgt)


def _take_back(row: Order, buyer: User, wanted: Target) -> None:
    could_hold = min(wanted.held, row.held_dgt + UserWallet.objects.of(buyer).dgt_balance)
    if (row.taken_dgt, row.held_dgt) == (wanted.taken, could_hold):
        return
    _release(row)
    more = wanted.taken - row.taken_dgt
    if more > 0:
        words = _("Taken back: %(package)s was paid back") % {"package": row.package_name}
        journal = wallet.claw_back(user=buyer, amount=more, to=row.provider, key=_key(row), description=words)
        _note(row, journal, -more)
    elif more < 0:
        words = _("Given back: %(package)s is paid after all") % {"package": row.package_name}
        journal = wallet.purchase(user=buyer, amount=-more, source=row.provider, key=_key(row), description=words)
        _note(row, journal, -more)
    row.taken_dgt = wanted.taken
    row.save(update_fields=["taken_dgt"])
    _hold(row, buyer, wanted.held)


def surplus_due(row: Order) -> int:
    """What is to be credited for what was paid above the price, whole DGT; nothing where the payment is gone again."""
    if row.lost:
        return 0
    return extra(dgt=row.total_dgt, price=row.price, surplus=min(row.surplus, row.surplus_approved))


def _settle_surplus(row: Order, buyer: User) -> None:
    due = surplus_due(row)
    more = due - row.surplus_dgt
    if not more:
        return
    if more > 0:
        words = _("Bought: paid above the price of %(package)s") % {"package": row.package_name}
        journal = wallet.purchase(user=buyer, amount=more, source=row.provider, key=_key(row), description=words)
    else:
        words = _("Taken back: %(package)s was paid back") % {"package": row.package_name}
        journal = wallet.claw_back(user=buyer, amount=-more, to=row.provider, key=_key(row), description=words)
    _note(row, journal, more)
    row.surplus_dgt = due
    row.save(update_fields=["surplus_dgt"])


def _release(row: Order) -> None:
    if row.hold_id is None:
        return
    words = _("No longer held: %(package)s") % {"package": row.package_name}
    journal = wallet.release(hold_id=row.hold_id, key=_key(row), description=words)
    _note(row, journal, 0)
    row.hold, row.held_dgt = None, 0
    row.save(update_fields=["hold", "held_dgt"])


def _hold(row: Order, buyer: User, dgt: int) -> None:
    """Set aside what is still there; what is spent already becomes a debt if the dispute is lost."""
    there = min(dgt, UserWallet.objects.of(buyer).dgt_balance)
    if there < 1:
        return
    words = _("Held: the payment for %(package)s is disputed") % {"package": row.package_name}
    journal = wallet.hold(user=buyer, amount=there, key=_key(row), description=words)
    _note(row, journal, 0)
    row.hold_id, row.held_dgt = journal.id, there
    row.save(update_fields=["hold", "held_dgt"])


def _key(row: Order) -> str:
    """A new key for the next journal of this order, which the caller has locked."""
    row.settlements += 1
    row.save(update_fields=["settlements"])
    return f"order:{row.public_id}:{row.settlements}"


def _note(row: Order, journal: Journal, dgt: int) -> None:
    OrderMovement.objects.create(order=row, journal_id=journal.id, dgt=dgt)


def _stop_sending(row: Order, buyer: User) -> None:
    """Who disputes a payment sends nothing away until that is decided (S19)."""
    if row.disputed:
        wallet.stop_sending(user=buyer, because=f"order:{row.public_id}")
    elif row.had_dispute:
        wallet.let_send(user=buyer, because=f"order:{row.public_id}")


def _waits(row: Order, reason: Review.Reason) -> Order:
    if row.waits_for != reason:
        row.waits_for = reason
        row.save(update_fields=["waits_for"])
    open_review(order=row, reason=reason, reference=row.reference)
    return row


@transaction.atomic
def _wait(order_id: int, reason: Review.Reason) -> Order:
    """As it is now: somebody may have settled or dismissed it since. A frozen wallet sends nothing; of one that moves
    again nothing leaves before this is tried again."""
    row = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if row.state not in SETTLES or row.user_id is None:
        return row
    _stop_sending(row, User(pk=row.user_id))
    return _waits(row, reason)
