"""What a page is told when something of the shop changed."""

from django.http import HttpResponse
from django_cotton import render_component
from django_htmx.http import trigger_client_event

from degentalk.accounts.answers import HtmxRequest, see_other
from wallet.models import UserWallet

CHANGED = "shop-changed"
"""The event after which whatever shows unlocks asks for itself anew."""


def changed(request: HtmxRequest, url: str, wallet: UserWallet | None = None) -> HttpResponse:
    """With HTMX the page stays and hears of it, and of the new balance; without, the member goes to `url`."""
    if not request.htmx:
        return see_other(url)
    response = HttpResponse(render_component(request, "new-balance", wallet=wallet))
    return trigger_client_event(response, CHANGED)
