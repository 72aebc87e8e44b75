"""Which board an address asks for, and the ways from one to another: all in the address."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from wallet import views as wallet
from wallet.boards import KINDS, UnknownBoard
from wallet.views import DgtBoardShown
from xp import views as xp
from xp.rules import ALL_TIME, SPANS
from xp.views import XpBoardShown

XP = "xp"
DGT = {f"dgt-{name}": kind for name, kind in KINDS.items()}
"""The DGT boards, by their names in an address."""

Shown = XpBoardShown | DgtBoardShown


@dataclass(frozen=True)
class Tab:
    """A way to a board."""

    name: str
    label: str
    url: str
    is_current: bool


def board_shown(request: HttpRequest) -> Shown:
    """What the address asks for: `?board=…&period=…&around=me&cursor=…`; without a board that of XP.

    Raises UnknownBoard, UnknownPeriod, InvalidCursor.
    """
    name = request.GET.get("board") or XP
    if name == XP:
        return xp.board_shown(request)
    if name not in DGT:
        raise UnknownBoard
    return wallet.board_shown(request, DGT[name])


def boards(shown: Shown) -> list[Tab]:
    """A tab for each board; who looks at the page around himself goes on doing so."""
    labels = {XP: _("XP")} | {name: str(kind.title) for name, kind in DGT.items()}
    here = _name(shown)
    return [
        Tab(name, label, address(name, around=shown.is_around), is_current=name == here)
        for name, label in labels.items()
    ]


def periods(shown: Shown) -> list[Tab]:
    """The periods of the board of XP; the others have none."""
    if isinstance(shown, DgtBoardShown):
        return []
    labels = {"all": _("All time"), "month": _("This month"), "week": _("This week"), "day": _("Today")}
    return [
        Tab(name, labels[name], address(XP, period=name, around=shown.is_around), is_current=name == shown.span.name)
        for name in SPANS
    ]


def views(shown: Shown) -> list[Tab]:
    """From the top, or around oneself: for members only."""
    if shown.me is None:
        return []
    period = ALL_TIME.name if isinstance(shown, DgtBoardShown) else shown.span.name
    top, around = (address(_name(shown), period=period, around=wish) for wish in (False, True))
    return [
        Tab("top", _("From the top"), top, is_current=shown.is_from_the_top and not shown.is_around),
        Tab("around", _("Around me"), around, is_current=shown.is_around),
    ]


def address(board: str, *, period: str = ALL_TIME.name, around: bool = False) -> str:
    """Where a board is; without parameters where none is needed."""
    parameters = {} if board == XP else {"board": board}
    if period != ALL_TIME.name:
        parameters["period"] = period
    if around:
        parameters["around"] = "me"
    page = reverse("pages:leaderboards")
    return f"{page}?{urlencode(parameters)}" if parameters else page


def _name(shown: Shown) -> str:
    return f"dgt-{shown.kind.name}" if isinstance(shown, DgtBoardShown) else XP
