"""What is for sale: all of it as the address asks for it, and one unlock on a page of its own."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from degentalk.accounts.answers import HtmxRequest
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from shop.catalogue import Card, card_of
from shop.filters import Filters
from shop.models import DgtUnlock
from shop.presentation import counter_of, shop_shown
from shop.shopper import Shopper


@require_safe
def shop(request: HtmxRequest) -> HttpResponse:
    """The shop, filtered as the address says: `?type=…&rarity=…&affordable=1&owned=0`. Raises UnknownFilter."""
    shopper = shopper_of(request)
    return render(request, "shop/shop.html", {"shown": shop_shown(shopper, Filters.of(request.GET))})


@require_safe
def unlock(request: HtmxRequest, unlock_id: int) -> HttpResponse:
    """All there is to say about one unlock."""
    shopper = shopper_of(request)
    return render(request, "shop/unlock.html", {"card": card_at(shopper, unlock_id), "counter": counter_of(shopper)})


def shopper_of(request: HtmxRequest) -> Shopper:
    """Who looks."""
    return Shopper.of(request.user if isinstance(request.user, User) else None)


def card_at(shopper: Shopper, unlock_id: int) -> Card:
    """The unlock as it stands for who looks. Raises Http404 where the shop does not show it."""
    found = DgtUnlock.objects.listed().filter(pk=unlock_id).first()
    card = card_of(found, shopper, database_time()) if found else None
    if card is None:
        raise Http404(_("There is no such thing in the shop."))
    return card
