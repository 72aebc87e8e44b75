"""The ways from one board to another, all in the address."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from xp.rules import ALL_TIME, SPANS
from xp.views import XpBoardShown


@dataclass(frozen=True)
class Tab:
    """A way to a board."""

    name: str
    label: str
    url: str
    is_current: bool


def periods(shown: XpBoardShown) -> list[Tab]:
    """A tab for each period; who looks at the page around himself goes on doing so."""
    labels = {"all": _("All time"), "month": _("This month"), "week": _("This week"), "day": _("Today")}
    return [
        Tab(name, labels[name], address(name, around=shown.is_around), is_current=name == shown.span.name)
        for name in SPANS
    ]


def views(shown: XpBoardShown) -> list[Tab]:
    """From the top, or around oneself: for members only."""
    if shown.me is None:
        return []
    top, around = (address(shown.span.name, around=wish) for wish in (False, True))
    return [
        Tab("top", _("From the top"), top, is_current=shown.is_from_the_top and not shown.is_around),
        Tab("around", _("Around me"), around, is_current=shown.is_around),
    ]


def address(period: str, *, around: bool = False) -> str:
    """Where a board is; without parameters where none is needed."""
    parameters = {} if period == ALL_TIME.name else {"period": period}
    if around:
        parameters["around"] = "me"
    page = reverse("pages:leaderboards")
    return f"{page}?{urlencode(parameters)}" if parameters else page
