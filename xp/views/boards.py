"""A board alone, and what pages show of one."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.core.keyset import CURSOR_PARAMETER, KeysetPage
from xp.boards import XpBoard, span_named
from xp.models import UserXp
from xp.presentation import Place, nobody_on, place_of
from xp.rules import Span

BOARD_PAGE_SIZE = 25


@dataclass(frozen=True)
class BoardShown:
    """The part of a board that an address asks for: `?period=…&around=me&cursor=…`."""

    span: Span
    page: KeysetPage[Any] | None
    """None where it asks for the page around a member who is not on this board."""
    me: Place | None
    """The viewer's own place; None for visitors."""
    is_around: bool
    """Whether it is the page around the viewer."""

    @property
    def rows(self) -> list[Any]:
        return self.page.items if self.page else []

    @property
    def is_from_the_top(self) -> bool:
        return self.page is not None and self.page.previous is None

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


def asks_who_it_is(request: HttpRequest) -> bool:
    """Whether a visitor asks for the page around himself: then he must sign in."""
    return request.GET.get("around") == "me" and not request.user.is_authenticated


def board_shown(request: HttpRequest) -> BoardShown:
    """What the address asks for. The viewer's own row knows that it is theirs. Raises UnknownPeriod, InvalidCursor."""
    span = span_named(request.GET.get("period"))
    cursor = request.GET.get(CURSOR_PARAMETER)
    me = _my_place(request, span)
    is_around = me is not None and request.GET.get("around") == "me" and not cursor
    if is_around and me and not (me.is_listed and me.xp):
        return BoardShown(span, None, me, is_around)
    centre = (me.xp, me.user_id) if me and is_around else None
    page = XpBoard(span, size=BOARD_PAGE_SIZE, around=centre).page(cursor)
    for row in page.items:
        row.is_me = row.user_id == request.user.pk
    return BoardShown(span, page, me, is_around)


def _my_place(request: HttpRequest, span: Span) -> Place | None:
    if isinstance(request.user, AnonymousUser):
        return None
    return place_of(request.user, UserXp.objects.of(request.user), span)
