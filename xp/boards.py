"""XP leaderboards in pages, each row with its position: all time, and the running UTC month, week and day."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import BadRequest
from django.db import connection
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import MemberError
from degentalk.core.keyset import Keyset, KeysetPage
from xp.models import (
    POSITION_LIMIT,
    TotalsQuerySet,
    UserXp,
    XpLeaderboardRow,
    XpPeriodLeaderboardRow,
    XpPeriodTotal,
)
from xp.rules import ALL_TIME, SPANS, Span, bucket_of, span_at

PAGE_SIZE = 50

BoardRow = XpLeaderboardRow | XpPeriodLeaderboardRow


class UnknownPeriod(MemberError, BadRequest):
    """Not a board we have. A problem of the API's, Django's page for bad requests elsewhere."""

    status = 400
    code = "unknown-period"

    def __init__(self) -> None:
        super().__init__(_("There is no such board. Choose one of all, month, week and day."))


def span_named(name: str | None) -> Span:
    """The running span of that name by the database's time; without a name all time. Raises UnknownPeriod."""
    if not name or name == ALL_TIME.name:
        return ALL_TIME
    if name not in SPANS:
        raise UnknownPeriod
    return span_at(name, database_time())


# Far down the board nobody in another bucket is counted: the first count is made only where it can be exact, the second
# where it may be needed. Buckets that were never built, or are that wrong, leave it out, and the position is unknown.
POSITION = """
with buckets as (
    select coalesce((select ahead + members from xp_board_buckets where low > %(low)s order by low limit 1), 0) as above
)
select above,
    case when above < %(most)s * 1.1 then
        (select count(*) from (select from user_xp where is_listed and xp > %(xp)s limit %(most)s) ahead)
    end,
    case when above > %(most)s * 0.5 then
        (select count(*) from (
            select from user_xp where is_listed and xp > %(xp)s and xp < %(end)s limit %(most)s
        ) inside)
    end
from buckets
"""


@dataclass(frozen=True)
class Position:
    """A place on a board; members with the same XP share it."""

    number: int | None
    """None where it is not known: without XP, and on boards of a period beyond the first 10,000."""
    is_exact: bool
    """False beyond the first 10,000: then it is told from the last count of all members, minutes ago at most."""


NO_POSITION = Position(None, is_exact=False)


class XpBoard(Keyset[Any]):
    """Listed members with XP in a span, most first. Each row carries its position and whether others share it.

    `around`, XP and id of a member on the board, makes the page that surrounds them the one without a cursor.
    The first page takes one query, others three or four: counts of at most 10,000 index entries, however many members.
    """

    def __init__(self, span: Span = ALL_TIME, *, size: int = PAGE_SIZE, around: tuple[int, int] | None = None) -> None:
        self.span = span
        self.centre = around
        rows: Any = XpLeaderboardRow.objects.all()
        self.totals: TotalsQuerySet = UserXp.objects.all()
        if span.starts_on:
            mine = {"period": span.name, "starts_on": span.starts_on}
            rows = XpPeriodLeaderboardRow.objects.filter(**mine)
            self.totals = XpPeriodTotal.objects.filter(**mine)
        # A link of last week's board must not go on in this week's.
        name = f"{span.name}:{span.starts_on}"
        super().__init__(rows, order=("-xp", "-user_id"), size=size, name=name)

    def page(self, cursor: str | None = None) -> KeysetPage[Any]:
        """The page a cursor points at, the first one without. Raises InvalidCursor."""
        page = super().page(cursor) if cursor or not self.centre else self.around(*self.centre)
        if page.items:
            self._place(page, at_top=page.previous is None)
            self._tie(page)
        return page

    def xp_of(self, user: User) -> int:
        """A member's XP of the span; 0 without any."""
        return int(self.totals.filter(user_id=user.pk).values_list("xp", flat=True).first() or 0)

    def position_of(self, xp: int) -> Position:
        """The place of that much XP; of a member who is not listed, the place they would have. One query."""
        if xp <= 0:
            return NO_POSITION
        if self.span == ALL_TIME:
            return _position_of_all_time(xp)
        ahead = self.totals.ahead_of(xp)
        return Position(ahead + 1, is_exact=True) if ahead < POSITION_LIMIT else NO_POSITION

    def _place(self, page: KeysetPage[Any], *, at_top: bool) -> None:
        rows = page.items
        first = Position(1, is_exact=True) if at_top else self.position_of(rows[0].xp)
        # Members who share the first row's place may stand on the page before; who comes after the tie counts them too.
        shared = 0 if at_top else self.totals.ahead_in_tie(xp=rows[0].xp, user_id=rows[0].user_id)
        rows[0].is_tied = shared > 0
        position, before = first, rows[0]
        for index, row in enumerate(rows):
            if row.xp < before.xp:
                position = self._later(first, shared + index)
            row.position, row.position_is_exact = position.number, position.is_exact
            before = row

    def _later(self, first: Position, rows: int) -> Position:
        """The position so many rows after another."""
        if first.number is None:
            return NO_POSITION
        number = first.number + rows
        is_exact = first.is_exact and number <= POSITION_LIMIT
        return Position(number, is_exact) if is_exact or self.span == ALL_TIME else NO_POSITION

    def _tie(self, page: KeysetPage[Any]) -> None:
        rows = page.items
        for one, other in pairwise(rows):
            if one.xp == other.xp:
                one.is_tied = other.is_tied = True
        last = rows[-1]
        if page.next and not last.is_tied:
            last.is_tied = (
                page.following.xp == last.xp
                if page.following
                else self.totals.has_more_in_tie(xp=last.xp, user_id=last.user_id)
            )


def _position_of_all_time(xp: int) -> Position:
    low, end = bucket_of(xp)
    with connection.cursor() as cursor:
        cursor.execute(POSITION, {"xp": xp, "low": low, "end": end, "most": POSITION_LIMIT})
        above, ahead, inside = cursor.fetchone()
    if ahead is not None and ahead < POSITION_LIMIT:
        return Position(ahead + 1, is_exact=True)
    if inside is None:
        return NO_POSITION
    return Position(max(above + inside, POSITION_LIMIT) + 1, is_exact=False)
