"""What buyers are told of their orders: a notification each time something they care about happens, and a receipt."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from degentalk.accounts import mail
from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from payments.models import Order, Provider
from payments.states import State

WORDS: dict[str, str | Promise] = {
    State.CREDITED: _("You have %(dgt)s DGT more: your order is paid."),
    State.PARTLY_REFUNDED: _("A part of your order was refunded: %(taken)s DGT were taken back in all."),
    State.REFUNDED: _("Your order was refunded: its %(dgt)s DGT were taken back."),
    State.DISPUTED: _("The payment of your order is disputed: %(held)s DGT are held until that is decided."),
    State.REINSTATED: _("The dispute about your order is decided for us: its DGT are yours again."),
    State.LOST: _("The payment of your order was taken back by the bank: %(taken)s DGT were taken back."),
}


GONE_FROM_CHAIN = _("The chain has the payment of your order no more: %(taken)s DGT were taken back.")


def tell(order: Order, buyer: User) -> None:
    """Tell the buyer what an order has become, in the caller's transaction; with a mail when it is credited."""
    if order.state not in WORDS:
        return
    facts = {
        "dgt": f"{order.total_dgt:,}", "taken": f"{order.taken_dgt:,}", "held": f"{order.held_dgt:,}",
    }  # fmt: skip
    accounts.notify(
        user=buyer,
        kind="order",
        text=str(_words(order)) % facts,
        url=order.get_absolute_url(),
        key=f"order:{order.pk}:{order.changes.count()}",
    )
    if order.state == State.CREDITED and buyer.email:
        mail.send(
            to=buyer.email,
            template="payments/mail/receipt",
            context={"order": order, "name": buyer.username},
            key=f"order:{order.public_id}:receipt",
        )


def _words(order: Order) -> str | Promise:
    is_gone = order.provider == Provider.USDT and order.state == State.LOST
    return GONE_FROM_CHAIN if is_gone else WORDS[order.state]
