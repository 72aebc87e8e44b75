"""A5: whatever members do with each other, the only DGT that comes into being are rewards of levels, once in a life.

What this does not show is that nobody gains by a ring: three who tip each other in a circle earn the XP that three
friends would, and XP reaches levels. It is bounded by the caps of each day and by rewards that a life has once.
"""

import itertools
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncDay
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from degentalk.core import clock
from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from degentalk.forum.models import Tip
from tests import make
from tests.extent import extent
from tests.forum.tipping import balance, member, miscounted, points, post_by, tip
from wallet import services as wallet
from wallet.models import DgtJournal, UserWallet
from xp.defaults import LIMITS
from xp.models import LevelDgtReward, LevelDgtRewardLog, UserXp, XpLog

EXAMPLES, STEPS = extent((5, 20), (60, 50))
SETTINGS = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))

MEMBERS = ("alice", "bob", "carol", "mallory")
GIFT = 500
FIRST_DAY = datetime(2031, 5, 1, 12, tzinfo=UTC)

members = st.sampled_from(MEMBERS)
pairs = st.sampled_from([*itertools.permutations(MEMBERS, 2)])
amounts = st.sampled_from([1, 4, 5, 24, 25, 50, 51, 100, 130, 250]) | st.integers(min_value=1, max_value=300)


class ClosedLoop(RuleBasedStateMachine):
    """Four members with as much as they were given, a post of each, and a moderator. Rolled back after each example."""

    def __init__(self, people, posts, moderator):
        super().__init__()
        self.people, self.posts, self.moderator = people, posts, moderator
        self.now = FIRST_DAY
        self.serial = 0
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(pair=pairs, amount=amounts)
    def tip(self, pair, amount):
        giver, author = pair
        self.act(lambda: tip(self.posts[author], self.people[giver], amount))

    @rule(pair=pairs, amount=amounts, back=st.integers(min_value=1, max_value=300))
    def tip_to_and_fro(self, pair, amount, back):
        one, other = pair
        self.act(lambda: tip(self.posts[other], self.people[one], amount))
        self.act(lambda: tip(self.posts[one], self.people[other], back))

    @rule(ring=st.permutations(MEMBERS), amount=amounts)
    def tip_in_a_ring(self, ring, amount):
        for giver, author in zip(ring, [*ring[1:], ring[0]], strict=True):
            self.act(lambda giver=giver, author=author: tip(self.posts[author], self.people[giver], amount))

    @rule(pair=pairs, amount=amounts)
    def transfer(self, pair, amount):
        sender, receiver = (self.people[name] for name in pair)
        self.act(lambda: wallet.transfer(sender=sender, receiver=receiver, amount=amount, key=self.key("transfer")))

    @rule(pair=pairs)
    def like(self, pair):
        liker, author = pair
        self.act(lambda: forum.like(member=self.people[liker], post=self.posts[author]))

    @rule(pair=pairs)
    def reply(self, pair):
        author, starter = pair
        thread = self.posts[starter].thread
        self.act(lambda: forum.reply(author=self.people[author], thread=thread, body=f"Reply {self.key('reply')}"))

    @rule(name=members)
    def hide(self, name):
        self.act(lambda: forum.hide(post=self.posts[name], moderator=self.moderator, reason="Why"))

    @rule(name=members)
    def hide_and_undo_tips(self, name):
        post = self.posts[name]
        self.act(lambda: forum.hide(post=post, moderator=self.moderator, reason="Why", undoes_tips=True))

    @rule(name=members)
    def restore(self, name):
        self.act(lambda: forum.restore(post=self.posts[name], moderator=self.moderator, reason="Why"))

    @rule(nth=st.integers(min_value=0, max_value=20))
    def undo_a_tip(self, nth):
        standing = Tip.objects.active().order_by("id")
        if nth < standing.count():
            self.act(lambda: forum.undo_tip(tip=standing[nth], actor=self.moderator, reason="Why"))

    @rule(hours=st.integers(min_value=1, max_value=40))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    def act(self, verb):
        """Do it now; the rules may say no."""
        with clock.at(self.now):
            try:
                verb()
            except MemberError:
                return

    def key(self, noun):
        self.serial += 1
        return f"{noun}:{self.serial}"

    # ── after every step ────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def a5_members_have_what_they_had_and_their_rewards(self):
        assert dgt_of_all() == GIFT * len(MEMBERS) + paid_for_levels()

    @invariant()
    def a5_a_level_pays_each_member_once_in_a_life(self):
        assert rewards_beyond_once() == []

    @invariant()
    def a5_nothing_but_rewards_was_earned(self):
        for user in self.people.values():
            rewards = LevelDgtRewardLog.objects.filter(user=user, state="paid").aggregate(
                dgt=Sum("dgt_reward", default=0)
            )
            assert UserWallet.objects.of(user).lifetime_earned == GIFT + rewards["dgt"]

    @invariant()
    def a4_tips_earn_no_more_in_a_day_than_the_rules_allow(self):
        assert beyond_caps() == []

    @invariant()
    def posts_and_wallets_add_up(self):
        assert miscounted() == []


def dgt_of_all():
    """What all members have together, less what they owe."""
    figures = UserWallet.objects.aggregate(
        balance=Sum("dgt_balance", default=0), held=Sum("held_dgt", default=0), debt=Sum("debt_dgt", default=0)
    )
    return figures["balance"] + figures["held"] - figures["debt"]


def paid_for_levels(**whom):
    rows = LevelDgtRewardLog.objects.filter(state="paid", **whom)
    return rows.aggregate(dgt=Sum("dgt_reward", default=0))["dgt"]


def rewards_beyond_once():
    """Rewards that were paid twice, without a level, for another amount than the level's, or without a journal."""
    rows = LevelDgtRewardLog.objects.filter(state="paid")
    twice = list(rows.values("user", "level").annotate(times=Count("id")).filter(times__gt=1))
    pays = dict(LevelDgtReward.objects.values_list("level", "dgt_reward"))
    wrong = [row.pk for row in rows if row.dgt_reward != pays[row.level]]
    journals = DgtJournal.objects.filter(kind="level_reward").count()
    return twice + wrong + ([journals] if journals != rows.count() else [])


def beyond_caps():
    """Members, and pairs of members, whose tips earned more in a UTC day than their action's caps."""
    found = []
    for action in ("tip_given", "tip_received"):
        awards = XpLog.objects.filter(action__name=action, reverses=None)
        days = awards.values("user", day=TruncDay("created_at", tzinfo=UTC)).annotate(xp=Sum("xp_awarded"))
        found += days.filter(xp__gt=LIMITS[action]["daily_cap_xp"])
        pairs_of_days = days.values("user", "counterparty", "day", "xp")
        found += pairs_of_days.filter(xp__gt=LIMITS[action]["pair_daily_cap_xp"])
    return found


def people_and_posts():
    with clock.at(FIRST_DAY - timedelta(days=1)):
        people = {name: member(name, dgt=GIFT) for name in MEMBERS}
        posts = {name: post_by(user, title=f"By {name}") for name, user in people.items()}
    return people, posts


@pytest.mark.proof
@pytest.mark.django_db
def test_a5_whatever_members_do_with_each_other_only_levels_bring_dgt():
    people, posts = people_and_posts()
    run_state_machine_as_test(partial(ClosedLoop, people, posts, make.moderator()), settings=SETTINGS)
    connection.check_constraints()


@pytest.mark.django_db
def test_a5_two_members_who_pass_dgt_to_and_fro_for_weeks_gain_nothing():
    people, posts = people_and_posts()
    before = dgt_of_all(), [points(user) for user in people.values()]
    for day in range(21):
        with clock.at(FIRST_DAY + timedelta(days=day)):
            tip(posts["bob"], people["alice"], 50)
            tip(posts["alice"], people["bob"], 50)
    assert (dgt_of_all(), [points(user) for user in people.values()]) == before


@pytest.mark.django_db
def test_a5_a_ring_of_three_gains_the_rewards_of_the_levels_it_reaches_and_no_more():
    people, posts = people_and_posts()
    ring = ("alice", "bob", "carol")
    for day in range(30):
        with clock.at(FIRST_DAY + timedelta(days=day)):
            for giver, author in (("alice", "bob"), ("bob", "carol"), ("carol", "alice")):
                tip(posts[author], people[giver], 250)
    assert [points(people[name]) for name in ring] == [20 + 30 * 50] * 3  # 25 given and 25 received a day
    levels = UserXp.objects.of(people["alice"]).level
    rewards = sum(LevelDgtReward.objects.filter(level__lte=levels).values_list("dgt_reward", flat=True))
    assert [balance(people[name]) for name in ring] == [GIFT + rewards] * 3
    assert (beyond_caps(), rewards_beyond_once()) == ([], [])
