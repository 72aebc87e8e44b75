"""Caps, pairs and new accounts, by the database's time and under parallel requests."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import UserXp, XpAction, XpLog, XpRefusal

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def publish(name="post_created", **fields):
    XpAction.objects.filter(name=name).update(cooldown_seconds=0, **fields)
    rulebook.publish(actor=None, reason="test")


def write(user, number):
    return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


def like(author, liker, post):
    return xp.award(
        user=author, action="like_received", key=f"like:{post}:{liker.pk}", cause=("post", post), giver=liker
    )


def points(user):
    return UserXp.objects.of(user).xp


@pytest.fixture
def alice(db):
    return make.user("alice", date_joined=MONDAY - timedelta(days=90))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob", date_joined=MONDAY - timedelta(days=90)))


def test_a_daily_cap_grants_what_is_left_and_then_says_when_it_pays_again(alice):
    publish(daily_cap_xp=25)
    with clock.at(MONDAY + timedelta(hours=9)):
        gains = [write(alice, n) for n in range(4)]
    assert [gain.points for gain in gains] == [10, 10, 5, 0]
    assert gains[2].why.as_json() == {"base": 10, "multipliers": [], "result": 5, "limit": ["daily-cap", 5]}
    assert (gains[3].refused, gains[3].again_at) == ("daily-cap", MONDAY + timedelta(days=1))


def test_a8_a_day_ends_at_midnight_utc_and_cannot_be_used_twice(alice):
    publish(daily_cap_xp=10)
    midnight = MONDAY + timedelta(days=1)
    last = midnight - timedelta(microseconds=1)
    for number, (moment, earned) in enumerate(
        [(MONDAY, 10), (last, 0), (midnight, 10), (midnight + timedelta(seconds=1), 0), (last, 0)]
    ):
        with clock.at(moment):
            assert write(alice, number).points == earned


def test_a8_a_transaction_that_began_before_midnight_counts_for_its_own_day(alice):
    publish(daily_cap_xp=10)
    with clock.at(MONDAY + timedelta(days=1, seconds=1)):
        write(alice, 1)
    with clock.at(MONDAY + timedelta(days=1, seconds=-1)):
        assert write(alice, 2).points == 10


def test_a_weekly_cap_ends_on_monday(alice):
    publish(daily_cap_xp=None, weekly_cap_xp=20)
    earned = []
    for day in (0, 3, 6, 7):
        with clock.at(MONDAY + timedelta(days=day)):
            earned.append(write(alice, day))
    assert [gain.points for gain in earned] == [10, 10, 0, 10]
    assert (earned[2].refused, earned[2].again_at) == ("weekly-cap", MONDAY + timedelta(days=7))


def test_a_pair_has_a_cap_of_its_own(alice, bob):
    publish("like_received", pair_daily_cap_xp=8)
    carol = make.verified(make.user("carol", date_joined=MONDAY))
    with clock.at(MONDAY + timedelta(days=2)):
        earned = [like(alice, bob, n).points for n in range(3)]
        assert earned == [4, 4, 0]
        assert like(alice, carol, 1).points == 4


def test_a1_a_like_of_ones_own_post_earns_nothing(bob):
    assert like(bob, bob, 1).refused == "self"


def test_a1_a_like_by_another_account_of_the_same_person_earns_nothing(alice):
    mallory = make.verified(make.user("mallory", same_person_as=alice))
    assert like(alice, mallory, 1).refused == "one-person"


def test_a1_two_more_accounts_of_one_person_are_one_person(alice):
    one, other = (make.verified(make.user(name, same_person_as=alice)) for name in ("mallory", "trudy"))
    assert like(one, other, 1).refused == "one-person"


def test_a6_a_like_by_a_new_account_earns_nothing_until_it_is_old_enough(alice):
    mallory = make.verified(make.user("mallory", date_joined=MONDAY))
    with clock.at(MONDAY + timedelta(hours=24, microseconds=-1)):
        gain = like(alice, mallory, 1)
    assert (gain.refused, gain.again_at) == ("too-new", MONDAY + timedelta(hours=24))
    with clock.at(MONDAY + timedelta(hours=24)):
        assert like(alice, mallory, 2).points == 4


def test_a6_a_like_by_an_unverified_account_earns_nothing(alice):
    assert like(alice, make.user("mallory"), 1).refused == "unverified"


def test_a_new_author_earns_from_likes(bob):
    newcomer = make.user("newcomer", date_joined=clock.database_time())
    assert like(newcomer, bob, 1).points == 4


@pytest.mark.parametrize("who", ["author", "liker"])
def test_a_suspended_member_neither_earns_nor_lets_others_earn(alice, bob, who):
    suspended = alice if who == "author" else bob
    suspended.is_active = False
    suspended.save()
    assert like(alice, bob, 1).refused == "suspended"


def test_a_refusal_is_kept_with_its_reason_and_when_it_pays_again(alice):
    write(alice, 1)
    gain = write(alice, 2)
    kept = XpRefusal.objects.of(alice).get()
    assert (kept.reason, kept.again_at, kept.key, kept.action.name) == (
        "cooldown",
        gain.again_at,
        "post:2",
        "post_created",
    )
    assert (kept.cause_type, kept.cause_id, kept.rule_set_id) == ("post", "2", 1)


def test_a_refusal_that_is_asked_again_is_one_refusal(alice):
    write(alice, 1)
    write(alice, 2)
    write(alice, 2)
    assert XpRefusal.objects.of(alice).count() == 1


def test_a_repost_earns_nothing_and_starts_no_cooldown(alice):
    gain = xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1), repeated=True)
    assert (gain.refused, gain.again_at) == ("repost", None)
    assert write(alice, 2).points == 10


def test_a_refused_award_reads_once_and_writes_once(alice, django_assert_num_queries):
    write(alice, 1)
    with django_assert_num_queries(4):  # savepoint, read, refusal, release
        write(alice, 2)


@pytest.mark.parametrize(("fields", "total"), [({"daily_cap_xp": 95}, 95), ({"weekly_cap_xp": 70}, 70)])
def test_a7_fifty_parallel_awards_earn_exactly_the_cap(committed_db, fields, total):
    publish(**fields)
    alice = make.user("alice")
    gains = together([lambda n=n: write(alice, n) for n in range(50)])
    assert points(alice) == sum(gain.points for gain in gains) == total
    assert XpLog.objects.count() + XpRefusal.objects.count() == 50


def test_a7_fifty_parallel_likes_of_one_member_earn_exactly_the_pairs_cap(committed_db):
    publish("like_received", pair_daily_cap_xp=18)
    alice, bob = make.user("alice"), make.verified(make.user("bob"))
    together([lambda n=n: like(alice, bob, n) for n in range(50)])
    assert points(alice) == 18


def test_a_ban_of_who_likes_waits_for_the_like_and_finds_it(committed_db):
    alice, mallory = make.user("alice"), make.verified(make.user("mallory"))
    publish("like_received", pair_daily_cap_xp=None, daily_cap_xp=None)

    def ban():
        from django.db import transaction

        from degentalk.accounts.models import User

        with transaction.atomic():
            locked = User.objects.select_for_update(no_key=True).get(pk=mallory.pk)
            xp.reverse(because="ban:1", member=locked)
            locked.is_active = False
            locked.save()

    together([*[lambda n=n: like(alice, mallory, n) for n in range(12)], ban])
    assert points(alice) == 0
