"""What tests of payments do again and again."""

from degentalk.core import outbox
from degentalk.sandbox.stripe import Sandbox
from payments import services as payments
from payments.models import Order
from tests import make
from wallet import services as wallets
from wallet.models import UserWallet

TRADER = ("trader", 1_799, 1_300)
"""A package of a new site: its id, its price in cents, and its DGT with the bonus."""


def ordered(user, package: str = TRADER[0]) -> Order:
    """An order that waits for its payment."""
    order = payments.place(user=user, package_id=package, provider="stripe")
    payments.pay(order)
    return again(order)


def again(order: Order) -> Order:
    """As it is now."""
    return Order.objects.select_related("stripe_session").get(pk=order.pk)


def session(order: Order) -> str:
    return str(order.stripe_session.session_id)


def told(card: Sandbox) -> None:
    """Every webhook that is due arrives, and a worker does all that waits."""
    card.deliver_all()
    worked()


def worked() -> None:
    outbox.deliver_due()


def paid(card: Sandbox, user, package: str = TRADER[0]) -> Order:
    """An order that was paid and credited."""
    order = ordered(user, package)
    card.pay(session(order))
    told(card)
    return again(order)


def wallet(user) -> tuple[int, int, int]:
    """Balance, held and owed, in DGT."""
    row = UserWallet.objects.of(user)
    return row.dgt_balance, row.held_dgt, row.debt_dgt


def spent(user, dgt: int) -> None:
    """The member bought something here with it."""
    wallets.debit(user=user, amount=dgt, to="shop", key=f"spent:{make.serial()}", description="A frame")


def earned(user, dgt: int) -> None:
    """The member got it here, not for money."""
    wallets.credit(user=user, amount=dgt, source="rewards", key=f"earned:{make.serial()}", description="A reward")


def sessions(card: Sandbox) -> list:
    """Every session that Stripe has, oldest first."""
    with card.world.change():
        return card.world.store.oldest("session")
