"""What the last 30 days would have earned on each path: the same rules, replayed; nothing is written."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from paths.models import XpPath
from tests import make
from tests.xp.test_path_shares import a_path, choose, publish, write
from xp import rules
from xp import services as xp
from xp.models import UserXp, XpAction, XpLog


@pytest.fixture
def alice(db):
    XpPath.objects.all().update(is_active=False)
    publish()
    return make.user("alice")


def test_without_awards_every_path_earned_nothing(alice):
    a_path("test-sage", post_created=15_000)
    assert xp.forecast(alice) == xp.Forecast(awards=0, earned=0, without=0, by_path={"test-sage": 0})


def test_each_path_says_what_the_same_days_would_have_earned(alice):
    a_path("test-sage", post_created=15_000)
    a_path("test-host", thread_created=20_000, post_created=5_000)
    write(alice, 1), write(alice, 2)
    xp.award(user=alice, action="thread_created", key="thread:1", cause=("thread", 1))
    assert xp.forecast(alice) == xp.Forecast(
        awards=3, earned=40, without=40, by_path={"test-sage": 50, "test-host": 50}
    )


def test_ones_own_path_reads_as_it_was(alice):
    choose(alice, a_path("test-sage", post_created=15_000))
    write(alice, 1)
    told = xp.forecast(alice)
    assert (told.earned, told.without, told.by_path) == (15, 10, {"test-sage": 15})


def test_caps_are_judged_anew(alice):
    XpAction.objects.filter(name="post_created").update(daily_cap_xp=35)
    a_path("test-sage", post_created=20_000), a_path("test-slow", post_created=5_000)
    for number in range(3):
        write(alice, number)
    assert xp.forecast(alice).by_path == {"test-sage": 35, "test-slow": 15}


def test_a_boost_counts_as_it_did(alice):
    a_path("test-sage", post_created=15_000)
    now = clock.database_time()
    xp.grant_boost(
        user=alice, multiplier_bps=20_000, starts_at=now, ends_at=now + timedelta(hours=1), source="test_boost:1"
    )
    write(alice, 1)
    told = xp.forecast(alice)
    assert (told.earned, told.without, told.by_path) == (20, 20, {"test-sage": 30})


def test_what_was_taken_back_adjusted_or_is_older_stays_out(alice):
    a_path("test-sage", post_created=15_000)
    with clock.at(clock.database_time() - timedelta(days=31)):
        write(alice, 1)
    write(alice, 2), write(alice, 3)
    xp.reverse(because="post_hidden:2", causes=[("post", 2)], reason="Spam")
    xp.adjust(user=alice, points=500, reason="A gift", actor=make.user("root"), key="adjustment:1")
    assert xp.forecast(alice) == xp.Forecast(awards=1, earned=10, without=10, by_path={"test-sage": 15})


def test_tips_count_by_amount_and_pair(alice):
    bob = make.verified(make.user("bob"))
    make.verified(alice)
    a_path("test-whale", tip_given=20_000)
    for number in (1, 2):
        xp.award_tip(giver=alice, receiver=bob, amount=13, key=f"tip:{number}", cause=("tip", number))
    told = xp.forecast(alice)
    assert (told.earned, told.without, told.by_path) == (5, 5, {"test-whale": 10})


def test_a_paused_path_is_not_forecast(alice):
    XpPath.objects.filter(pk=a_path("test-sage").pk).update(is_active=False)
    publish()
    assert xp.forecast(alice).by_path == {}


def test_it_writes_nothing_and_asks_as_much_however_many_paths(alice):
    def asked():
        rulebook.current()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            xp.forecast(alice)
        return len(queries)

    write(alice, 1)
    first = asked()
    for number in range(4):
        a_path(f"test-{number}", post_created=15_000)
        write(alice, 10 + number)
    before = (XpLog.objects.count(), UserXp.objects.of(alice).xp)
    assert asked() == first
    assert (XpLog.objects.count(), UserXp.objects.of(alice).xp) == before


RULES = {
    "xp": {
        "actions": {"post": {"label": "", "base": 10, "cooldown_seconds": 0, "is_enabled": True, "daily_cap_xp": 100}},
        "events": {},
    }
}


@given(
    hours=st.lists(st.integers(0, 24 * 40), max_size=40),
    bps=st.integers(5_000, 30_000),
    more=st.integers(0, 5_000),
)
def test_a_path_that_multiplies_more_never_earns_less(hours, bps, more):
    monday = datetime(2026, 11, 2, tzinfo=UTC)
    past = [rules.Past("post", monday + timedelta(hours=hour), base=10) for hour in sorted(hours)]

    def earned(basis_points):
        return rules.replay(RULES, past, lambda _action: rules.Multiplier("path:p", basis_points), since=monday)

    assert earned(bps) <= earned(bps + more)
    days = {hour // 24 for hour in hours}
    assert earned(bps) <= 100 * len(days)
