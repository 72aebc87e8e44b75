"""Switches: on until somebody switches, at once for everybody, with who and why for good (A17)."""

from itertools import pairwise

import pytest
from django.contrib.admin.models import LogEntry
from django.db import Error, connection, transaction

from degentalk.core import switches
from degentalk.core.errors import Refused
from degentalk.core.models import Switch, SwitchChange
from degentalk.core.switches import SwitchedOff
from tests import make
from tests.threads import together


@pytest.fixture
def staff(db):
    return make.user("moderator", is_staff=True)


def turn(is_on, actor, name="transfers", reason="Somebody farms the fee"):
    return switches.set_switch(name=name, is_on=is_on, actor=actor, reason=reason)


def is_on_in_sql(name):
    with connection.cursor() as cursor:
        cursor.execute("select switch_is_on(%s)", [name])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("name", ["transfers", "tips", "rewards"])
def test_a17_what_moves_dgt_can_be_switched_off_each_by_itself(staff, name):
    others = {"transfers", "tips", "rewards"} - {name}
    turn(False, staff, name)
    assert not switches.is_on(name)
    assert all(switches.is_on(other) for other in others)


def test_what_nobody_touched_is_on(db):
    assert (switches.is_on("transfers"), Switch.objects.count()) == (True, 0)
    switches.require("transfers")


def test_a17_what_is_off_is_refused_in_words(staff):
    turn(False, staff)
    with pytest.raises(SwitchedOff) as refusal:
        switches.require("transfers")
    assert str(refusal.value) == "Switched off for the moment: Transfers between members. Try again later."
    assert (refusal.value.code, refusal.value.status) == ("switched-off", 422)


def test_a17_a_switch_acts_with_the_next_question_of_every_process(committed_db):
    staff = make.user("moderator", is_staff=True)
    answers = []
    for is_on in (False, True, False):
        turn(is_on, staff)
        answers += together([lambda: switches.is_on("transfers"), lambda: is_on_in_sql("transfers")])
    assert answers == [False, False, True, True, False, False]


def test_asking_takes_one_query(staff, django_assert_num_queries):
    turn(False, staff)
    with django_assert_num_queries(1):
        switches.is_on("transfers")


def test_a_name_that_no_app_registered_is_a_mistake_and_not_on(db):
    with pytest.raises(LookupError):
        switches.is_on("transfer")
    with pytest.raises(LookupError):
        switches.require("transfer")


def test_switching_keeps_who_when_and_why(staff):
    change = turn(False, staff, reason="  Somebody farms the fee ")
    stored = SwitchChange.objects.get()
    assert stored == change
    assert (stored.switch_id, stored.is_on, stored.by, stored.reason) == (
        "transfers", False, staff, "Somebody farms the fee",
    )  # fmt: skip
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.get_change_message()) == (
        staff, "transfers", "Switched off. Reason: Somebody farms the fee",
    )  # fmt: skip


@pytest.mark.parametrize("is_on", [True, False])
def test_switching_twice_is_one_change(staff, is_on):
    turn(False, staff)
    turn(True, staff)
    first, second = turn(is_on, staff), turn(is_on, staff)
    assert (second, switches.is_on("transfers")) == (None, is_on)
    assert SwitchChange.objects.count() == (2 if first is None else 3)


def test_switching_on_what_nobody_touched_changes_nothing(staff):
    assert turn(True, staff) is None
    assert (SwitchChange.objects.count(), LogEntry.objects.count(), switches.is_on("transfers")) == (0, 0, True)


@pytest.mark.parametrize(("name", "reason"), [("transfers", ""), ("transfers", " \n"), ("everything", "Because")])
def test_a_switch_without_a_reason_or_unknown_is_refused(staff, name, reason):
    with pytest.raises(Refused):
        turn(False, staff, name, reason)
    assert (Switch.objects.count(), SwitchChange.objects.count()) == (0, 0)


def test_many_who_switch_off_at_once_make_one_change(committed_db):
    staff = [make.user(f"staff_{number}", is_staff=True) for number in range(8)]
    changes = together([lambda who=who: turn(False, who) for who in staff])
    assert sum(change is not None for change in changes) == 1
    assert (SwitchChange.objects.count(), LogEntry.objects.count(), switches.is_on("transfers")) == (1, 1, False)


def test_on_and_off_at_once_end_as_the_newest_change_says(committed_db):
    staff = make.user("moderator", is_staff=True)
    together([lambda n=n: turn(bool(n % 2), staff) for n in range(12)])
    changes = list(SwitchChange.objects.order_by("id").values_list("is_on", flat=True))
    assert all(before != after for before, after in pairwise(changes))
    assert (switches.is_on("transfers"), changes[0]) == (changes[-1], False)


def test_every_registered_switch_is_listed_touched_or_not(staff):
    turn(False, staff, "tips", "Rings")
    turn(True, staff, "tips", "The rings are gone")
    turn(False, staff, "rewards", "The curve was wrong")
    states = {state.known.name: state for state in switches.states()}
    assert set(states) >= {"transfers", "tips", "rewards"}
    assert (states["transfers"].is_on, states["transfers"].change) == (True, None)
    assert (states["tips"].is_on, states["tips"].change.reason) == (True, "The rings are gone")
    assert (states["rewards"].is_on, states["rewards"].change.by) == (False, staff)


@pytest.mark.parametrize(
    "statement",
    [
        "update switch_changes set reason = 'Nothing to see'",
        "delete from switch_changes",
        "truncate switch_changes",
    ],
)
def test_the_owner_cannot_rewrite_who_switched_what(committed_db, owner, statement):
    turn(False, make.user("moderator", is_staff=True))
    with pytest.raises(Exception, match="only grow"):
        owner.execute(statement)
    assert SwitchChange.objects.count() == 1


def test_the_application_cannot_rewrite_who_switched_what(staff):
    turn(False, staff)
    for rewrite in (lambda: SwitchChange.objects.update(reason="x"), SwitchChange.objects.all().delete):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            rewrite()
