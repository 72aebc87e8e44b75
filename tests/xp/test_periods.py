"""The running UTC day, week and month: the same for the rules, the database and the boards."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from degentalk.accounts import services as accounts
from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from tests import make
from xp import services as xp
from xp.boards import UnknownPeriod, XpBoard, span_named
from xp.models import XpAction, XpPeriodTotal
from xp.rules import ALL_TIME, SPANS, bucket_of, span_at
from xp.rules.periods import PERIODS

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)

MOMENTS = st.datetimes(
    datetime(1995, 1, 1),  # noqa: DTZ001 the zones come from the strategy
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]),
)


def write(user, number):
    return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


def board(name):
    return {row.username: row.xp for row in XpBoard(span_named(name)).page().items}


def boards():
    return {name: board(name) for name in SPANS}


@pytest.fixture
def alice(db):
    XpAction.objects.update(cooldown_seconds=0)
    rulebook.publish(actor=None, reason="test")
    return make.user("alice", date_joined=MONDAY - timedelta(days=90))


@given(moment=MOMENTS, name=st.sampled_from(PERIODS))
def test_a_moment_belongs_to_its_span_and_spans_join_without_gaps(moment, name):
    span = span_at(name, moment)
    assert span.starts_at <= moment < span.ends_at
    assert span_at(name, span.ends_at).starts_at == span.ends_at
    assert span_at(name, span.starts_at - INSTANT).ends_at == span.starts_at


@pytest.mark.django_db
def test_spans_are_those_the_database_keeps_totals_of():
    moments = [datetime(2027, 12, 27, tzinfo=UTC) + timedelta(hours=7 * hours) for hours in range(400)]  # a leap year
    with connection.cursor() as cursor:
        for name in PERIODS:
            cursor.execute(
                "select (date_trunc(%s, m, 'UTC') at time zone 'UTC')::date from unnest(%s::timestamptz[]) m",
                [name, moments],
            )
            kept = [row[0] for row in cursor.fetchall()]
            assert kept == [span_at(name, moment).starts_on for moment in moments]


def test_all_time_has_no_boundaries():
    assert (span_at("all", MONDAY), ALL_TIME.starts_on) == (ALL_TIME, None)


@pytest.mark.django_db
def test_a_board_that_does_not_exist_is_refused():
    with pytest.raises(UnknownPeriod):
        span_named("year")


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (MONDAY - INSTANT, {"all": {"alice": 10}, "month": {"alice": 10}, "week": {"alice": 10}, "day": {"alice": 10}}),
        (MONDAY, {"all": {"alice": 10}, "month": {"alice": 10}, "week": {}, "day": {}}),
    ],
)
def test_a_week_ends_with_the_last_instant_of_sunday(alice, moment, shown):
    with clock.at(MONDAY - timedelta(hours=1)):
        write(alice, 1)
    with clock.at(moment):
        assert boards() == shown


def test_a14_what_is_taken_back_leaves_the_periods_it_was_granted_in(alice):
    """Also weeks later: the running periods lose nothing that was not theirs."""
    with clock.at(MONDAY):
        write(alice, 1)
        write(alice, 2)
    with clock.at(MONDAY + timedelta(days=1)):
        write(alice, 3)
        xp.reverse(because="post_hidden:1", causes=[("post", 1)])
        assert boards() == {
            "all": {"alice": 20}, "month": {"alice": 20}, "week": {"alice": 20}, "day": {"alice": 10},
        }  # fmt: skip
        xp.reverse(because="post_hidden:3", causes=[("post", 3)])
        assert (board("day"), board("week")) == ({}, {"alice": 10})
        xp.restore(because="post_hidden:3")
        assert (board("day"), board("week")) == ({"alice": 10}, {"alice": 20})


def test_a14_what_one_person_earned_from_their_own_accounts_is_on_no_board(alice):
    second = make.verified(make.user("alice_again"))
    with clock.at(MONDAY):
        write(alice, 1)
        xp.award(user=alice, action="like_received", key="like:1:2", cause=("post", 1), giver=second)
        assert board("week") == {"alice": 14}
        accounts.declare_one_person(
            user=alice, other=second, actor=make.user("moderator", is_superuser=True), reason="Same device"
        )
        assert boards() == {name: {"alice": 10} for name in SPANS}
        accounts.withdraw_one_person(
            user=second, actor=make.user("another", is_superuser=True), reason="A sister after all"
        )
        assert boards() == {name: {"alice": 14} for name in SPANS}


def test_who_hides_keeps_earning_and_comes_back_with_all_of_it(alice):
    write(alice, 1)
    alice.hides_from_boards = True
    alice.save()
    write(alice, 2)
    assert boards() == {name: {} for name in SPANS}
    alice.hides_from_boards = False
    alice.save()
    assert boards() == {name: {"alice": 20} for name in SPANS}


def test_a_suspended_member_is_on_no_board(alice):
    write(alice, 1)
    alice.is_active = False
    alice.save()
    assert boards() == {name: {} for name in SPANS}


# ── what is forgotten ───────────────────────────────────────────────────────────────────────────────────────────────


def test_totals_are_forgotten_when_their_time_is_over_and_not_before(alice):
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
    for days in (0, 8, 9, 37, 38, 44, 400, 430, 500):
        with clock.at(now - timedelta(days=days)):
            write(alice, days)
    with clock.at(now):
        forgotten = xp.forget_periods()
        kept = {name: set() for name in PERIODS}
        for total in XpPeriodTotal.objects.all():
            kept[total.period].add(total.starts_on)
        assert kept == {
            "day": {date(2026, 11, 18), date(2026, 11, 10)},
            "week": {date(2026, 11, 16), date(2026, 11, 9), date(2026, 10, 12)},
            "month": {date(2026, 11, 1), date(2026, 10, 1), date(2025, 10, 1)},
        }
        assert (forgotten > 0, xp.forget_periods()) == (True, 0)
        assert board("all") == {"alice": 90}


def test_what_is_taken_back_after_its_period_was_forgotten_shows_nowhere(alice):
    now = datetime(2026, 11, 18, tzinfo=UTC)
    with clock.at(now - timedelta(days=500)):
        write(alice, 1)
    with clock.at(now):
        write(alice, 2)
        xp.forget_periods()
        xp.reverse(because="post_hidden:1", causes=[("post", 1)])
        assert boards() == {name: {"alice": 10} for name in SPANS}
        xp.forget_periods()
        assert set(XpPeriodTotal.objects.values_list("xp", flat=True)) == {10}


# ── buckets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(xp=st.integers(min_value=1, max_value=2**62))
def test_a_bucket_holds_its_xp_and_is_at_most_a_256th_of_it_wide(xp):
    low, end = bucket_of(xp)
    assert low <= xp < end
    assert (end - low) * 256 <= max(xp, 256)
    assert (bucket_of(low), bucket_of(end - 1), bucket_of(end)[0]) == ((low, end), (low, end), end)


def test_the_database_knows_the_same_buckets(owner):
    powers = [2**power + change for power in range(62) for change in (-1, 0, 1)]
    some = [value for value in {*powers, *range(1, 2_000), *(7**power for power in range(22))} if value > 0]
    found = owner.execute("select v, xp_bucket(v) from unnest(%s::bigint[]) v", [some]).fetchall()
    assert [(value, low) for value, low in found if low != bucket_of(value)[0]] == []
