"""Daily visits: counted once a local day by the database's time, with streaks, freezes, milestones and moves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.core.errors import KeyReused, Refused
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import StreakDay, StreakFreeze, StreakMilestone, UserStreak, UserXp, XpAction, XpLog

MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def at(days, hour=12):
    """So many days after that Monday, at that hour in UTC."""
    return MONDAY.replace(hour=hour) + days * DAY


def visit(user, days=0, hour=12):
    with clock.at(at(days, hour)):
        return xp.visit(user=user)


def visits(user, *days):
    return [visit(user, day) for day in days]


def move(user, zone, days=0, hour=12):
    """Change the time zone as the settings page does, but without a request that would count as a visit."""
    user.refresh_from_db()
    kept = {name: getattr(user, name) for name in ("about", "theme", "hides_balance", "hides_from_boards")}
    with clock.at(at(days, hour)):
        accounts.change_settings(user=user, time_zone=zone, **kept)


def streak(user):
    return UserStreak.objects.of(user).current


def kinds(user):
    """The member's days since that Monday, and what they are."""
    rows = StreakDay.objects.of(user).values_list("day", "kind")
    return {(day - MONDAY.date()).days: kind for day, kind in rows}


def earned(user, action="daily_login"):
    return [row.xp_awarded for row in XpLog.objects.of(user).filter(action__name=action).order_by("id")]


def publish():
    rulebook.publish(actor=None, reason="a test")


@pytest.fixture
def alice(db):
    return make.user("alice")


# ── Once a day ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_visit_of_a_day_counts_and_earns(alice):
    counted = visit(alice)
    assert (counted.day, counted.streak, counted.daily.points, counted.milestone) == (date(2026, 11, 30), 1, 10, None)
    row = XpLog.objects.get()
    assert (row.key, row.cause_type, row.cause_id) == (f"login:{alice.pk}:2026-11-30", "day", "2026-11-30")


def test_the_same_day_counts_once(alice):
    assert [bool(visit(alice, hour=hour)) for hour in (0, 12, 23)] == [True, False, False]
    assert (streak(alice), earned(alice)) == (1, [10])


@pytest.mark.django_db
def test_a8_a_day_ends_at_midnight_of_the_member_by_the_databases_time():
    bob = make.user("bob", time_zone="America/Los_Angeles")
    assert visit(bob, 0, hour=7).day == date(2026, 11, 29)  # 23:00 there
    assert visit(bob, 0, hour=8).day == date(2026, 11, 30)
    assert visit(bob, 1, hour=7) is None
    assert visit(bob, 1, hour=8).day == date(2026, 12, 1)


def test_a7_fifty_first_requests_at_once_count_once(committed_db):
    alice = make.user("alice")
    counted = together([lambda: xp.visit(user=alice)] * 50)
    assert len([visit for visit in counted if visit]) == 1
    assert (UserXp.objects.get().xp, XpLog.objects.count(), StreakDay.objects.count(), streak(alice)) == (10, 1, 1, 1)


def test_a7_visits_and_a_change_of_zone_at_once_neither_break_nor_double(committed_db):
    """Ten members visit and move east over midnight at the same moment, in whatever order the locks allow."""
    members = [make.user(f"member_{number}", time_zone="Etc/GMT+12") for number in range(10)]
    for member in members:
        xp.visit(user=member)
    first = StreakDay.objects.get(user=members[0]).day

    def go_east(member):
        kept = {name: getattr(member, name) for name in ("about", "theme", "hides_balance", "hides_from_boards")}
        accounts.change_settings(user=member, time_zone="Etc/GMT-14", **kept)

    calls = [lambda member=member: go_east(member) for member in members]
    calls += [lambda member=member: xp.visit(user=member) for member in members * 3]
    together(calls)
    for member in members:
        days = list(StreakDay.objects.of(member).values_list("day", "kind"))
        assert [kind for _day, kind in days].count("visit") == 1
        assert [day for day, _kind in days] == [first + number * DAY for number in range(len(days))]
        assert (streak(member), len(days)) == (1, len(days))


def test_a_suspended_member_visits_nothing(alice):
    alice.is_active = False
    alice.save()
    assert visit(alice) is None
    assert not StreakDay.objects.exists()


def test_without_xp_for_visits_the_streak_still_counts(alice):
    XpAction.objects.filter(name="daily_login").update(is_enabled=False)
    publish()
    first, second = visits(alice, 0, 1)
    assert (first.daily.refused, first.daily.points, second.streak) == ("switched-off", 0, 2)
    assert visit(alice, 1) is None


# ── Streaks and milestones ──────────────────────────────────────────────────────────────────────────────────────────


def test_days_in_a_row_are_a_streak(alice):
    assert [counted.streak for counted in visits(alice, 0, 1, 2)] == [1, 2, 3]


def test_a_missed_day_starts_it_again_and_the_longest_stays(alice):
    assert [counted.streak for counted in visits(alice, 0, 1, 3)] == [1, 2, 1]
    assert UserStreak.objects.of(alice).longest == 2


def test_a_milestone_pays_what_the_rules_say_for_its_length(alice):
    counted = visits(alice, *range(7))
    assert {day.streak: day.milestone.points for day in counted if day.milestone} == {3: 15, 7: 40}
    assert [len(day.gains) for day in counted] == [1, 1, 2, 1, 1, 1, 2]
    row = XpLog.objects.get(key=f"streak:{alice.pk}:2026-12-06")
    assert (row.cause_type, row.cause_id, row.why.base) == ("day", "2026-12-06", 40)


def test_milestones_are_rules(alice):
    StreakMilestone.objects.all().delete()
    StreakMilestone.objects.create(days=2, xp=5)
    publish()
    assert [counted.milestone and counted.milestone.points for counted in visits(alice, 0, 1, 2)] == [None, 5, None]


def test_a_milestone_reached_again_after_a_break_pays_again(alice):
    visits(alice, 0, 1, 2, 4, 5, 6)
    assert earned(alice, "streak_maintained") == [15, 15]


def test_days_are_facts_that_nobody_rewrites(alice):
    visit(alice)
    for change in (lambda: StreakDay.objects.update(kind="freeze"), lambda: StreakDay.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a13_the_days_alone_rebuild_the_streak(alice):
    xp.grant_streak_freeze(user=alice, source="test:1")
    visits(alice, 0, 1, 3, 4, 8, 9)
    move(alice, "Pacific/Kiritimati", 9)
    days = StreakDay.objects.of(alice)
    assert xp.streak_from_days(days) == UserStreak.objects.of(alice).facts
    assert xp.streak_from_days(days.filter(day__lte=date(2026, 12, 4))).current == 4


# ── Freezes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_freezes_are_used_by_themselves_the_oldest_for_the_first_day(alice):
    freezes = [xp.grant_streak_freeze(user=alice, source=f"test:{number}") for number in (1, 2, 3)]
    _first, counted = visits(alice, 0, 3)
    assert (counted.streak, counted.frozen) == (2, (date(2026, 12, 1), date(2026, 12, 2)))
    used = [StreakFreeze.objects.get(pk=freeze.pk).used_for for freeze in freezes]
    assert used == [date(2026, 12, 1), date(2026, 12, 2), None]
    assert kinds(alice) == {0: "visit", 1: "freeze", 2: "freeze", 3: "visit"}
    assert earned(alice) == [10, 10]


def test_a_streak_that_breaks_anyway_costs_no_freeze(alice):
    xp.grant_streak_freeze(user=alice, source="test:1")
    assert [counted.streak for counted in visits(alice, 0, 3)] == [1, 1]
    assert StreakFreeze.objects.left_to(alice).count() == 1


def test_a_freeze_that_is_granted_in_time_covers_days_missed_before(alice):
    visit(alice)
    xp.grant_streak_freeze(user=alice, source="outage:1")
    assert visit(alice, 2).streak == 2


def test_frozen_days_do_not_bring_a_milestone_nearer(alice):
    xp.grant_streak_freeze(user=alice, source="test:1")
    assert [bool(counted.milestone) for counted in visits(alice, 0, 1, 3)] == [False, False, True]


def test_a_source_grants_one_freeze(alice):
    first, again = (xp.grant_streak_freeze(user=alice, source="order:7") for _ in range(2))
    assert (first.pk, StreakFreeze.objects.count()) == (again.pk, 1)
    with pytest.raises(KeyReused):
        xp.grant_streak_freeze(user=make.user("bob"), source="order:7")


def test_staff_give_a_freeze_once_and_the_member_is_told(alice):
    root = make.user("root")
    for _ in range(2):
        xp.give_streak_freeze(user=alice, actor=root, reason="Outage", key="a")
    assert StreakFreeze.objects.left_to(alice).count() == 1
    assert "keeps your streak" in Notification.objects.get(user=alice).text


@pytest.mark.django_db
def test_a16_staff_give_no_freeze_to_themselves():
    root = make.user("root")
    with pytest.raises(Refused):
        xp.give_streak_freeze(user=root, actor=root, reason="Outage", key="a")
    assert not StreakFreeze.objects.exists()


# ── Changes of zone ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a8_east_over_midnight_today_is_not_counted_again(alice):
    visit(alice)
    move(alice, "Pacific/Kiritimati")
    assert visit(alice) is None
    assert kinds(alice) == {0: "visit", 1: "bridge"}
    assert StreakDay.objects.of(alice).last().time_zone == "Pacific/Kiritimati"
    assert visit(alice, 1).streak == 2


def test_east_before_todays_visit_the_day_stays_open(alice):
    visit(alice, -1)
    move(alice, "Pacific/Kiritimati")
    counted = visit(alice)
    assert (counted.streak, counted.day) == (2, date(2026, 12, 1))
    assert kinds(alice) == {-1: "visit", 0: "bridge", 1: "visit"}


@pytest.mark.django_db
def test_over_two_dates_at_once_no_day_is_lost():
    bob = make.user("bob", time_zone="Etc/GMT+12")
    visit(bob, 0, hour=11)  # 29 November there, 1 December on Kiritimati
    move(bob, "Pacific/Kiritimati", 0, hour=11)
    assert visit(bob, 0, hour=11) is None
    assert kinds(bob) == {-1: "visit", 0: "bridge", 1: "bridge"}
    assert visit(bob, 1, hour=11).streak == 2


@pytest.mark.django_db
def test_a8_west_a_date_is_not_counted_twice_and_the_streak_goes_on():
    bob = make.user("bob", time_zone="Pacific/Kiritimati")
    visit(bob)  # 1 December there
    move(bob, "Etc/GMT+12")
    assert [bool(visit(bob, day)) for day in (0, 1, 2)] == [False, False, True]
    assert (streak(bob), kinds(bob)) == (2, {1: "visit", 2: "visit"})


def test_a_move_does_not_mend_a_broken_streak(alice):
    visits(alice, 0, 1)
    move(alice, "Pacific/Kiritimati", 3)
    assert visit(alice, 3).streak == 1


def test_a_move_before_the_first_visit_writes_nothing(alice):
    move(alice, "Pacific/Kiritimati")
    assert not StreakDay.objects.exists()
    assert visit(alice).streak == 1
