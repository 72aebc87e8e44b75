"""Two accounts of one person: staff say so, staff take it back, and the database keeps it simple."""

from itertools import pairwise

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, IntegrityError, connection, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.signals import one_person_declared, one_person_withdrawn
from degentalk.core.errors import Conflict, MemberError, Refused
from tests import make
from tests.heard import heard
from tests.threads import together


@pytest.fixture
def mod(db):
    return make.user("mod", is_staff=True)


@pytest.fixture
def people(db):
    """alice, bob, carol and mallory, in the order of their ids."""
    return [make.user(name) for name in ("alice", "bob", "carol", "mallory")]


def declare(user, other, actor, reason="Same device"):
    accounts.declare_one_person(user=user, other=other, actor=actor, reason=reason)


def withdraw(user, actor, reason="A sister"):
    accounts.withdraw_one_person(user=user, actor=actor, reason=reason)


def persons(*people):
    """The accounts of the person behind each, by their names."""
    fresh = User.objects.in_bulk([person.pk for person in people])
    names = dict(User.objects.values_list("pk", "username"))
    return [[names[pk] for pk in accounts.accounts_of_person(fresh[person.pk])] for person in people]


def person_ids():
    return {user.username: user.person_id for user in User.objects.exclude(username="mod")}


def test_everybody_is_a_person_of_their_own_at_first(people):
    alice, *_others = people
    assert (alice.person_id, accounts.accounts_of_person(alice)) == (alice.pk, [alice.pk])


def test_declared_accounts_are_one_person_for_both(people, mod):
    alice, bob, *_others = people
    declare(bob, alice, mod)
    assert persons(alice, bob) == [["alice", "bob"]] * 2
    assert person_ids()["alice"] == person_ids()["bob"] == alice.pk


def test_what_is_one_person_with_either_is_one_person_with_both(people, mod):
    alice, bob, carol, mallory = people
    declare(bob, alice, mod)
    declare(carol, mallory, mod)
    declare(alice, carol, mod)
    assert persons(*people) == [["alice", "bob", "carol", "mallory"]] * 4
    assert User.objects.filter(same_person_as=None).exclude(pk=mod.pk).count() == 1


@pytest.mark.parametrize("leaver", [0, 1, 2])
def test_withdrawing_one_leaves_the_others_together(people, mod, leaver):
    alice, bob, carol, _mallory = people
    declare(bob, alice, mod)
    declare(carol, alice, mod)
    withdraw(people[leaver], mod)
    together_still = [person.username for person in (alice, bob, carol) if person != people[leaver]]
    assert persons(people[leaver]) == [[people[leaver].username]]
    assert persons(*(person for person in (alice, bob, carol) if person != people[leaver])) == [together_still] * 2


def test_withdrawing_from_a_pair_makes_two_people(people, mod):
    alice, bob, *_others = people
    declare(bob, alice, mod)
    withdraw(alice, mod)
    assert persons(alice, bob) == [["alice"], ["bob"]]
    assert not User.objects.exclude(same_person_as=None).exists()


def test_each_new_pair_is_announced_once(people, mod):
    alice, bob, carol, _mallory = people
    declare(bob, alice, mod)
    with heard(one_person_declared, "user", "other") as said:
        declare(alice, carol, mod)
    assert {frozenset(pair) for pair in said} == {frozenset({alice, carol}), frozenset({bob, carol})}
    assert len(said) == 2


def test_each_pair_that_ends_is_announced_once(people, mod):
    alice, bob, carol, _mallory = people
    declare(bob, alice, mod)
    declare(carol, alice, mod)
    with heard(one_person_withdrawn, "user", "other") as said:
        withdraw(alice, mod)
    assert said == [(alice, bob), (alice, carol)]


def test_who_hears_it_finds_it_written(people, mod):
    alice, bob, *_others = people
    found = []

    def look(user, other, **_arguments):
        found.append((user.person_id == other.person_id, persons(user, other)))

    one_person_declared.connect(look)
    try:
        declare(bob, alice, mod)
    finally:
        one_person_declared.disconnect(look)
    assert found == [(True, [["alice", "bob"]] * 2)]


def test_the_staffs_log_says_who_why_and_with_whom_at_both(people, mod):
    alice, bob, *_others = people
    declare(bob, alice, mod)
    withdraw(bob, mod)
    entries = {(entry.user, entry.object_id, entry.get_change_message()) for entry in LogEntry.objects.all()}
    assert entries == {
        (mod, str(bob.pk), "One person with alice. Reason: Same device"),
        (mod, str(alice.pk), "One person with bob. Reason: Same device"),
        (mod, str(bob.pk), "Not one person with alice. Reason: A sister"),
        (mod, str(alice.pk), "Not one person with bob. Reason: A sister"),
    }


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_account_is_no_pair(people, mod):
    alice, *_others = people
    with pytest.raises(Refused, match="alice and alice are one person already."):
        declare(alice, alice, mod)


def test_one_person_is_declared_once(people, mod):
    alice, bob, carol, _mallory = people
    declare(bob, alice, mod)
    declare(carol, alice, mod)
    with pytest.raises(Refused, match="bob and carol are one person already."):
        declare(bob, carol, mod)


def test_who_is_alone_cannot_be_separated(people, mod):
    with pytest.raises(Refused, match="alice is one person with nobody."):
        withdraw(people[0], mod)


@pytest.mark.parametrize("reason", ["", " \n", "\x00"])
def test_without_a_reason_nothing_happens(people, mod, reason):
    alice, bob, *_others = people
    with pytest.raises(Refused, match="Say why"):
        declare(alice, bob, mod, reason)
    declare(alice, bob, mod)
    with pytest.raises(Refused, match="Say why"):
        withdraw(alice, mod, reason)
    assert persons(alice) == [["alice", "bob"]]


def test_only_an_admin_decides_about_staff(people, mod):
    alice, *_others = people
    colleague, root = make.user("colleague", is_staff=True), make.user("root", is_superuser=True)
    for user, other in ((alice, colleague), (colleague, alice)):
        with pytest.raises(Refused, match="colleague is staff"):
            declare(user, other, mod)
    declare(alice, colleague, root)
    with pytest.raises(Refused, match="colleague is staff"):
        withdraw(alice, mod)
    withdraw(alice, root)


def test_nobody_separates_their_own_accounts(people):
    root = make.user("root", is_superuser=True)
    declare(people[0], root, root)
    with pytest.raises(Refused, match="Somebody else must decide about your own accounts."):
        withdraw(people[0], root)


# ── what the database keeps ─────────────────────────────────────────────────────────────────────────────────────────


def point(account, main):
    User.objects.filter(pk=account.pk).update(same_person_as=main)


def test_an_account_is_not_the_same_person_as_itself(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        point(people[0], people[0])


def test_a_main_account_points_nowhere(people):
    alice, bob, carol, _mallory = people
    point(bob, alice)
    for account, main in ((carol, bob), (alice, carol)):
        with pytest.raises(IntegrityError, match="A person has one main account"), transaction.atomic():
            point(account, main)
    assert persons(alice, carol) == [["alice", "bob"], ["carol"]]


def test_a_main_account_cannot_be_deleted(people):
    alice, bob, *_others = people
    point(bob, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk)._raw_delete("default")
        connection.check_constraints()


def test_parallel_statements_build_no_chain(committed_db):
    """a → b → c → … all at once: whoever comes second is refused, and no account points to one that points on."""
    ring = [make.user(f"member_{number}") for number in range(8)]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    together([lambda pair=pair: point(*pair) for pair in pairs], refusals=DatabaseError)
    pointed_to = User.objects.exclude(same_person_as=None).values("same_person_as")
    assert not User.objects.filter(pk__in=pointed_to).exclude(same_person_as=None).exists()
    assert pointed_to.exists()


def test_parallel_declarations_end_as_some_order_of_them_would(committed_db):
    mod = make.user("mod", is_staff=True)
    people = [make.user(f"member_{number}") for number in range(6)]
    pairs = list(pairwise(people))
    with heard(one_person_declared, "user", "other") as said:
        answers = together([lambda pair=pair: declare(*pair, mod) for pair in pairs], refusals=MemberError)
    for pair, answer in zip(pairs, answers, strict=True):  # who looked while another wrote is asked to look again
        assert answer is None or isinstance(answer, Conflict)
        if answer:
            declare(*pair, mod)
    assert {user.person_id for user in User.objects.filter(pk__in=[person.pk for person in people])} == {
        User.objects.exclude(pk=mod.pk).get(same_person_as=None).pk
    }
    assert len(said) == len({frozenset(pair) for pair in said})
