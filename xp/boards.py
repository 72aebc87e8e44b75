"""The XP leaderboard in pages, each row with its position."""

from collections.abc import Sequence

from degentalk.core.keyset import Keyset, KeysetPage
from xp.models import POSITION_LIMIT, UserXp, XpLeaderboardRow

PAGE_SIZE = 50


class XpBoard(Keyset[XpLeaderboardRow]):
    """Listed members with XP, most first. Each row carries its `position`.

    Ties share a place; beyond the first 10,000 it is None. The first page takes one query; the others take two more,
    counts of at most 10,000 index entries.
    """

    def __init__(self, *, size: int = PAGE_SIZE) -> None:
        super().__init__(XpLeaderboardRow.objects.all(), order=("-xp", "-user_id"), size=size)

    def page(self, cursor: str | None = None) -> KeysetPage[XpLeaderboardRow]:
        """The page a cursor points at, the first one without. Raises InvalidCursor."""
        page = super().page(cursor)
        if page.items:
            _place(page.items, at_top=not cursor)
        return page


def _place(rows: Sequence[XpLeaderboardRow], *, at_top: bool) -> None:
    position = 1 if at_top else UserXp.objects.position_of(rows[0].xp)
    # Members who share the first row's place may stand on the page before; who comes after the tie counts them too.
    tied = 0 if at_top else _tied_ahead(rows[0])
    ahead = None if position is None else position - 1 + tied
    before = rows[0]
    for index, row in enumerate(rows):
        if row.xp < before.xp:
            position = None if ahead is None or ahead + index >= POSITION_LIMIT else ahead + index + 1
        row.position = position
        before = row


def _tied_ahead(row: XpLeaderboardRow) -> int:
    tied = UserXp.objects.listed().filter(xp=row.xp, user_id__gt=row.user_id)
    return tied[:POSITION_LIMIT].count()
