"""XP of tips: by amount, with less for more, capped per pair and day, nothing for round trips. No DGT moves here."""

from datetime import UTC, timedelta

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from degentalk.core import clock
from degentalk.core.errors import KeyReused
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import LevelDgtRewardLog, TipFlow, UserXp, XpAction, XpLog, XpPeriodTotal, XpRefusal

NAMES = ("alice", "bob", "carol")


def tip(giver, receiver, amount, number):
    return xp.award_tip(giver=giver, receiver=receiver, amount=amount, key=f"tip:{number}", cause=("tip", number))


def undo(number):
    actor = make.user(f"moderator{make.serial()}")
    return xp.take_back_tip(key=f"tip:{number}", because=f"tip_undone:{number}", actor=actor, reason="Test")


def points(user):
    return UserXp.objects.of(user).xp


def publish(**fields):
    XpAction.objects.filter(name__in=["tip_given", "tip_received"]).update(**fields)
    rulebook.publish(actor=None, reason="test")


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def bob(db):
    return make.user("bob")


def test_a_tip_pays_both_by_its_amount(alice, bob):
    gains = tip(alice, bob, 25, 1)
    assert (gains.given.points, gains.received.points) == (5, 5)
    row = XpLog.objects.of(alice).get()
    assert (row.counterparty_id, row.amount, row.why.recomputed()) == (bob.pk, 25, 5)


def test_l20_a_tip_in_parts_pays_what_the_whole_pays(alice, bob):
    carol = make.user("carol")
    for number in range(4):
        tip(alice, bob, 24, number)
    tip(carol, make.user("dave"), 96, 9)
    assert (points(alice), points(carol)) == (14, 14)


def test_a4_more_than_fifty_dgt_to_one_member_in_a_day_counts_half(alice, bob):
    assert tip(alice, bob, 50, 1).given.points == 10
    assert tip(alice, bob, 50, 2).given.points == 5


def test_a4_the_tips_of_a_pair_are_capped_per_day_and_say_when_they_pay_again(alice, bob):
    assert tip(alice, bob, 500, 1).given.points == 25
    second = tip(alice, bob, 500, 2)
    midnight = (clock.database_time() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert (second.given.refused, second.received.refused) == ("pair-cap", "pair-cap")
    assert second.given.again_at == midnight
    assert tip(alice, make.user("carol"), 500, 3).given.points == 25


def test_a4_a_giver_is_capped_per_day_over_all_receivers(alice):
    earned = [tip(alice, make.user(f"friend{n}"), 200, n).given.points for n in range(4)]
    assert earned == [25, 25, 0, 0]


def test_a4_a_round_trip_earns_neither_anything(alice, bob):
    tip(alice, bob, 40, 1)
    back = tip(bob, alice, 40, 2)
    assert (back.given.refused, back.received.refused) == ("returned", "returned")
    assert (points(alice), points(bob)) == (0, 0)


def test_a4_what_comes_back_in_part_takes_back_that_part(alice, bob):
    tip(alice, bob, 40, 1)
    tip(bob, alice, 15, 2)
    assert (points(alice), points(bob)) == (5, 5)
    tip(bob, alice, 15, 3)
    assert (points(alice), points(bob)) == (2, 2)
    tip(bob, alice, 30, 4)  # 10 return the rest, 20 are a tip of bob's own
    assert (points(alice), points(bob)) == (4, 4)


def test_a_tip_much_later_is_no_return(alice, bob):
    tip(alice, bob, 40, 1)
    with clock.at(clock.database_time() + timedelta(days=31)):
        assert tip(bob, alice, 40, 2).given.points == 8
    assert points(alice) == 16


def test_a1_a_tip_to_oneself_earns_nothing(alice):
    gains = tip(alice, alice, 40, 1)
    assert (gains.given.refused, gains.received.refused, points(alice)) == ("self", "self", 0)


def test_a1_a_tip_between_two_accounts_of_one_person_earns_nothing(alice):
    mallory = make.user("mallory", same_person_as=alice)
    gains = tip(alice, mallory, 40, 1)
    assert (gains.given.refused, gains.received.refused) == ("one-person", "one-person")


def test_a_tip_too_small_for_a_point_earns_nothing(alice, bob):
    assert tip(alice, bob, 4, 1).given.refused == "nothing"
    assert list(XpRefusal.objects.of(alice).values_list("reason", flat=True)) == ["nothing"]


def test_the_tip_of_a_new_account_earns_neither_anything(bob):
    mallory = make.user("mallory", date_joined=clock.database_time() - timedelta(hours=1))
    gains = tip(mallory, bob, 40, 1)
    assert (gains.given.refused, gains.received.refused) == ("too-new", "too-new")


def test_a_used_key_answers_the_same_and_pays_nothing(alice, bob):
    first, second = tip(alice, bob, 40, 1), tip(alice, bob, 40, 1)
    assert (second.given.points, second.given.replayed) == (first.given.points, True)
    assert (points(alice), points(bob), TipFlow.objects.count()) == (8, 8, 1)


def test_a_refused_tip_stays_refused_for_its_key(alice, bob):
    tip(alice, bob, 4, 1)
    assert tip(alice, bob, 4, 1).given.refused == "nothing"


def test_a_key_of_another_tip_is_refused(alice, bob):
    tip(alice, bob, 40, 1)
    with pytest.raises(KeyReused):
        tip(alice, bob, 41, 1)


def test_what_is_held_against_a_tip_is_held_against_what_a_return_leaves_of_it(alice, bob):
    tip(alice, bob, 40, 1)
    xp.reverse(because="post_hidden:1", keys=["tip:1:given", "tip:1:received"])
    tip(bob, alice, 20, 2)
    assert (points(alice), points(bob)) == (0, 0)
    xp.restore(because="post_hidden:1")
    assert (points(alice), points(bob)) == (4, 4)


def test_what_takes_the_xp_of_a_cause_leaves_what_was_earned_by_giving(alice, bob):
    tip(alice, bob, 40, 1)
    xp.reverse(because="post_hidden:1", causes=[("tip", 1)])
    assert (points(alice), points(bob)) == (8, 0)


def test_a_tip_that_was_undone_earned_neither_anything(alice, bob):
    tip(alice, bob, 40, 1)
    for _ in range(2):
        undo(1)
    assert (points(alice), points(bob)) == (0, 0)


def test_a_tip_that_was_undone_is_not_returned_by_a_later_one(alice, bob):
    tip(alice, bob, 40, 1)
    undo(1)
    assert tip(bob, alice, 40, 2).given.points == 8
    assert (points(alice), points(bob)) == (8, 8)


def test_a_tip_that_comes_back_in_part_leaves_the_caps_and_the_day_of_the_giver_alone(alice, bob):
    then = clock.database_time()
    for day in range(5):
        with clock.at(then - timedelta(days=21 - day)):
            tip(alice, bob, 100, f"then-{day}")
    for number in range(5):
        tip(bob, alice, 1, f"back-{number}")
    assert tip(alice, make.user("carol"), 25, "now").given.points == 5
    today = XpPeriodTotal.objects.get(user=alice, period="day", starts_on=then.astimezone(UTC).date())
    assert (today.xp, points(alice)) == (5, 5 * 15 - 1 + 5)


def test_a_return_of_a_withheld_tip_reaches_no_level_on_the_way(alice, bob):
    tip(alice, bob, 40, 1)
    xp.reverse(because="post_hidden:1", keys=["tip:1:given", "tip:1:received"])
    xp.adjust(user=alice, points=49, reason="Test", actor=make.user("moderator"), key="adjustment:1")
    tip(bob, alice, 1, 2)
    assert (points(alice), LevelDgtRewardLog.objects.count()) == (49, 0)


def test_what_is_left_of_a_tip_recomputes_from_its_own_row(alice, bob):
    tip(alice, bob, 40, 1)
    tip(bob, alice, 15, 2)
    award, undone, part = XpLog.objects.of(alice).order_by("id")
    assert [row.xp_awarded for row in (award, undone, part)] == [8, -8, 5]
    assert (part.why.recomputed(), part.amount, part.origin, part.reverses) == (5, 25, award, undone)


def test_a_key_that_is_too_long_is_a_mistake_in_our_code(alice, bob):
    with pytest.raises(ValueError, match="190"):
        tip(alice, bob, 40, "x" * 190)


def test_a7_parallel_tips_earn_exactly_the_cap(committed_db):
    alice, bob = make.user("alice"), make.user("bob")
    publish(half_after=None)
    together([lambda n=n: tip(alice, bob, 15, n) for n in range(30)])
    assert (points(alice), points(bob)) == (25, 25)


def test_parallel_round_trips_earn_nothing(committed_db):
    alice, bob = make.user("alice"), make.user("bob")
    publish(half_after=None, daily_cap_xp=None, pair_daily_cap_xp=None)
    together([lambda n=n: tip(*((alice, bob) if n % 2 else (bob, alice)), 10, n) for n in range(20)])
    assert (points(alice), points(bob)) == (0, 0)


class RoundTrips(TestCase):
    """Whatever three members tip each other, what they earn is what their net tips earn."""

    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 60)), max_size=8))
    def test_a4_only_what_stays_with_the_receiver_earns(self, tips):
        publish(half_after=None, daily_cap_xp=None, pair_daily_cap_xp=None, amount_step=1)
        members = {name: make.user(f"{name}{make.serial()}") for name in NAMES}
        net = dict.fromkeys(((one, other) for one in NAMES for other in NAMES if one < other), 0)
        for one, other, amount in tips:
            tip(members[one], members[other], amount, make.serial())
            if one != other:
                net[min(one, other), max(one, other)] += amount if one < other else -amount
        expected = {name: sum(abs(flow) for pair, flow in net.items() if name in pair) for name in NAMES}
        assert {name: points(user) for name, user in members.items()} == expected
        summed = {name: XpLog.objects.of(user).aggregate(xp=Sum("xp_awarded", default=0))["xp"]
                  for name, user in members.items()}  # fmt: skip
        assert summed == expected
