"""What earned nothing. The member's own business only."""

from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset, KeysetPage
from xp.models import XpRefusal
from xp.presentation import refusals as in_words
from xp.views.requests import HtmxRequest


@require_safe
def refusals(request: HtmxRequest) -> HttpResponse:
    """One's own, newest first, with the way to more of them."""
    if isinstance(request.user, AnonymousUser):
        return HttpResponse(status=401) if request.htmx else redirect_to_login(request.get_full_path())
    page = refusals_page(request, request.user)
    more = f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else ""
    return HttpResponse(render_component(request, "xp-refusals", entries=in_words(page.items), more=more))


def refusals_page(request: HttpRequest, user: User) -> KeysetPage[XpRefusal]:
    """The part of a member's refusals that the address asks for."""
    rows = Keyset[XpRefusal](XpRefusal.objects.of(user), order=("-created_at", "-id"))
    return rows.page(request.GET.get(CURSOR_PARAMETER))
