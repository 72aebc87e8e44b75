"""Buying an unlock or giving one: what it costs and leaves, and then once, however often it is sent."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_cotton import render_component

from degentalk.accounts.answers import Fact, HtmxRequest, once, signed_out, status_of, whole
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.unlocks import Wearable
from shop import services as shop
from shop.forms import GiftForm, PurchaseForm
from shop.presentation import quote_of
from shop.services.acquiring import BUYING
from shop.views import answers
from shop.views.shelf import card_at, shopper_of
from wallet.models import UserWallet


@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HtmxRequest, unlock_id: int) -> HttpResponse:
    """The price, the balance before and after, and the rule of refunds; then do what was confirmed."""
    buyer = request.user
    if isinstance(buyer, AnonymousUser):
        return signed_out(request, reverse("shop:buy", args=[unlock_id]))
    if request.method != "POST":
        return _confirm(request, unlock_id, PurchaseForm())
    return _answer(request, unlock_id, buyer, PurchaseForm(request.POST))


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HtmxRequest, unlock_id: int) -> HttpResponse:
    """The same for somebody else, with a note."""
    giver = request.user
    if isinstance(giver, AnonymousUser):
        return signed_out(request, reverse("shop:give", args=[unlock_id]))
    if request.method != "POST":
        return _confirm(request, unlock_id, GiftForm(sender=giver))
    return _answer(request, unlock_id, giver, GiftForm(request.POST, sender=giver))


# ── Confirming ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _confirm(request: HtmxRequest, unlock_id: int, form: PurchaseForm) -> HttpResponse:
    """What is asked for, at the price of now."""
    shopper = shopper_of(request)
    card = card_at(shopper, unlock_id)
    # While an earlier sending may still succeed its key and its price belong together.
    if not form.is_bound or form.refused_code or not form.has_been_sent:
        form.show_price(card.price)
    context = {"quote": quote_of(shopper, card, is_gift=isinstance(form, GiftForm)), "form": form}
    return _page(request, context, status=status_of(form))


def _page(request: HtmxRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    if request.htmx:
        return HttpResponse(render_component(request, "purchase-dialog", context), status=status)
    return render(request, "shop/buy.html", context, status=status)


# ── Buying ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(request: HtmxRequest, unlock_id: int, buyer: User, form: PurchaseForm) -> HttpResponse:
    if not form.is_valid():
        if "price" in form.errors:
            form.refuse(_("This form had lost a part on the way. Look at it once more."))
        return _confirm(request, unlock_id, form)
    form.has_been_sent = True
    receiver = form.receiver if isinstance(form, GiftForm) else None
    facts = {"unlock": unlock_id, "gift": receiver is not None}
    bought = once(
        buyer, form, "shop:purchase", facts, lambda: _buy(unlock_id, buyer, receiver, form.cleaned_data), limit=BUYING
    )
    if bought is None:
        return _confirm(request, unlock_id, form)
    if not form.is_replayed:  # two toasts would read like two purchases
        _toast(request, bought)
    return answers.bought(request, reverse("shop:unlock", args=[unlock_id]), UserWallet.objects.of(buyer))


def _buy(unlock_id: int, buyer: User, receiver: User | None, facts: dict[str, Any]) -> Fact:
    bought = shop.purchase(
        user=buyer,
        unlock_id=unlock_id,
        price=facts["price"],
        key=shop.new_key(),
        to=receiver,
        note=facts.get("note", ""),
    )
    item = bought.item
    told = {"item": item.pk, "name": item.name, "spent": item.dgt_spent}
    return told | {"to": receiver.username if receiver else "", "wears": isinstance(item.unlock_type, Wearable)}


def _toast(request: HtmxRequest, bought: Fact) -> None:
    facts = {"unlock": bought["name"], "dgt": whole(bought["spent"]), "name": bought["to"]}
    if bought["to"]:
        toasts.add(
            request, kind="success", title=_("%(name)s has “%(unlock)s” from you now") % facts,
            text=_("%(dgt)s DGT paid.") % facts,
        )  # fmt: skip
        return
    act = {}
    if bought["wears"]:
        act = {"act": _("Wear it"), "act_url": reverse("shop:wear", args=[bought["item"]])}
    toasts.add(
        request, kind="success", title=_("“%(unlock)s” is yours") % facts, text=_("%(dgt)s DGT paid.") % facts, **act
    )
