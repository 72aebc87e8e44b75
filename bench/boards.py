"""Boards at two sizes: what a page and a position cost must not grow with the number of members."""

import gc
import random
import statistics
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection, connections

from wallet import services as wallet
from wallet.boards import SPENT, DgtBoard
from wallet.models import DgtBoardRow
from xp import services as xp
from xp.boards import XpBoard, span_named
from xp.models import UserXp
from xp.rules import ALL_TIME, Span

OWNER = "owner"
SIZES = (10_000, 1_000_000)
CALLS = 200
TOUCHED = 1_000
REFRESHES = 9

# XP falls steeply with the place, as where few write much; every third member ties with two others.
CROWD = """
with made as (
    insert into users (username, email, password, is_superuser, is_staff, is_active, first_name, last_name, about,
            time_zone, theme, hides_balance, hides_from_boards, date_joined)
        select 'crowd_' || n, 'crowd_' || n || '@example.com', '!', false, false, true, '', '', '', 'UTC', 'auto',
            false, false, clock()
        from generate_series(%s::int, %s::int) n
        returning user_id, split_part(username, '_', 2)::int as n
), totals as (
    insert into user_xp (user_id, xp) select user_id, 40000000000 / (n / 3 * 3 + 20000) from made returning user_id, xp
)
insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
    select 'week', (date_trunc('week', clock(), 'UTC') at time zone 'UTC')::date, user_id, xp, true from totals
"""

WALLETS = """
insert into user_wallet (user_id, dgt_balance, lifetime_earned, lifetime_spent)
    select user_id, xp, xp * 2, xp / 2 from user_xp on conflict do nothing
"""
# Every one of them by the door, so that each has a journal of its own.
TOUCH = """
select count(dgt_post('credit', gen_random_uuid()::text, array [null, user_id], array ['rewards', 'member'],
    array [-1, 1]::bigint[], 'bench'))
    from (select user_id from user_wallet order by random() limit %s) chosen
"""


def measure() -> None:
    """Print the median of each read at each size, in milliseconds, and the ratio of the last size to the first."""
    medians: dict[str, list[float]] = {}
    before = 0
    for size in SIZES:
        _grow(before + 1, size)
        before = size
        started = time.perf_counter()
        xp.build_board_buckets()
        medians.setdefault("count of all members", []).append((time.perf_counter() - started) * 1000)
        medians.setdefault("DGT: refresh, all wallets", []).append(_first_refresh())
        medians.setdefault(f"DGT: refresh, {TOUCHED:,} touched", []).append(_refresh())
        for label, read in _reads().items():
            medians.setdefault(label, []).append(_median(read))
    print(f"\nboards of {' and '.join(f'{size:,}' for size in SIZES)} members, ms (median of {CALLS} calls), ratio")
    for label, (small, *_between, large) in medians.items():
        print(f"  {label:34} {small:8.2f} {large:8.2f}  {large / small:5.2f}")


def _reads() -> dict[str, Callable[[], object]]:
    # A few of all: a million tuples in memory would cost every call a walk of the garbage collector.
    rows = random.sample(list(UserXp.objects.listed().values_list("xp", "user_id")), 1_000)
    dgt_rows = random.sample(list(DgtBoardRow.objects.listed("spent").values_list("spent", "user_id")), 1_000)
    gc.collect()
    week = span_named("week")

    def anyone() -> tuple[int, int]:
        return random.choice(rows)

    def around(span: Span) -> object:
        return XpBoard(span, around=anyone()).page()

    return {
        "select 1": _select_one,
        "all time, top": lambda: XpBoard().page(),
        "all time, around anyone": lambda: around(ALL_TIME),
        "all time, position of anyone": lambda: XpBoard().position_of(anyone()[0]),
        "week, top": lambda: XpBoard(week).page(),
        "week, around anyone": lambda: around(week),
        "DGT, top": lambda: DgtBoard().page(),
        "DGT spent, around anyone": lambda: DgtBoard(SPENT, around=random.choice(dgt_rows)).page(),
        "DGT spent, position of anyone": lambda: DgtBoard(SPENT).position_of(random.choice(dgt_rows)[0]),
    }


def _first_refresh() -> float:
    """All wallets anew, in parts."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("update dgt_board_refresh set epoch = 0")
        started = time.perf_counter()
        wallet.refresh_board()
        took = time.perf_counter() - started
        cursor.execute("vacuum analyze dgt_board")
    return took * 1000


def _refresh() -> float:
    """The beat task's work after so many wallets moved."""
    times = []
    for _call in range(REFRESHES):
        with connections[OWNER].cursor() as cursor:
            cursor.execute(TOUCH, [TOUCHED])
        started = time.perf_counter()
        wallet.refresh_board()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def _median(read: Callable[[], object]) -> float:
    times = []
    for _call in range(CALLS):
        started = time.perf_counter()
        read()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _grow(first: int, last: int) -> None:
    connections.databases[OWNER] = {**connections.databases["default"], **settings.DATABASE_OWNER}
    with connections[OWNER].cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        # Levels, and the rewards of a hundred of them for each member, are measured elsewhere.
        cursor.execute("alter table user_xp disable trigger user")
        cursor.execute(CROWD, [first, last])
        cursor.execute("alter table user_xp enable trigger user")
        cursor.execute(WALLETS)
        for table in ("users", "user_xp", "xp_period_totals", "user_wallet"):
            cursor.execute(f"vacuum analyze {table}")
