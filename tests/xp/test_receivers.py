"""What XP does when accounts announces a complete profile, one person with two accounts, a new time zone."""

from itertools import permutations
from threading import Event
from time import sleep

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from xp import services as xp
from xp.models import StreakDay, UserXp, XpAction, XpLog, XpWithholding

LONG = "I trade shitcoins so that you do not have to."
SETTINGS = {"theme": "auto", "hides_balance": False, "hides_from_boards": False}


@pytest.fixture
def alice(db):
    return make.verified(make.user("alice"))


def save(user, about="", time_zone="UTC"):
    accounts.change_settings(user=user, about=about, time_zone=time_zone, **SETTINGS)


def points(user):
    return UserXp.objects.of(user).xp


def like(author, liker, post):
    key = f"like:{post}:{liker.pk}"
    return xp.award(user=author, action="like_received", key=key, cause=("post", post), giver=liker)


# ── Complete profiles ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_complete_profile_pays_once_and_the_member_is_told(alice):
    for about in (LONG, "", LONG):
        save(alice, about)
    row = XpLog.objects.get(action__name="profile_completed")
    assert (row.key, row.cause_type, row.cause_id, row.xp_awarded) == (
        f"profile:{alice.pk}", "user", str(alice.pk), 50,
    )  # fmt: skip
    assert Notification.objects.get(user=alice, kind="xp").text == "Your profile is complete: +50 XP."


def test_an_incomplete_profile_pays_nothing(db):
    save(make.user("bob"), LONG)
    assert not XpLog.objects.exists()


def test_a_profile_that_pays_nothing_is_saved_all_the_same(alice):
    XpAction.objects.filter(name="profile_completed").update(is_enabled=False)
    rulebook.publish(actor=None, reason="test")
    save(alice, LONG)
    alice.refresh_from_db()
    assert (alice.about, points(alice)) == (LONG, 0)
    assert not Notification.objects.filter(kind="xp").exists()


def test_text_and_address_at_once_pay_once(committed_db):
    alice = make.user("alice")

    def confirm():
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
        accounts.address_confirmed(user=alice)

    together([lambda: save(alice, LONG), confirm])
    assert points(alice) == 50


# ── One person ──────────────────────────────────────────────────────────────────────────────────────────────────────


def liking_each_other(members):
    """The same members; each likes a post of every other."""
    people = list(members)
    for author, liker in permutations(people, 2):
        like(author, liker, author.pk)
    return people


@pytest.fixture
def people(db):
    return liking_each_other(make.verified(make.user(name)) for name in ("alice", "bob", "carol", "mallory"))


def declare(user, other):
    accounts.declare_one_person(user=user, other=other, actor=make.user(f"mod{make.serial()}"), reason="Same device")


def withdraw(user):
    accounts.withdraw_one_person(user=user, actor=make.user(f"mod{make.serial()}"), reason="A sister")


def test_a1_what_two_accounts_of_one_person_gave_each_other_is_taken_back(people):
    alice, bob, *_others = people
    declare(bob, alice)
    assert [points(person) for person in people] == [8, 8, 12, 12]
    first, second = sorted((alice.pk, bob.pk))
    assert set(XpWithholding.objects.values_list("because", flat=True)) == {f"one_person:{first}:{second}"}
    assert like(alice, bob, 99).refused == "one-person"


def test_two_people_after_all_get_it_back(people):
    alice, bob, *_others = people
    declare(bob, alice)
    withdraw(alice)
    assert [points(person) for person in people] == [12, 12, 12, 12]
    assert not XpWithholding.objects.exists()


def test_whoever_leaves_a_person_of_three_gets_back_what_both_took(people):
    alice, bob, carol, _mallory = people
    declare(bob, alice)
    declare(carol, bob)
    assert [points(person) for person in people] == [4, 4, 4, 12]
    withdraw(alice)
    assert [points(person) for person in people] == [12, 8, 8, 12]


def test_a_decision_about_many_pairs_locks_members_in_the_one_order(committed_db):
    """It waits for a verb that holds the third member and then wants the fourth, instead of both waiting for ever."""
    people = liking_each_other(make.verified(make.user(f"member_{number}")) for number in range(4))
    mod, third_is_held = make.user("mod"), Event()
    accounts.declare_one_person(user=people[3], other=people[0], actor=mod, reason="Same device")
    accounts.declare_one_person(user=people[2], other=people[1], actor=mod, reason="Same device")

    def decide():
        third_is_held.wait(timeout=10)
        # Announces these pairs, in this order: 2 and 1, 2 and 4, 3 and 1, 3 and 4.
        accounts.declare_one_person(user=people[1], other=people[0], actor=mod, reason="Same device")

    @transaction.atomic
    def hold_and_want():
        lock_xp(people[2:3])
        third_is_held.set()
        wait_until_somebody_waits()
        lock_xp(people[2:])

    together([decide, hold_and_want])
    assert [points(person) for person in people] == [0, 0, 0, 0]


def lock_xp(members):
    """As taking back and giving back do."""
    with connection.cursor() as cursor:
        cursor.execute("select xp_lock(%s::bigint[])", [[member.pk for member in members]])


def wait_until_somebody_waits():
    """For a lock, in this database."""
    for _attempt in range(200):
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where not granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("nobody waits")


# ── Time zones ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_streak_goes_along_to_another_time_zone(db):
    bob = make.user("bob", time_zone="Etc/GMT+12")
    xp.visit(user=bob)
    save(bob, time_zone="Etc/GMT-14")  # always one or two dates further
    assert set(StreakDay.objects.of(bob).values_list("kind", flat=True)) == {"visit", "bridge"}
    assert xp.visit(user=bob) is None
