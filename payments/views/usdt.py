"""What a buyer does on the page of an order that is paid with USDT."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import requests
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from degentalk.accounts.answers import see_other
from degentalk.accounts.views import MemberRequest
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from payments.forms import HintForm, ProofForm, WalletForm
from payments.models import Order, Provider
from payments.paying import blank_forms, paying_of
from payments.presentation import order_shown
from payments.providers.usdt.hinting import hint
from payments.providers.usdt.proving import prove, statement_of
from payments.views.answers import own_order, wallet_of

SANDBOX_MODES = ("exact", "short", "over", "late")
SANDBOX_TIMEOUT_SECONDS = (3, 15)


@require_POST
@login_required
def name_transaction(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """A hint to look sooner. The same is said of every transaction (U22)."""
    order, form = _own(request, public_id), HintForm(request.POST)
    if form.is_valid():
        try:
            hint(order.usdt_deposit, form.cleaned_data["tx_hash"])
        except MemberError as refusal:
            form.add_error("tx_hash", str(refusal))
    if form.errors:
        return _page(request, order, status=422, hint_form=form)
    text = _("If it pays this order, it shows here within a minute.")
    toasts.add(request, kind="success", title=_("Thank you"), text=text)
    return see_other(order.get_absolute_url())


@require_safe
@login_required
def statement(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The text that a wallet is to sign: the second step of proving it."""
    order, form = _own(request, public_id), WalletForm(request.GET)
    text = ""
    if form.is_valid():
        try:
            text = statement_of(order.usdt_deposit, form.cleaned_data["wallet"]).text()
        except MemberError as refusal:
            form.add_error("wallet", str(refusal))
    if form.errors:
        return _page(request, order, status=422, wallet_form=form)
    proof = ProofForm(initial={"wallet": form.cleaned_data["wallet"]})
    return _page(request, order, wallet_form=form, proof_form=proof, statement=text)


@require_POST
@login_required
def prove_wallet(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The signature: from now on the order can be paid, from this wallet only."""
    order, form = _own(request, public_id), ProofForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            prove(order=order, user=request.user, wallet=given["wallet"], signature=given["signature"])
        except MemberError as refusal:
            form.add_error("signature", str(refusal))
    if not form.errors:
        toasts.add(
            request, kind="success", title=_("This wallet is yours"), text=_("Now the order can be paid from it.")
        )
        return see_other(order.get_absolute_url())
    return _page(request, order, status=422, proof_form=form, statement=_text(order, form["wallet"].value() or ""))


def _text(order: Order, wallet: str) -> str:
    try:
        return statement_of(order.usdt_deposit, wallet).text()
    except MemberError:
        return ""


@require_POST
@login_required
def play(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """In development only: the sandbox's wallet pays. Nothing of payments knows that it is one."""
    order, mode = _own(request, public_id), request.POST.get("mode", "")
    if not settings.USDT_SANDBOX_URL or mode not in SANDBOX_MODES:
        raise Http404
    wanted: dict[str, Any] = {"to": order.usdt_deposit.address, "amount": str(order.usdt_deposit.amount), "mode": mode}
    if mode == "late":
        wanted["at"] = int((order.expires_at + timedelta(minutes=1)).timestamp())
    try:
        answer = requests.post(f"{settings.USDT_SANDBOX_URL}/sandbox/pay", json=wanted, timeout=SANDBOX_TIMEOUT_SECONDS)
        answer.raise_for_status()
    except requests.RequestException:
        toasts.add(request, kind="error", title=_("The sandbox does not answer."))
        return see_other(order.get_absolute_url())
    text = _("It leaves when the time to pay is over.") if mode == "late" else _("It shows here in some seconds.")
    toasts.add(request, kind="success", title=_("The sandbox wallet pays"), text=text)
    return see_other(order.get_absolute_url())


def _own(request: MemberRequest, public_id: UUID) -> Order:
    order = own_order(request.user, public_id)
    if order.provider != Provider.USDT:
        raise Http404
    return order


def _page(request: MemberRequest, order: Order, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The order's page, with what was sent and what is wrong with it."""
    shown, paying = order_shown(order, wallet_of(request.user)), paying_of(order)
    return render(
        request,
        "payments/order.html",
        {"shown": shown, "paying": paying, **blank_forms(paying), **forms},
        status=status,
    )
