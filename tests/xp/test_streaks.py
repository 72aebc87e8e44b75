"""Streaks as members read them."""

from datetime import date, timedelta

import pytest

from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from tests import make
from tests.xp.test_visits import MONDAY, move, visits
from xp import services as xp
from xp.models import StreakMilestone
from xp.streaks import Mark, Milestone, streak_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db):
    return make.user("alice")


def shown(user, days):
    with clock.at(MONDAY + timedelta(days=days)):
        return streak_of(user)


def marks(streak):
    """The row as one letter a day: v visit, f freeze, b bridge, m missed, o open; a dot before the first visit."""
    return "".join("." if day.mark == Mark.BEFORE else day.mark[0] for day in streak.days)


def test_before_the_first_visit_there_is_nothing_but_today(alice):
    streak = shown(alice, 0)
    assert (streak.is_new, streak.current, streak.longest, streak.visited_today) == (True, 0, 0, False)
    assert marks(streak) == "." * 13 + "o"
    assert streak.milestone == Milestone(days=3, points=15, to_go=3)


def test_two_weeks_are_shown_today_last(alice):
    xp.grant_streak_freeze(user=alice, source="test:1")
    visits(alice, 0, 1, 3, 5, 6, 7)
    streak = shown(alice, 7)
    assert marks(streak) == "......vvfvmvvv"
    assert (streak.current, streak.longest, streak.visited_today, streak.freezes) == (3, 3, True, 0)
    assert (streak.days[-1].day, streak.days[-1].is_today) == (date(2026, 12, 7), True)
    assert [day.is_today for day in streak.days].count(True) == 1


def test_a_streak_that_today_can_go_on_is_alive_and_open(alice):
    visits(alice, 0, 1)
    streak = shown(alice, 2)
    assert (streak.current, streak.visited_today, streak.ended_at, marks(streak)[-3:]) == (2, False, 0, "vvo")


def test_a_streak_that_freezes_can_save_is_alive(alice):
    xp.grant_streak_freeze(user=alice, source="test:1")
    visits(alice, 0, 1)
    assert [(shown(alice, day).current, shown(alice, day).ended_at) for day in (3, 4)] == [(2, 0), (0, 2)]


def test_a_streak_that_broke_says_how_long_it_was(alice):
    visits(alice, 0, 1)
    streak = shown(alice, 3)
    assert (streak.current, streak.ended_at, streak.longest, marks(streak)[-4:]) == (0, 2, 2, "vvmo")


def test_missed_days_reach_back_beyond_the_row(alice):
    visits(alice, 0, 30)
    assert marks(shown(alice, 30)) == "m" * 13 + "v"


def test_a_move_east_is_a_bridge_and_a_move_west_takes_no_day_away(alice):
    visits(alice, 0)
    move(alice, "Pacific/Kiritimati")
    east = shown(alice, 0)
    assert (marks(east)[-2:], east.visited_today, east.current) == ("vb", True, 1)
    move(alice, "Etc/GMT+12", 1, hour=13)
    west = shown(alice, 1)
    assert (marks(west)[-2:], west.visited_today, west.current) == ("vb", True, 1)


def test_the_next_milestone_is_the_next_that_pays(alice):
    StreakMilestone.objects.filter(days=7).update(xp=0)
    rulebook.publish(actor=None, reason="test")
    rulebook.forget()
    visits(alice, 0, 1, 2)
    assert shown(alice, 2).milestone == Milestone(days=14, points=80, to_go=11)


def test_after_the_last_milestone_there_is_none(alice):
    StreakMilestone.objects.exclude(days=3).delete()
    rulebook.publish(actor=None, reason="test")
    rulebook.forget()
    visits(alice, 0, 1, 2)
    assert shown(alice, 2).milestone is None


def test_it_costs_one_query(alice, django_assert_num_queries):
    visits(alice, *range(20))
    rulebook.recent()
    with django_assert_num_queries(1):
        streak_of(alice)
