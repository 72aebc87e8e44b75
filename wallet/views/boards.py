"""A DGT board alone, and what pages show of one."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.boards import BoardShown, Centre, Place, asks_who_it_is, part_shown
from wallet.boards import BoardKind, DgtBoard, kind_named, place_of
from wallet.models import DgtBoardRefresh

BOARD_PAGE_SIZE = 25


@dataclass(frozen=True)
class DgtBoardShown(BoardShown[Place]):
    """The part of a DGT board that an address asks for: `?around=me&cursor=…`."""

    kind: BoardKind
    refreshed_at: datetime | None

    @property
    def meaning(self) -> str:
        """What it counts, in a sentence."""
        return str(self.kind.meaning)

    @property
    def title_if_empty(self) -> str:
        if self.page:
            return str(self.kind.nobody)
        return _("You are not on this board") if self._is_hidden else _("There is no page around you")

    @property
    def text_if_empty(self) -> str:
        if self.page:
            return str(self.kind.first)
        if self._is_hidden:
            return _("Your settings keep you off it, so nobody stands around you. “From the top” shows who is on it.")
        return str(self.kind.none_yet)

    @property
    def _is_hidden(self) -> bool:
        return self.me is not None and not self.me.is_listed


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    """A page of the board that `?type=` names, with the viewer's own place."""
    if asks_who_it_is(request):
        return redirect_to_login(request.get_full_path())
    shown = board_shown(request, kind_named(request.GET.get("type")))
    facts = {"rows": shown.rows, "podium": shown.is_from_the_top, "page": shown.page, "me": shown.me}
    facts |= {"type": shown.kind.name, "refreshed_at": shown.refreshed_at}
    facts |= {"nobody": shown.title_if_empty, "hint": shown.text_if_empty}
    return HttpResponse(render_component(request, "dgt-leaderboard", **facts))


def board_shown(request: HttpRequest, kind: BoardKind) -> DgtBoardShown:
    """What the address asks of a board. Raises InvalidCursor."""

    def board(around: Centre | None) -> DgtBoard:
        return DgtBoard(kind, size=BOARD_PAGE_SIZE, around=around)

    part = part_shown(request, board, _my_place(request, kind))
    return DgtBoardShown(part.page, part.me, part.is_around, kind, DgtBoardRefresh.objects.moment())


def _my_place(request: HttpRequest, kind: BoardKind) -> Place | None:
    return None if isinstance(request.user, AnonymousUser) else place_of(request.user, kind)
