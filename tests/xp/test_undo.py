"""Awards taken back and granted again: exactly, by reasons that come and go in any order, with levels and boards."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from wallet.models import UserWallet
from xp import services as xp
from xp.models import LevelDgtRewardLog, UserXp, XpAction, XpLog, XpPeriodTotal, XpWithholding
from xp.services import Undone


def publish(**fields):
    XpAction.objects.update(**fields)
    rulebook.publish(actor=None, reason="test")


def write(user, number):
    return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


def like(author, liker, post):
    return xp.award(
        user=author, action="like_received", key=f"like:{post}:{liker.pk}", cause=("post", post), giver=liker
    )


def points(user):
    return UserXp.objects.of(user).xp


def periods(user):
    return set(XpPeriodTotal.objects.filter(user=user).values_list("xp", flat=True))


@pytest.fixture
def alice(db):
    publish(cooldown_seconds=0)
    return make.user("alice")


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def test_a_reversal_is_a_row_that_names_the_award_and_its_reason(alice):
    write(alice, 1)
    moderator = make.user("moderator")
    undone = xp.reverse(because="post_hidden:1", causes=[("post", 1)], actor=moderator, reason="Spam")
    award, reversal = XpLog.objects.of(alice).order_by("id")
    assert undone == Undone(awards=1, points=10)
    assert (reversal.xp_awarded, reversal.reverses, reversal.origin, reversal.actor) == (-10, award, award, moderator)
    assert (reversal.reason, reversal.metadata, reversal.rule_set_id) == (
        "Spam",
        {"because": "post_hidden:1"},
        award.rule_set_id,
    )
    assert (points(alice), periods(alice)) == (0, {0})


def test_a_reversal_takes_what_was_granted_whatever_the_rules_say_now(alice):
    write(alice, 1)
    publish(default_value=50)
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    assert points(alice) == 0
    xp.restore(because="post_hidden:1")
    assert points(alice) == 10


def test_a_reversal_takes_what_an_event_had_multiplied(alice):
    now = clock.database_time()
    xp.grant_boost(user=alice, multiplier_bps=25_000, starts_at=now, ends_at=now + timedelta(hours=1), source="boost:1")
    write(alice, 1)
    with clock.at(now + timedelta(hours=2)):
        assert xp.reverse(because="post_hidden:1", keys=["post:1"]).points == 25
    assert points(alice) == 0


def test_twice_for_one_reason_is_once(alice):
    write(alice, 1)
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    assert xp.reverse(because="post_hidden:1", keys=["post:1"]) == Undone()
    xp.restore(because="post_hidden:1")
    assert xp.restore(because="post_hidden:1") == Undone()
    assert (points(alice), XpLog.objects.count()) == (10, 3)


def test_an_award_counts_again_only_when_no_reason_is_left(alice):
    write(alice, 1)
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    xp.reverse(because="ban:1", member=alice)
    xp.restore(because="post_hidden:1")
    assert points(alice) == 0
    xp.restore(because="ban:1")
    assert (points(alice), XpWithholding.objects.count()) == (10, 0)


def test_a_reversal_of_a_post_takes_its_likes_too(alice, bob):
    write(alice, 1)
    like(alice, bob, 1)
    assert xp.reverse(because="post_hidden:1", causes=[("post", 1)]) == Undone(awards=2, points=14)


def test_a_ban_takes_a_members_awards_and_what_others_earned_through_them(alice, bob):
    mallory = make.verified(make.user("mallory"))
    write(mallory, 1)
    write(alice, 2)
    like(alice, mallory, 2)
    like(alice, bob, 2)
    like(mallory, bob, 1)
    xp.reverse(because="ban:1", member=mallory)
    assert (points(mallory), points(alice), points(bob)) == (0, 14, 0)


def test_a_ban_leaves_what_staff_gave_and_the_tips_that_others_gave(alice, bob):
    mallory = make.user("mallory")
    xp.adjust(user=mallory, points=30, reason="Thanks", actor=alice, key="adjustment:1")
    xp.award_tip(giver=bob, receiver=mallory, amount=50, key="tip:1", cause=("tip", 1))
    xp.reverse(because="ban:1", member=mallory)
    assert (points(mallory), points(bob)) == (30, 10)


def test_a14_what_two_accounts_of_one_person_earned_from_each_other_can_be_taken_back(alice, bob):
    carol = make.verified(make.user("carol"))
    like(alice, bob, 1)
    like(alice, carol, 1)
    xp.reverse(because="one_person:1:2", between=(alice, bob))
    assert points(alice) == 4


def test_a14_what_is_taken_back_leaves_the_period_it_was_granted_in(alice):
    then = clock.database_time()
    write(alice, 1)
    with clock.at(then + timedelta(days=40)):
        write(alice, 2)
        xp.reverse(because="post_hidden:1", keys=["post:1"])
    totals = XpPeriodTotal.objects.filter(user=alice, period="month").order_by("starts_on")
    assert list(totals.values_list("xp", flat=True)) == [0, 10]


def test_levels_follow_down_and_up_and_the_reward_stays(alice):
    publish(default_value=60)
    assert write(alice, 1).dgt == 20
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    assert (UserXp.objects.of(alice).level, UserWallet.objects.of(alice).dgt_balance) == (1, 20)
    xp.restore(because="post_hidden:1")
    assert (UserXp.objects.of(alice).level, UserWallet.objects.of(alice).dgt_balance) == (2, 20)
    assert LevelDgtRewardLog.objects.count() == Notification.objects.filter(user=alice).count() == 1


def test_who_reaches_a_new_level_by_a_restoration_is_paid_and_told(alice):
    publish(default_value=30)
    write(alice, 1)
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    write(alice, 2)
    xp.restore(because="post_hidden:1")
    assert UserWallet.objects.of(alice).dgt_balance == 20
    assert Notification.objects.get(user=alice).text == "You reached level 2, Lurker. 20 DGT are yours."


def test_a_sum_below_zero_is_kept_and_reads_as_level_one(alice):
    bob = make.user("bob")
    write(alice, 1)
    xp.adjust(user=alice, points=-10, reason="Mistake", actor=bob, key="adjustment:1")
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    assert (points(alice), UserXp.objects.of(alice).level, xp.standing_of(alice).xp) == (-10, 1, 0)


def test_reversed_awards_still_count_against_caps(alice):
    publish(daily_cap_xp=20)
    for number in range(2):
        write(alice, number)
        xp.reverse(because=f"post_deleted:{number}", keys=[f"post:{number}"])
    assert write(alice, 3).refused == "daily-cap"


def test_a_restoration_is_not_judged_again(alice):
    publish(daily_cap_xp=10)
    write(alice, 1)
    xp.reverse(because="post_hidden:1", keys=["post:1"])
    XpAction.objects.update(is_enabled=False)
    rulebook.publish(actor=None, reason="test")
    assert xp.restore(because="post_hidden:1").points == 10


def test_an_award_that_was_refused_is_nothing_to_take_back(alice):
    publish(is_enabled=False)
    write(alice, 1)
    assert xp.reverse(because="post_hidden:1", causes=[("post", 1)]) == Undone()


def test_reversals_by_parallel_requests_happen_once(committed_db):
    publish(cooldown_seconds=0)
    alice = make.user("alice")
    for number in range(5):
        write(alice, number)
    together([lambda n=n: xp.reverse(because=f"reason:{n % 4}", member=alice) for n in range(16)])
    assert (points(alice), XpLog.objects.filter(xp_awarded__lt=0).count()) == (0, 5)
    together([lambda n=n: xp.restore(because=f"reason:{n % 4}") for n in range(16)])
    assert (points(alice), XpWithholding.objects.count()) == (50, 0)


def test_two_members_of_a_ring_may_be_banned_at_once(committed_db):
    publish(cooldown_seconds=0, daily_cap_xp=None, weekly_cap_xp=None, pair_daily_cap_xp=None)
    ring = [make.verified(make.user(name)) for name in ("mallory", "trudy", "sybil")]
    for number in range(30):
        one, other = ring[number % 3], ring[(number + 1 + number % 2) % 3]
        write(one, number)
        like(one, other, number)
    together([lambda member=member: xp.reverse(because=f"ban:{member.pk}", member=member) for member in ring] * 4)
    assert [points(member) for member in ring] == [0, 0, 0]
    together([lambda member=member: xp.restore(because=f"ban:{member.pk}") for member in ring] * 4)
    assert sum(points(member) for member in ring) == 30 * 14


REASONS = ("post_hidden:1", "ban:1", "unlike:1:2")


class Interleaving(RuleBasedStateMachine):
    """Grants, reversals, restorations and edits of the rules in any order. The model is a set of reasons per award."""

    def __init__(self):
        super().__init__()
        self.user = make.user(f"alice{make.serial()}")
        self.granted = {}
        self.held = {}
        self.value = 10
        publish(cooldown_seconds=0, default_value=self.value, daily_cap_xp=None, weekly_cap_xp=None)

    @rule(number=st.integers(0, 3))
    def grant(self, number):
        write(self.user, f"{self.user.pk}-{number}")
        self.granted.setdefault(number, self.value)
        self.held.setdefault(number, set())

    @rule(numbers=st.sets(st.integers(0, 3), min_size=1), because=st.sampled_from(REASONS))
    def reverse(self, numbers, because):
        keys = [f"post:{self.user.pk}-{number}" for number in numbers]
        xp.reverse(because=f"{because}:{self.user.pk}", keys=keys)
        for number in numbers & self.granted.keys():
            self.held[number].add(because)

    @rule(because=st.sampled_from(REASONS))
    def restore(self, because):
        xp.restore(because=f"{because}:{self.user.pk}")
        for reasons in self.held.values():
            reasons.discard(because)

    @rule(value=st.integers(1, 80))
    def edit_the_rules(self, value):
        self.value = value
        publish(default_value=value)

    @invariant()
    def the_numbers_are_those_of_the_awards_nothing_is_held_against(self):
        expected = sum(points for number, points in self.granted.items() if not self.held[number])
        mine = UserXp.objects.of(self.user)
        summed = XpLog.objects.of(self.user).aggregate(xp=Sum("xp_awarded", default=0))["xp"]
        assert mine.xp == summed == expected
        assert mine.level == xp.curve().level_at(expected).level
        assert periods(self.user) <= {expected}
        newest = XpLog.objects.of(self.user).newest().first()
        assert newest is None or (newest.xp_after, newest.level_after) == (mine.xp, mine.level)


class AnyInterleaving(TestCase):
    def test_any_interleaving_ends_at_the_same_numbers(self):
        run_state_machine_as_test(Interleaving, settings=settings(max_examples=20, stateful_step_count=15))
