"""XP's components alone, for HTMX: what a page shows of a member, asked for by itself."""

from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset, KeysetPage
from xp import services as xp
from xp.boards import XpBoard
from xp.models import UserXp, XpLeaderboardRow, XpLog
from xp.presentation import Place, entries, place_of

BOARD_PAGE_SIZE = 25


@require_safe
def progress_bar(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's progress to the next level."""
    return HttpResponse(render_component(request, "xp-progress-bar", standing=xp.standing_of(_member(user_id))))


@require_safe
def history(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's awards, newest first, with the way to more of them."""
    page = history_page(request, _member(user_id))
    more = f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else ""
    return HttpResponse(render_component(request, "xp-history", entries=entries(page.items), more=more))


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """A page of the board, with the viewer's own place."""
    page = board_page(request)
    return HttpResponse(render_component(request, "xp-leaderboard", rows=page.items, page=page, me=my_place(request)))


def history_page(request: HttpRequest, user: User) -> KeysetPage[XpLog]:
    """The part of a member's history that the address asks for."""
    return Keyset(XpLog.objects.of(user).with_reversals(), order=("-id",)).page(request.GET.get(CURSOR_PARAMETER))


def board_page(request: HttpRequest) -> KeysetPage[XpLeaderboardRow]:
    """The part of the board that the address asks for; the viewer's own row knows that it is theirs."""
    page = XpBoard(size=BOARD_PAGE_SIZE).page(request.GET.get(CURSOR_PARAMETER))
    for row in page.items:
        row.is_me = row.user_id == request.user.pk
    return page


def my_place(request: HttpRequest) -> Place | None:
    """The viewer's own place; None for visitors and before the first XP."""
    if isinstance(request.user, AnonymousUser):
        return None
    mine = UserXp.objects.of(request.user)
    return place_of(request.user, mine) if mine.xp > 0 else None


def _member(user_id: int) -> User:
    return get_object_or_404(User, pk=user_id, is_active=True)
