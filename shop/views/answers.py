"""What a page is told when something of the shop changed."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django_cotton import render_component
from django_htmx.http import trigger_client_event

from degentalk.accounts.answers import HtmxRequest, elsewhere, see_other
from degentalk.accounts.models import User
from wallet.models import UserWallet

CHANGED = "shop-changed"
"""The event after which whatever shows unlocks asks for itself anew."""


def bought(request: HtmxRequest, url: str, wallet: UserWallet) -> HttpResponse:
    """Something was paid: with HTMX the page stays and gets the new balance; without, the member goes to `url`."""
    return _changed(request, url, "new-balance", wallet=wallet)


def changed(request: HtmxRequest, url: str) -> HttpResponse:
    """The same where nothing was paid, but perhaps the member looks different now."""
    if isinstance(request.user, User):
        request.user.refresh_from_db(fields=["look"])
    return _changed(request, url, "own-face")


def _changed(request: HtmxRequest, url: str, component: str, **facts: object) -> HttpResponse:
    if not request.htmx:
        return see_other(url)
    if urlsplit(request.htmx.current_url_abs_path or "").path == request.path:  # the form was the whole page
        return elsewhere(request, url)
    return trigger_client_event(HttpResponse(render_component(request, component, **facts)), CHANGED)
