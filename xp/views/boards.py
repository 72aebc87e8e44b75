"""The board alone, and the parts of it that pages share."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.core.keyset import CURSOR_PARAMETER, KeysetPage
from xp.boards import XpBoard
from xp.models import UserXp, XpLeaderboardRow
from xp.presentation import Place, place_of

BOARD_PAGE_SIZE = 25


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """A page of the board, with the viewer's own place."""
    page = board_page(request)
    return HttpResponse(render_component(request, "xp-leaderboard", rows=page.items, page=page, me=my_place(request)))


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
