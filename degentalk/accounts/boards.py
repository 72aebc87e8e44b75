"""Boards: members by a figure, most first; ties share a place, and no page or place costs more with more members.

XP and DGT have boards of their own; what is the same of them is here. The parameter, the serializers and `asks_around`
are the API's half.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from django.db.models import Exists, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request

from degentalk.accounts.models import ApiToken, User
from degentalk.accounts.permissions import require_scope
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset, KeysetPage
from degentalk.core.subqueries import Counted

PAGE_SIZE = 50
POSITION_LIMIT = 10_000
"""Positions are counted exactly up to here; counting further would cost more with every member."""
AROUND_PARAMETER = "around"
AROUND = OpenApiParameter(
    AROUND_PARAMETER,
    str,
    enum=["me"],
    description="Begin with the page that has the caller in its middle. A `cursor` goes on from there.",
)

Centre = tuple[int, int]
"""A place between pages: a figure, and the id of the member who has it."""


@dataclass(frozen=True)
class Position:
    """A place on a board; members with the same figure share it."""

    number: int | None
    """None where it is not known: without a figure, and beyond the first 10,000 where nobody counts them."""
    is_exact: bool
    """Whether it was counted just now."""


NO_POSITION = Position(None, is_exact=False)


@dataclass(frozen=True)
class Place:
    """Where a member stands on a board, also one whom it does not show to others."""

    position: int | None
    position_is_exact: bool
    is_tied: bool
    """Whether others on the board have as much."""
    user_id: int
    username: str
    figure: int
    """What the board counts; never below 0."""
    behind: int | None
    """What the nearest member ahead has more; None at the top."""
    is_listed: bool

    @property
    def is_on_board(self) -> bool:
        return self.is_listed and self.figure > 0


P = TypeVar("P", bound=Place)


class Board(Keyset[Any]):
    """Listed members with a figure, most first. Each row carries it, its position and whether others share it.

    `rows` are what pages show. `listed` is what is counted: the same members, their ids and figures from one index that
    holds nobody else. `around`, the figure and id of a member on the board, makes the page that surrounds them the one
    without a cursor. The first page takes one query, others two or three: counts of at most 10,000 index entries,
    however many members.
    """

    tells_far_places = False
    """Whether `position_of` knows places beyond the first 10,000 too."""

    def __init__(
        self,
        rows: QuerySet[Any],
        listed: QuerySet[Any],
        *,
        figure: str,
        name: str = "",
        size: int = PAGE_SIZE,
        around: Centre | None = None,
    ) -> None:
        self.listed = listed.order_by()
        self.figure = figure
        self.centre = around
        super().__init__(rows, order=(f"-{figure}", "-user_id"), size=size, name=name)

    def page(self, cursor: str | None = None) -> KeysetPage[Any]:
        """The page a cursor points at, the first one without. Raises InvalidCursor."""
        page = super().page(cursor) if cursor or not self.centre else self.around(*self.centre)
        for row in page.items:
            row.figure = self._figure_of(row)
        if page.items:
            self._place(page, at_top=page.previous is None)
            self._tie(page)
        return page

    def position_of(self, figure: int) -> Position:
        """The place of a figure; of a member who is not listed, the place they would have. One query."""
        return self._position(figure, self._ahead(figure).count())

    def place_of(self, user: User, *, figure: int, is_listed: bool) -> Place:
        """Where a member with that figure stands. One query."""
        tied = self._with(exact=figure).exclude(user_id=user.pk)
        above = self._with(gt=max(figure, 0)).order_by(self.figure).values(self.figure)
        is_tied, more, counted = _told(user.pk, Exists(tied), Subquery(above[:1]), self._counted(figure))
        position = self._position(figure, counted)
        return Place(
            position=position.number,
            position_is_exact=position.is_exact,
            is_tied=is_tied,
            user_id=user.pk,
            username=user.username,
            figure=figure,
            behind=None if more is None else more - figure,
            is_listed=is_listed,
        )

    def _counted(self, figure: int) -> Combinable:
        """What `_position` must know of that figure, as a column."""
        return Counted(self._ahead(figure))

    def _position(self, figure: int, counted: Any) -> Position:
        return Position(counted + 1, is_exact=True) if figure > 0 and counted < POSITION_LIMIT else NO_POSITION

    def _ahead(self, figure: int) -> QuerySet[Any]:
        """Who has more, as far as positions are exact; nobody is counted for a figure that has no place."""
        ahead = self._with(gt=figure) if figure > 0 else self.listed.none()
        return ahead.values(self.figure)[:POSITION_LIMIT]

    def _place(self, page: KeysetPage[Any], *, at_top: bool) -> None:
        rows = page.items
        # Members who share the first row's place may stand on the page before; who comes after the tie counts them too.
        first, shared = (Position(1, is_exact=True), 0) if at_top else self._beginning(rows[0])
        rows[0].is_tied = shared > 0
        position, before = first, rows[0]
        for index, row in enumerate(rows):
            if row.figure < before.figure:
                position = self._later(first, shared + index)
            row.position, row.position_is_exact = position.number, position.is_exact
            before = row

    def _later(self, first: Position, rows: int) -> Position:
        """The position so many rows after another."""
        if first.number is None:
            return NO_POSITION
        number = first.number + rows
        is_exact = first.is_exact and number <= POSITION_LIMIT
        return Position(number, is_exact) if is_exact or self.tells_far_places else NO_POSITION

    def _tie(self, page: KeysetPage[Any]) -> None:
        rows = page.items
        for one, other in pairwise(rows):
            if one.figure == other.figure:
                one.is_tied = other.is_tied = True
        last = rows[-1]
        if page.next and not last.is_tied:
            following = page.following
            last.is_tied = self._figure_of(following) == last.figure if following else self._is_tied_after(last)

    def _beginning(self, row: Any) -> tuple[Position, int]:
        """The place of the row a page begins with, and how many share it and are named before this member, counted as
        far as positions are exact. One query."""
        before = self._with(exact=row.figure).filter(user_id__gt=row.user_id).values("user_id")[:POSITION_LIMIT]
        counted, shared = _told(row.user_id, self._counted(row.figure), Counted(before))
        return self._position(row.figure, counted), shared

    def _is_tied_after(self, row: Any) -> bool:
        """Whether somebody shares that place and is named after this member."""
        return self._with(exact=row.figure).filter(user_id__lt=row.user_id).exists()

    def _with(self, **condition: int) -> QuerySet[Any]:
        """Of the members that are counted, those whose figure is so: `gt=100`."""
        return self.listed.filter(**{f"{self.figure}__{lookup}": value for lookup, value in condition.items()})

    def _figure_of(self, row: Any) -> int:
        return int(getattr(row, self.figure))


def _told(user_id: int, *columns: Combinable) -> tuple[Any, ...]:
    """What these columns say, in one query: beside the row of a member, because a query needs a table."""
    told: tuple[Any, ...] = User.objects.filter(pk=user_id).values_list(*columns).get()
    return told


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class BoardShown(Generic[P]):
    """The part of a board that an address asks for: `?around=me&cursor=…`."""

    page: KeysetPage[Any] | None
    """None where it asks for the page around a member who is not on this board."""
    me: P | None
    """The viewer's own place; None for visitors."""
    is_around: bool
    """Whether it is the page around the viewer."""

    @property
    def rows(self) -> list[Any]:
        return self.page.items if self.page else []

    @property
    def is_from_the_top(self) -> bool:
        return self.page is not None and self.page.previous is None


def asks_who_it_is(request: HttpRequest) -> bool:
    """Whether a visitor asks for the page around himself: then he must sign in."""
    return request.GET.get(AROUND_PARAMETER) == "me" and not request.user.is_authenticated


def part_shown(request: HttpRequest, board: Callable[[Centre | None], Board], me: P | None) -> BoardShown[P]:
    """What the address asks of a board, which `board` makes, around a place or not. The viewer's own row knows that it
    is theirs. Raises InvalidCursor."""
    cursor = request.GET.get(CURSOR_PARAMETER)
    is_around = me is not None and request.GET.get(AROUND_PARAMETER) == "me" and not cursor
    if is_around and me and not me.is_on_board:
        return BoardShown(None, me, is_around)
    centre = (me.figure, me.user_id) if me and is_around else None
    page = board(centre).page(cursor)
    for row in page.items:
        row.is_me = row.user_id == request.user.pk
    return BoardShown(page, me, is_around)


# ── the API ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class PlaceSerializer(serializers.Serializer[Any]):
    """A place on a board."""

    position_is_exact = serializers.BooleanField()
    is_tied = serializers.BooleanField(help_text="Whether others on the board have as much, and so the same position.")
    user_id = StrictIntegerField()
    username = serializers.CharField()


def asks_around(request: Request, scope: str) -> bool:
    """Whether the API is asked for the page around the caller, who then must be signed in and, with a token, have the
    scope. Raises ValidationError, NotAuthenticated, PermissionDenied."""
    around = request.query_params.get(AROUND_PARAMETER)
    if around is None:
        return False
    if around != "me":
        raise ValidationError({AROUND_PARAMETER: [_("The only page around somebody is the one around “me”.")]})
    if not request.user.is_authenticated:
        raise NotAuthenticated
    if isinstance(request.auth, ApiToken):
        require_scope(request.auth, scope)
    return True
