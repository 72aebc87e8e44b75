"""Streaks as pure rules: local days, what a visit does, freezes, changes of zone, and streaks rebuilt from history."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xp.rules import streaks
from xp.rules.streaks import Step, Streak, bridged, is_alive, local_day, milestones, rebuild, visit

FRIDAY = date(2026, 5, 1)
DAY = timedelta(days=1)
ZONES = sorted(available_timezones())


def plus(days):
    return FRIDAY + days * DAY


def visited(streak, day, *, freezes=0, zone=UTC):
    return visit(streak, day, zone, freezes=freezes)


THREE = Streak(3, 8, FRIDAY)
"""Three days in a row up to Friday."""


# ── Local days ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", "2026-05-01T23:59:59Z", (2026, 5, 1)),
        ("UTC", "2026-05-02T00:00:00Z", (2026, 5, 2)),
        ("Pacific/Kiritimati", "2026-05-01T10:00:00Z", (2026, 5, 2)),  # the first place where a day begins
        ("Etc/GMT+12", "2026-05-02T11:59:59Z", (2026, 5, 1)),  # and the last
        ("Europe/Berlin", "2026-03-28T22:59:59Z", (2026, 3, 28)),  # winter, one hour ahead
        ("Europe/Berlin", "2026-03-29T22:00:00Z", (2026, 3, 30)),  # summer, two
        ("America/Havana", "2026-11-01T03:59:59Z", (2026, 10, 31)),
        ("America/Havana", "2026-11-01T05:30:00Z", (2026, 11, 1)),  # 00:30 comes twice, on one day
        ("America/New_York", "2028-02-29T04:59:59Z", (2028, 2, 28)),
        ("America/New_York", "2028-02-29T05:00:00Z", (2028, 2, 29)),
    ],
)
def test_the_day_is_the_one_on_the_members_wall(zone, moment, day):
    assert local_day(datetime.fromisoformat(moment), ZoneInfo(zone)) == date(*day)


# ── A visit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_visit_starts_a_streak():
    assert visited(Streak(), FRIDAY) == Step(Streak(1, 1, FRIDAY))


def test_the_next_day_makes_it_longer():
    assert visited(THREE, plus(1)) == Step(Streak(4, 8, plus(1)))


def test_a_streak_beyond_the_longest_is_the_longest():
    assert visited(Streak(8, 8, FRIDAY), plus(1)).streak == Streak(9, 9, plus(1))


@pytest.mark.parametrize("day", [0, -1, -400])
def test_a_day_that_is_counted_and_any_before_it_changes_nothing(day):
    assert visited(THREE, plus(day), freezes=9) is None


@pytest.mark.parametrize("freezes", [2, 5])
def test_freezes_cover_what_was_missed_and_add_nothing(freezes):
    step = visited(THREE, plus(3), freezes=freezes)
    assert step == Step(Streak(4, 8, plus(3)), frozen=(plus(1), plus(2)))


@pytest.mark.parametrize("freezes", [0, 1])
def test_too_few_freezes_cover_nothing_and_the_streak_starts_again(freezes):
    assert visited(THREE, plus(3), freezes=freezes) == Step(Streak(1, 8, plus(3)))


def test_leap_days_are_days():
    before = Streak(5, 5, date(2028, 2, 28))
    assert visited(before, date(2028, 3, 1)).streak.current == 1
    assert visited(before, date(2028, 2, 29)).streak.current == 6
    assert visited(Streak(5, 5, date(2027, 2, 28)), date(2027, 3, 1)).streak.current == 6


def test_a_date_that_a_zone_skipped_was_not_missed():
    apia = ZoneInfo("Pacific/Apia")
    step = visited(Streak(5, 5, date(2011, 12, 29)), date(2011, 12, 31), zone=apia)
    assert step == Step(Streak(6, 6, date(2011, 12, 31)), bridged=(date(2011, 12, 30),))


def test_a_date_that_a_zone_skipped_costs_no_freeze():
    apia = ZoneInfo("Pacific/Apia")
    step = visited(Streak(5, 5, date(2011, 12, 28)), date(2011, 12, 31), zone=apia, freezes=3)
    assert (step.bridged, step.frozen) == ((date(2011, 12, 30),), (date(2011, 12, 29),))


@pytest.mark.parametrize(
    ("ago", "freezes", "alive"), [(0, 0, True), (1, 0, True), (2, 0, False), (2, 1, True), (9, 7, False)]
)
def test_a_streak_lives_while_a_visit_today_would_go_on_with_it(ago, freezes, alive):
    assert is_alive(THREE, plus(ago), UTC, freezes=freezes) is alive


def test_nobody_has_a_streak_without_a_visit():
    assert not is_alive(Streak(), FRIDAY, UTC, freezes=9)


# ── A change of zone ────────────────────────────────────────────────────────────────────────────────────────────────


def test_east_over_midnight_today_stays_counted():
    assert bridged(FRIDAY, plus(0), plus(1)) == (plus(1),)
    assert bridged(FRIDAY, plus(0), plus(2)) == (plus(1), plus(2))


def test_east_over_midnight_a_day_that_is_not_counted_yet_stays_open():
    assert bridged(FRIDAY, plus(1), plus(2)) == (plus(1),)


def test_east_over_midnight_missed_days_stay_missed():
    assert bridged(FRIDAY, plus(4), plus(5)) == (plus(1),)


def test_east_again_after_a_trip_west_nothing_is_skipped():
    assert bridged(plus(1), plus(0), plus(1)) == ()
    assert bridged(plus(1), plus(0), plus(2)) == (plus(2),)


@pytest.mark.parametrize("after", [0, -1, -2])
def test_west_and_within_the_day_nothing_is_written(after):
    assert bridged(FRIDAY, plus(0), plus(after)) == ()


def test_without_a_visit_there_is_nothing_to_bridge():
    assert bridged(None, plus(0), plus(2)) == ()


@given(last=st.integers(-40, 0), jump=st.integers(0, 2), ahead=st.integers(0, 9), freezes=st.integers(0, 9))
def test_a_change_of_zone_never_decides_whether_a_streak_lives(last, jump, ahead, freezes):
    """Whether one comes back today or on any later day: it is as if one had stayed."""
    stayed = Streak(4, 4, plus(last))
    skipped = bridged(stayed.last_day, plus(0), plus(jump))
    moved = Streak(4, 4, skipped[-1]) if skipped else stayed
    there, here = (
        visited(streak, plus(day), freezes=freezes) for streak, day in ((stayed, ahead), (moved, jump + ahead))
    )
    assert (there and (there.streak.current, len(there.frozen))) == (here and (here.streak.current, len(here.frozen)))


# ── History ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_streak_is_what_its_days_say():
    days = [(plus(0), True), (plus(1), True), (plus(2), False), (plus(3), True), (plus(6), True), (plus(7), False)]
    assert rebuild(days[:4]) == Streak(3, 3, plus(3))
    assert rebuild(days) == Streak(1, 3, plus(7))
    assert rebuild([]) == Streak()


@given(st.lists(st.tuples(st.integers(-2, 6), st.integers(0, 4), st.sampled_from([0, 0, 0, 1, 2])), max_size=60))
def test_whatever_happens_the_days_alone_tell_the_same(happens):
    """Visits after so many days with so many freezes in hand, and changes of zone that skip so many dates."""
    streak, days, today = Streak(), [], FRIDAY
    for wait, freezes, jump in happens:
        today += wait * DAY
        step = visited(streak, today, freezes=freezes)
        if step is not None:
            days += [(day, False) for day in (*step.bridged, *step.frozen)] + [(today, True)]
            streak = step.streak
        skipped = bridged(streak.last_day, today, today + jump * DAY)
        today += jump * DAY
        if skipped:
            days += [(day, False) for day in skipped]
            streak = Streak(streak.current, streak.longest, skipped[-1])
        assert rebuild(sorted(days)) == streak
    assert [day for day, count in Counter(day for day, _visit in days).items() if count > 1] == []


# ── Around the world ────────────────────────────────────────────────────────────────────────────────────────────────

# Each begins some days before something happens to the calendar, somewhere.
STARTS = {
    "summer time begins in Europe": datetime(2026, 3, 25, tzinfo=UTC),
    "summer time ends in Europe": datetime(2026, 10, 22, tzinfo=UTC),
    "summer time ends at midnight in Cuba": datetime(2026, 10, 29, tzinfo=UTC),
    "summer time begins at midnight in Chile": datetime(2026, 9, 3, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 26, tzinfo=UTC),
    "no leap day": datetime(2027, 2, 25, tzinfo=UTC),
    "a new year": datetime(2026, 12, 28, tzinfo=UTC),
    "Samoa and Tokelau cross the date line": datetime(2011, 12, 27, tzinfo=UTC),
    "Kiribati crosses the date line": datetime(1994, 12, 28, tzinfo=UTC),
    "Kwajalein crosses the date line": datetime(1993, 8, 18, tzinfo=UTC),
}
HOUR = timedelta(hours=1)
WIDEST = timedelta(hours=26)
"""From the place where a day begins last to the one where it begins first: UTC−12 to UTC+14."""


class Traveller:
    """Somebody who looks in several times a day and moves as often as they may."""

    def __init__(self, moment, zone):
        self.moment, self.zone = moment, ZoneInfo(zone)
        self.streak, self.recorded, self.credits = Streak(), [], []
        self.moved_at = moment - 24 * HOUR

    @property
    def today(self):
        return local_day(self.moment, self.zone)

    def visit(self):
        step = visit(self.streak, self.today, self.zone, freezes=0)
        if step is None:
            return
        assert self.streak.last_day is None or step.streak.current == self.streak.current + 1, "the streak broke"
        self.recorded += [*step.bridged, self.today]
        self.credits.append(self.moment)
        self.streak = step.streak

    def move(self, zone):
        if self.moment - self.moved_at < 24 * HOUR:
            return
        before, self.zone, self.moved_at = self.today, ZoneInfo(zone), self.moment
        counted = self.streak.last_day >= before
        skipped = bridged(self.streak.last_day, before, self.today)
        if skipped:
            self.recorded += skipped
            self.streak = Streak(self.streak.current, self.streak.longest, skipped[-1])
        assert not counted or visit(self.streak, self.today, self.zone, freezes=0) is None, "today counted twice"


def journey(start, zone, hours, moves, *, every=3):
    """Look in every few hours, and move at the hours that `moves` name."""
    traveller = Traveller(start, zone)
    for hour in range(0, hours, every):
        traveller.moment = start + hour * HOUR
        traveller.visit()
        if hour // every in moves:
            traveller.move(moves[hour // every])
            traveller.visit()
    return traveller


def check(traveller):
    """Promises of every journey, however one moves."""
    first, last = min(traveller.recorded), max(traveller.recorded)
    days = (last - first).days + 1
    assert len(set(traveller.recorded)) == len(traveller.recorded) == days, "a date twice, or not at all"
    assert len(traveller.credits) == traveller.streak.current == traveller.streak.longest
    elapsed = traveller.credits[-1] - traveller.credits[0]
    assert len(traveller.credits) <= (elapsed + WIDEST) // DAY + 2


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_whoever_stays_is_credited_every_local_day_in_every_zone(start):
    for zone in ZONES:
        traveller = journey(start, zone, 10 * 24, {})
        check(traveller)
        info = ZoneInfo(zone)
        walls = {local_day(start + hour * HOUR, info) for hour in range(0, 10 * 24, 3)}
        assert len(traveller.credits) == len(walls), zone


journeys = st.dictionaries(st.integers(0, 20 * 8), st.sampled_from(ZONES), max_size=24)


@given(
    start=st.sampled_from(list(STARTS.values())), hours=st.integers(0, 23), zone=st.sampled_from(ZONES), moves=journeys
)
@example(start=STARTS["a new year"], hours=11, zone="Etc/GMT+12", moves={4: "Etc/GMT-14"})
@example(
    start=STARTS["a new year"], hours=0, zone="America/Los_Angeles", moves={8: "Asia/Tokyo", 20: "America/Los_Angeles"}
)
@example(
    start=STARTS["Samoa and Tokelau cross the date line"],
    hours=8,
    zone="Pacific/Apia",
    moves={16: "Pacific/Pago_Pago", 25: "Pacific/Apia"},
)
def test_whoever_moves_at_will_loses_no_streak_and_gains_no_day(start, hours, zone, moves):
    check(journey(start + hours * HOUR, zone, 20 * 24, moves))


@given(zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=2, unique=True), hours=st.integers(0, 23))
def test_hopping_between_two_zones_every_day_gains_nothing(zones, hours):
    moves = {8 * day: zones[day % 2] for day in range(1, 20)}
    check(journey(STARTS["a new year"] + hours * HOUR, zones[0], 20 * 24, moves))


def test_a_change_of_zone_credits_no_second_day_at_any_hour():
    """Visited in Los Angeles, moved to Tokyo within the hour: nothing until the next midnight in Tokyo."""
    for hour in range(24):
        traveller = Traveller(STARTS["a new year"] + hour * HOUR, "America/Los_Angeles")
        traveller.visit()
        traveller.move("Asia/Tokyo")
        traveller.visit()
        assert len(traveller.credits) == 1
        traveller.moment += 24 * HOUR
        traveller.visit()
        assert (len(traveller.credits), traveller.streak.current) == (2, 2)


# ── Milestones ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_milestones_come_from_the_rule_set_in_order_of_days():
    assert milestones({"xp": {"milestones": {"30": 200, "7": 40, "100": 800}}}) == {7: 40, 30: 200, 100: 800}
    assert list(milestones({"xp": {"milestones": {"30": 200, "7": 40}}})) == [7, 30]


def test_rule_sets_from_before_streaks_have_none():
    assert milestones({"xp": {}}) == {}
    assert streaks.milestones({"xp": {"milestones": {}}}) == {}
