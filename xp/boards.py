"""XP leaderboards in pages, each row with its position: all time, and the running UTC month, week and day."""

from typing import Any

from django.core.exceptions import BadRequest
from django.db import connection
from django.db.models.expressions import Combinable, RawSQL
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.boards import NO_POSITION, PAGE_SIZE, POSITION_LIMIT, Board, Centre, Position
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import MemberError
from xp.models import TotalsQuerySet, UserXp, XpLeaderboardRow, XpPeriodLeaderboardRow, XpPeriodTotal
from xp.rules import ALL_TIME, SPANS, Span, bucket_of, span_at


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
    select coalesce((select ahead + members from xp_board_buckets where low > %s order by low limit 1), 0) as above
)
select array[above,
    case when above < %s * 1.1 then
        (select count(*) from (select from user_xp where is_listed and xp > %s limit %s) ahead)
    end,
    case when above > %s * 0.5 then
        (select count(*) from (select from user_xp where is_listed and xp > %s and xp < %s limit %s) inside)
    end]
from buckets
"""


class XpBoard(Board):
    """Listed members with XP in a span, most first. On the board of all time no place is unknown."""

    def __init__(self, span: Span = ALL_TIME, *, size: int = PAGE_SIZE, around: Centre | None = None) -> None:
        self.span = span
        self.tells_far_places = span == ALL_TIME
        rows: Any = XpLeaderboardRow.objects.all()
        self.totals: TotalsQuerySet = UserXp.objects.all()
        if span.starts_on:
            mine = {"period": span.name, "starts_on": span.starts_on}
            rows = XpPeriodLeaderboardRow.objects.filter(**mine)
            self.totals = XpPeriodTotal.objects.filter(**mine)
        # A link of last week's board must not go on in this week's.
        name = f"{span.name}:{span.starts_on}"
        super().__init__(rows, self.totals.on_board(), figure="xp", name=name, size=size, around=around)

    def xp_of(self, user: User) -> int:
        """A member's XP of the span; 0 without any."""
        return int(self.totals.filter(user_id=user.pk).values_list("xp", flat=True).first() or 0)

    def position_of(self, figure: int) -> Position:
        """The place of that much XP; of a member who is not listed, the place they would have. One query."""
        if not self._has_buckets(figure):
            return super().position_of(figure)
        with connection.cursor() as cursor:
            cursor.execute(POSITION, _asked(figure))
            return self._position(figure, cursor.fetchone()[0])

    def _counted(self, figure: int) -> Combinable:
        if not self._has_buckets(figure):
            return super()._counted(figure)
        return RawSQL(POSITION, _asked(figure))  # noqa: S611 our own constant

    def _position(self, figure: int, counted: Any) -> Position:
        if not self._has_buckets(figure):
            return super()._position(figure, counted)
        above, ahead, inside = counted
        if ahead is not None and ahead < POSITION_LIMIT:
            return Position(ahead + 1, is_exact=True)
        if inside is None:
            return NO_POSITION
        return Position(max(above + inside, POSITION_LIMIT) + 1, is_exact=False)

    def _has_buckets(self, figure: int) -> bool:
        return figure > 0 and self.tells_far_places


def _asked(xp: int) -> list[int]:
    """The parameters of POSITION."""
    low, end = bucket_of(xp)
    return [low, POSITION_LIMIT, xp, POSITION_LIMIT, POSITION_LIMIT, xp, end, POSITION_LIMIT]
