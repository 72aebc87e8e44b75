"""A board alone, and what pages show of one."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.boards import BoardShown, Centre, asks_who_it_is, part_shown
from xp.boards import XpBoard, span_named
from xp.models import UserXp
from xp.presentation import XpPlace, boundaries, nobody_on, place_of
from xp.rules import Span

BOARD_PAGE_SIZE = 25


@dataclass(frozen=True)
class XpBoardShown(BoardShown[XpPlace]):
    """The part of a board that an address asks for: `?period=…&around=me&cursor=…`."""

    span: Span

    @property
    def meaning(self) -> str:
        """What it counts, in a sentence."""
        return boundaries(self.span)

    @property
    def title_if_empty(self) -> str:
        return nobody_on(self.span) if self.page else _("There is no page around you")

    @property
    def text_if_empty(self) -> str:
        if self.page:
            return _("The first reply takes the first place.")
        if self.me and not self.me.is_listed:
            return _("Your settings leave you out of leaderboards. You keep earning; only others do not see you.")
        return _("You have no XP on this board yet.")


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """A page of a board, with the viewer's own place."""
    if asks_who_it_is(request):
        return redirect_to_login(request.get_full_path())
    shown = board_shown(request)
    facts = {"rows": shown.rows, "podium": shown.is_from_the_top, "page": shown.page, "me": shown.me}
    facts |= {"nobody": shown.title_if_empty, "hint": shown.text_if_empty}
    return HttpResponse(render_component(request, "xp-leaderboard", **facts))


def board_shown(request: HttpRequest) -> XpBoardShown:
    """What the address asks for. Raises UnknownPeriod, InvalidCursor."""
    span = span_named(request.GET.get("period"))

    def board(around: Centre | None) -> XpBoard:
        return XpBoard(span, size=BOARD_PAGE_SIZE, around=around)

    part = part_shown(request, board, _my_place(request, span))
    return XpBoardShown(part.page, part.me, part.is_around, span)


def _my_place(request: HttpRequest, span: Span) -> XpPlace | None:
    if isinstance(request.user, AnonymousUser):
        return None
    return place_of(request.user, UserXp.objects.of(request.user), span)
