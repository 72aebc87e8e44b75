"""The DGT boards in pages, each row with its position: what members have, have earned and have spent."""

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.boards import PAGE_SIZE, Board, Centre, Place
from degentalk.accounts.models import User
from degentalk.core.errors import MemberError
from wallet.models import DgtBoardRow


@dataclass(frozen=True)
class BoardKind:
    """A board: its name in addresses, and what it says of itself."""

    name: str
    """Also the column that it counts."""
    title: Promise
    meaning: Promise
    nobody: Promise
    first: Promise
    """How one gets on it, while nobody is."""
    none_yet: Promise
    """To a member who is not on it."""


BALANCE = BoardKind(
    "balance",
    _("DGT balance"),
    _("What members can spend now. DGT that is set aside for something does not count."),
    _("Nobody has DGT yet"),
    _("The first level that pays DGT takes the first place."),
    _("You have no DGT yet."),
)
EARNED = BoardKind(
    "earned",
    _("DGT earned"),
    _("All that levels and the site have paid. Transfers, tips and bought DGT do not count."),
    _("Nobody has earned DGT yet"),
    _("The first level that pays DGT takes the first place."),
    _("You have earned no DGT yet."),
)
SPENT = BoardKind(
    "spent",
    _("DGT spent"),
    _("All that members have paid to the site. Transfers, tips and their fees do not count."),
    _("Nobody has spent DGT yet"),
    _("What is paid to the site counts here."),
    _("You have spent no DGT yet."),
)
KINDS = {kind.name: kind for kind in (BALANCE, EARNED, SPENT)}


class UnknownBoard(MemberError, BadRequest):
    """Not a board we have. Django's page for bad requests."""

    status = 400
    code = "unknown-board"

    def __init__(self) -> None:
        super().__init__(_("There is no such board. Choose one of balance, earned and spent."))


def kind_named(name: str | None) -> BoardKind:
    """The board of that name; without one that of balances. Raises UnknownBoard."""
    if not name:
        return BALANCE
    if name not in KINDS:
        raise UnknownBoard
    return KINDS[name]


class DgtBoard(Board):
    """Listed members with DGT of a kind, most first, as of the last refresh; beyond the first 10,000 without places."""

    def __init__(self, kind: BoardKind = BALANCE, *, size: int = PAGE_SIZE, around: Centre | None = None) -> None:
        listed = DgtBoardRow.objects.listed(kind.name)
        rows = listed.select_related("user").only(kind.name, "user__username", "user__look")
        super().__init__(rows, listed, figure=kind.name, name=kind.name, size=size, around=around)


def place_of(user: User, kind: BoardKind) -> Place:
    """The place of a member, as of the last refresh too. Two queries."""
    mine = DgtBoardRow.objects.of(user)
    return DgtBoard(kind).place_of(user, figure=getattr(mine, kind.name), is_listed=mine.is_listed)
