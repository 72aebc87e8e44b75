"""A path's board alone, and what pages show of one."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.boards import BoardShown, Centre, asks_who_it_is, part_shown
from degentalk.accounts.models import User
from paths.boards import PathBoard
from paths.models import XpPath
from paths.presentation import PathPlace, place_of

BOARD_PAGE_SIZE = 25


@dataclass(frozen=True)
class PathBoardShown(BoardShown[PathPlace]):
    """The part of a path's board that an address asks for: `?around=me&cursor=…`."""

    path: XpPath

    @property
    def title_if_empty(self) -> str:
        return _("Nobody has XP in this path yet") if self.page else _("There is no page around you")

    @property
    def text_if_empty(self) -> str:
        if self.page:
            return _("Whoever chooses it and earns XP takes the first place.")
        if self.me and not self.me.is_listed:
            return _("Your settings leave you out of leaderboards. You keep earning; only others do not see you.")
        return _("You have no XP in this path yet.")


@require_safe
def leaderboard(request: HttpRequest, path_id: str) -> HttpResponse:
    """A page of a path's board, with the viewer's own place."""
    if asks_who_it_is(request):
        return redirect_to_login(request.get_full_path())
    found = get_object_or_404(XpPath, pk=path_id)
    return HttpResponse(render_component(request, "path-leaderboard", shown=board_shown(request, found)))


def board_shown(request: HttpRequest, path: XpPath) -> PathBoardShown:
    """What the address asks of the board of a path. Raises InvalidCursor."""

    def board(around: Centre | None) -> PathBoard:
        return PathBoard(path, size=BOARD_PAGE_SIZE, around=around)

    me = place_of(request.user, path) if isinstance(request.user, User) else None
    part = part_shown(request, board, me)
    return PathBoardShown(part.page, part.me, part.is_around, path)
