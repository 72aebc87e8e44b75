"""What a page shows of a member's XP, asked for by itself."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset, KeysetPage
from xp import services as xp
from xp.models import XpLog
from xp.presentation import entries


@require_safe
def progress_bar(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's progress to the next level."""
    return HttpResponse(render_component(request, "xp-progress-bar", standing=xp.standing_of(_member(user_id))))


@require_safe
def history(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's awards, newest first, with the way to more of them."""
    member = _member(user_id)
    page = history_page(request, member)
    more = f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else ""
    return HttpResponse(
        render_component(request, "xp-history", entries=entries(page.items, is_own=member == request.user), more=more)
    )


def history_page(request: HttpRequest, user: User) -> KeysetPage[XpLog]:
    """The part of a member's history that the address asks for."""
    log = XpLog.objects.of(user).with_reversals().with_rules()
    return Keyset(log, order=("-id",)).page(request.GET.get(CURSOR_PARAMETER))


def _member(user_id: int) -> User:
    return get_object_or_404(User, pk=user_id, is_active=True)
