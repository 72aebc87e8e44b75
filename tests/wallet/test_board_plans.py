"""DGT boards of many members: work that does not grow with the site."""

from functools import partial

from django.db import connection

from degentalk.accounts.models import User
from tests import make
from tests.plans import buffers, counts, plans_of, scans
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.boards import KINDS, DgtBoard
from wallet.models import DgtBoardRow

MEMBERS = 12_000
# DGT falls like places rise; now and then two tie, and every tenth member hides.
CROWD = """
with made as (
    insert into users (username, email, password, is_superuser, is_staff, is_active, first_name, last_name, about,
            time_zone, theme, hides_balance, hides_from_boards, date_joined)
        select 'member_' || n, n || '@example.com', '!', false, false, true, '', '', '', 'UTC', 'auto', n %% 10 = 0,
            false, clock()
        from generate_series(%(first)s::int, %(last)s::int) n
        returning user_id, split_part(username, '_', 2)::int as n, hides_balance
)
insert into dgt_board (user_id, balance, earned, spent, is_listed)
    select user_id, dgt, dgt * 2, dgt / 2, not hides_balance
    from (select user_id, 200000000 / (n / 3 * 3 + 1000) as dgt, hides_balance from made) crowd
"""


def crowd(owner, *, first=1, last=MEMBERS):
    owner.execute(CROWD, {"first": first, "last": last})
    for table in ("users", "dgt_board"):
        owner.execute(f"vacuum analyze {table}")


def row_at(kind, place):
    """Figure and id of the member there, as the board orders them."""
    rows = DgtBoardRow.objects.listed(kind.name).order_by(f"-{kind.name}", "-user_id")
    return rows.values_list(kind.name, "user_id")[place - 1]


def middle(kind, row):
    return DgtBoard(kind, size=25, around=row).page()


ASKS = {
    "top": lambda kind, row: DgtBoard(kind, size=25).page(),
    "around": middle,
    "next": lambda kind, row: DgtBoard(kind, size=25).page(middle(kind, row).next),
    "previous": lambda kind, row: DgtBoard(kind, size=25).page(middle(kind, row).previous),
}


def pages():
    """The plans of every page of every board."""
    rows = {name: row_at(kind, 1_500) for name, kind in KINDS.items()}
    return {(name, how): plans_of(partial(ask, KINDS[name], rows[name])) for name in KINDS for how, ask in ASKS.items()}


def test_a_page_reads_its_rows_and_not_the_board(committed_db, owner):
    """However many members: every row by its index, none of them skipped over."""
    crowd(owner, last=2_000)
    few = pages()
    crowd(owner, first=2_001, last=MEMBERS)
    for page, many in pages().items():
        assert (page, len(many), scans(many)) == (page, len(few[page]), set())
        assert buffers(many) <= buffers(few[page]) * 1.3 + 20, page


def test_a_position_counts_no_further_than_it_is_exact(committed_db, owner):
    crowd(owner)
    for kind in KINDS.values():
        figure, _user_id = row_at(kind, 10_500)
        (plan,) = plans_of(partial(DgtBoard(kind).position_of, figure))
        assert counts([plan]) <= 10_000


def test_a_place_costs_a_few_looks_at_the_index_more_than_its_position(committed_db, owner):
    crowd(owner)
    figure, user_id = row_at(KINDS["balance"], 5_000)
    member = User.objects.get(pk=user_id)
    (position,) = plans_of(lambda: DgtBoard().position_of(figure))
    (place,) = plans_of(lambda: DgtBoard().place_of(member, figure=figure, is_listed=True))
    assert (scans([place]), buffers([place]) <= buffers([position]) + 20) == (set(), True)


LEDGER = """
select dgt_post(
    'credit', 'gift:' || n, array [null, %s]::bigint[], array ['rewards', 'member'], array [-1, 1]::bigint[], ''
) from generate_series(1, 3000) n
"""
READ = """
select sum(seq_tup_read)::int, sum(idx_tup_fetch)::int from pg_stat_user_tables
    where relname in ('dgt_journal', 'dgt_transactions')
"""


def read_of_the_ledger():
    """Rows of the ledger that were read so far, from end to end and by an index."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute(READ)
        return cursor.fetchone()


def test_a_refresh_reads_the_journals_that_are_new_and_no_others(committed_db, owner):
    """However long the ledger is: the range of transactions is entered by its index, entries by their journal."""
    alice = make.user("alice")
    owner.execute(LEDGER, [alice.pk])
    wallet.refresh_board()
    for table in ("dgt_journal", "dgt_transactions"):
        owner.execute(f"vacuum analyze {table}")
    for number in range(3):
        give(alice, 1, key=f"new:{number}")
    through, fetched = read_of_the_ledger()
    assert wallet.refresh_board() == 1
    through_after, fetched_after = read_of_the_ledger()
    assert (through_after - through, fetched_after - fetched <= 3 * 4) == (0, True)
