"""Packages of DGT, ordering one, and the way to the page where it is paid."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from degentalk.accounts.answers import Fact, HtmxRequest, once, see_other, signed_out, status_of
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.core.fields import DIGITS
from degentalk.core.limits import Limit
from payments import presentation
from payments import services as payments
from payments.errors import OrderClosed
from payments.forms import OrderForm, UsdtOrderForm
from payments.models import Order
from payments.presentation import PAYABLE
from payments.views.answers import may_lead_to_checkout, own_order, wallet_of
from wallet.models import WalletFreeze, WalletPolicy

PAYING = Limit("payments.pay", most=20, seconds=600)
"""How often a member may ask for the page to pay."""


@require_http_methods(["GET", "HEAD", "POST"])
@may_lead_to_checkout
def buy(request: HtmxRequest) -> HttpResponse:
    """What DGT costs; then order what was chosen, once however often it is sent, and go where it is paid."""
    if request.method != "POST":
        return _show(request)
    buyer = request.user
    if isinstance(buyer, AnonymousUser):
        return signed_out(request, reverse("payments:buy"))
    form = UsdtOrderForm(request.POST) if "chain" in request.POST else OrderForm(request.POST)
    ordered = _ordered(buyer, form)
    if ordered is None:
        return _show(request, form)
    return _to_checkout(request, own_order(buyer, UUID(ordered["order"])))


@require_POST
@may_lead_to_checkout
def pay(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """The page where an order of mine is paid: the same as before, however often it is asked for."""
    if isinstance(request.user, AnonymousUser):
        return signed_out(request, reverse("payments:order", args=[public_id]))
    return _to_checkout(request, own_order(request.user, public_id))


# ── Packages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _show(request: HtmxRequest, sent: OrderForm | None = None) -> HttpResponse:
    member = request.user if isinstance(request.user, User) else None
    wallet = wallet_of(member) if member else None
    need = request.GET.get("need", "")
    by_usdt = presentation.by_usdt(wallet)
    need_dgt = int(need) if DIGITS.fullmatch(need) else 0
    offers = presentation.offers(need=need_dgt, sent=sent, chains=by_usdt.chains)
    context = {
        "offers": offers,
        "closed": presentation.closed(wallet),
        "by_usdt": by_usdt,
        "wallet": wallet,
        "freeze": WalletFreeze.objects.of(member).open().first() if member and wallet and wallet.is_frozen else None,
        "locked_days": WalletPolicy.objects.current().purchases_locked_days,
        "sent": sent,
        "is_beside_its_package": any(offer.refused for offer in offers),
    }
    return render(request, "payments/buy.html", context, status=status_of(sent) if sent else 200)


# ── Ordering and paying ─────────────────────────────────────────────────────────────────────────────────────────────


def _ordered(buyer: User, form: OrderForm) -> Fact | None:
    """The order of this form, now or the first time. None: nothing was ordered, and the form says why."""
    why_not = presentation.closed(wallet_of(buyer), form.provider)
    if why_not and form.is_valid():
        form.refuse(why_not)
    if not form.is_valid():
        return None

    def place() -> Fact:
        package = form.cleaned_data["package"]
        order = payments.place(
            user=buyer, package_id=package, provider=form.provider, quoted=form.quoted, chain_id=form.chain_id
        )
        return {"order": str(order.public_id)}

    return once(buyer, form, "payments:buy", {"provider": form.provider}, place, limit=payments.ORDERING)


def _to_checkout(request: HtmxRequest, order: Order) -> HttpResponse:
    """On to the provider's page; where that is not possible, to the order's own page, which offers to try again."""
    try:
        if order.state in PAYABLE:
            PAYING.take(str(order.user_id))
        return see_other(payments.pay(order))
    except OrderClosed as refusal:
        if order.state in PAYABLE:  # of every other state its page tells more
            toasts.add(request, kind="error", title=str(refusal))
    except MemberError as refusal:
        toasts.add(request, kind="error", title=str(refusal))
    return see_other(order.get_absolute_url())
