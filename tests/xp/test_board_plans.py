"""Boards of many members: positions beyond the first 10,000, and work that does not grow with the site."""

from functools import partial

from tests.plans import buffers, counts, plans_of, scans
from tests.threads import together
from xp import services as xp
from xp.boards import XpBoard, span_named
from xp.models import UserXp, XpBoardBucket
from xp.services import boards as keeping
from xp.tasks import build_board_buckets

MEMBERS = 12_000
CURVE = {"xp_levels"}  # a hundred rows
# XP falls like places rise; now and then two tie.
CROWD = """
with made as (
    insert into users (username, email, password, is_superuser, is_staff, is_active, first_name, last_name, about,
            time_zone, theme, hides_balance, hides_from_boards, date_joined)
        select 'member_' || n, n || '@example.com', '!', false, false, true, '', '', '', 'UTC', 'auto', false, false,
            clock()
        from generate_series(%(first)s::int, %(last)s::int) n
        returning user_id, split_part(username, '_', 2)::int as n
), totals as (
    insert into user_xp (user_id, xp) select user_id, 200000000 / (n / 3 * 3 + 1000) from made returning user_id, xp
)
insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
    select 'week', (date_trunc('week', clock(), 'UTC') at time zone 'UTC')::date, user_id, xp, true from totals
"""


def crowd(owner, *, first=1, last=MEMBERS):
    with owner.transaction():
        # Levels and their rewards are another test's subject, and take a minute here.
        owner.execute("alter table user_xp disable trigger user")
        owner.execute(CROWD, {"first": first, "last": last})
        owner.execute("set constraints all immediate")
        owner.execute("alter table user_xp enable trigger user")
    for table in ("users", "user_xp", "xp_period_totals"):
        owner.execute(f"vacuum analyze {table}")


def xp_at(place):
    """XP of the member at that place, ties broken as on the board."""
    return UserXp.objects.listed().values_list("xp", flat=True)[place - 1]


def counted(xp):
    return UserXp.objects.on_board().filter(xp__gt=xp).count() + 1


def test_a_place_has_the_position_of_its_figure_however_far_down(committed_db, owner):
    crowd(owner)
    build_board_buckets()
    for place in (1, 2_000, 10_000, 11_500):
        mine = UserXp.objects.listed().select_related("user")[place - 1]
        found = XpBoard().place_of(mine.user, figure=mine.xp, is_listed=True)
        position = XpBoard().position_of(mine.xp)
        assert (found.position, found.position_is_exact) == (position.number, position.is_exact)


def test_beyond_the_first_ten_thousand_a_position_comes_from_the_last_count(committed_db, owner):
    crowd(owner)
    board = XpBoard()
    deep, exact = xp_at(11_500), xp_at(9_000)
    assert board.position_of(deep).number is None
    build_board_buckets()
    assert (board.position_of(deep).number, board.position_of(deep).is_exact) == (counted(deep), False)
    assert (board.position_of(exact).number, board.position_of(exact).is_exact) == (counted(exact), True)
    every = UserXp.objects.on_board().filter(xp__lt=xp_at(10_001)).values_list("xp", flat=True).distinct()[::25]
    assert [board.position_of(xp).number for xp in every] == [counted(xp) for xp in every]
    # Ten more arrive ahead, uncounted until the next minute; nobody is told a place within the exact ones.
    crowd(owner, first=-30, last=-21)
    assert (board.position_of(deep).number, counted(deep)) == (counted(deep) - 10, counted(deep))
    assert board.position_of(xp_at(10_005)).number > 10_000
    build_board_buckets()
    assert board.position_of(deep).number == counted(deep)


def test_pages_far_down_carry_the_same_positions(committed_db, owner):
    crowd(owner)
    xp.build_board_buckets()
    row = UserXp.objects.listed()[11_000]
    page = XpBoard(size=30, around=(row.xp, row.user_id)).page()
    assert [(each.position, each.position_is_exact) for each in page.items] == [
        (counted(each.xp), False) for each in page.items
    ]
    assert {each.is_tied for each in page.items} == {True}


def test_a_period_knows_no_positions_beyond_the_first_ten_thousand(committed_db, owner):
    crowd(owner)
    xp.build_board_buckets()
    row = UserXp.objects.listed()[9_990]
    page = XpBoard(span_named("week"), size=30, around=(row.xp, row.user_id)).page().items
    everywhere = [counted(each.xp) for each in page]
    assert (min(everywhere) < 10_000 < max(everywhere)) is True
    assert [each.position for each in page] == [place if place <= 10_000 else None for place in everywhere]


def test_hidden_members_are_not_counted_in_buckets(committed_db, owner):
    crowd(owner)
    owner.execute("update user_xp set is_listed = false")
    assert (xp.build_board_buckets(), XpBoardBucket.objects.count()) == (0, 0)


def test_building_twice_at_once_is_building_once(committed_db, owner):
    crowd(owner, last=500)
    built = together([keeping.build_board_buckets] * 8)
    assert len(set(built)) == 1
    assert sum(XpBoardBucket.objects.values_list("members", flat=True)) == 500


def middle(span, row):
    return XpBoard(span, size=25, around=(row.xp, row.user_id)).page()


ASKS = {
    "top": lambda span, row: XpBoard(span, size=25).page(),
    "around": middle,
    "next": lambda span, row: XpBoard(span, size=25).page(middle(span, row).next),
    "previous": lambda span, row: XpBoard(span, size=25).page(middle(span, row).previous),
}


def pages(row):
    """The plans of every page, of all time and of a week."""
    spans = {name: span_named(name) for name in ("all", "week")}
    return {(name, how): plans_of(partial(ask, spans[name], row)) for name in spans for how, ask in ASKS.items()}


def test_a_page_reads_its_rows_and_not_the_board(committed_db, owner):
    """However many members: every row by its index, none of them skipped over."""
    crowd(owner, last=2_000)
    row = UserXp.objects.listed()[1_500]
    few = pages(row)
    crowd(owner, first=2_001, last=MEMBERS)
    for page, many in pages(row).items():
        assert (page, len(many), scans(many) - CURVE) == (page, len(few[page]), set())
        assert buffers(many) <= buffers(few[page]) * 1.3 + 20, page


def test_a_position_counts_no_further_than_it_is_exact(committed_db, owner):
    crowd(owner)
    deep = xp_at(MEMBERS - 10)
    assert counts(plans_of(lambda: XpBoard().position_of(deep))) <= 10_000


def test_far_down_a_position_counts_its_own_bucket_only(committed_db, owner):
    crowd(owner)
    xp.build_board_buckets()
    owner.execute("vacuum analyze xp_board_buckets")
    deep = xp_at(MEMBERS - 10)
    (plan,) = plans_of(lambda: XpBoard().position_of(deep))
    assert (counts([plan]) < 200, buffers([plan]) <= 30) == (True, True)
