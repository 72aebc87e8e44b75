"""Where the provider sends the buyer back to. Nothing here is believed: the provider is asked, by us (S11)."""

import logging
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core.errors import TooOften
from degentalk.core.fields import DIGITS
from degentalk.core.limits import Limit
from payments import services as payments
from payments.errors import PaymentMissing, ProviderOff, ProviderUnreachable
from payments.models import Order
from payments.presentation import OrderShown, order_shown
from payments.views.answers import may_lead_to_checkout, own_order, wallet_of
from wallet.models import UserWallet

logger = logging.getLogger(__name__)

ASKING = Limit("payments.look", most=1, seconds=10)
"""How often the provider is asked about one order because its buyer waits."""

POLLS = 90
"""How often a page that waits asks us: for three minutes, every two seconds."""


@require_safe
@login_required
def paid(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The buyer comes from the page to pay. The address proves nothing; a session of another order asks nothing."""
    order = own_order(request.user, public_id)
    if request.GET.get("session") == _session_of(order):
        order = _looked_at(request.user, order)
    return render(request, "payments/paid.html", _context(request, order, left=POLLS))


@require_safe
@login_required
def progress(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The same alone, for a page that waits: it asks again as long as there is something to wait for."""
    order = own_order(request.user, public_id)
    if OrderShown(order).is_on_its_way:
        order = _looked_at(request.user, order)
    asked = request.GET.get("left", "")
    left = min(int(asked), POLLS) if DIGITS.fullmatch(asked) else 0
    return HttpResponse(render_component(request, "order-progress", **_context(request, order, left=max(left - 1, 0))))


@require_safe
@may_lead_to_checkout
@login_required
def cancelled(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The buyer came back without paying: nothing was charged, and it can still be paid."""
    wallet = wallet_of(request.user)
    shown = order_shown(own_order(request.user, public_id), wallet)
    return render(request, "payments/order.html", {"shown": shown, "is_cancelled": shown.is_unpaid})


def _context(request: MemberRequest, order: Order, *, left: int) -> dict[str, object]:
    wallet: UserWallet = wallet_of(request.user)
    return {"shown": OrderShown(order), "session": _session_of(order), "left": left, "wallet": wallet}


def _session_of(order: Order) -> str:
    session = getattr(order, "stripe_session", None)
    return session.session_id if session else ""


def _looked_at(member: User, order: Order) -> Order:
    """Ask the provider, unless that was done a moment ago. If it does not answer, what we know is shown."""
    try:
        ASKING.take(str(order.public_id))
        payments.look(order, because="the buyer came back")
    except TooOften:
        return order
    except (PaymentMissing, ProviderOff, ProviderUnreachable):
        logger.warning("payments: the provider says nothing about order %s; its webhook or a look does", order.pk)
        return order
    return own_order(member, order.public_id)
