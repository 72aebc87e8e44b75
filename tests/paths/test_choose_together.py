"""Choosing at the same moment as others do anything: one choice, one primary path, and nobody deadlocks."""

from functools import partial

import pytest
from django.db import connection, transaction

from degentalk.accounts.models import User
from degentalk.core.errors import MemberError
from paths import services as paths
from paths.models import PathChoice, PathLeaderboardRow, UserPath
from paths.services import tuning
from tests import make
from tests.paths.standing import choose, earn, only, primary, waits
from tests.threads import beside, together, until_somebody_waits
from tests.xp.test_path_shares import drift
from xp import services as xp
from xp.models import UserXp, XpLog


@pytest.fixture
def both(committed_db):
    return only(("test-a", {"special_event": 20_000}), ("test-b", {"special_event": 5_000}))


@pytest.fixture
def alice(both):
    return make.user("alice")


def switched(member, path, **how):
    """Whether it changed, or why it was refused, in a word."""
    try:
        return str(choose(member, path, **how).changed)
    except MemberError as error:
        return error.code


def progress(member):
    return dict(UserPath.objects.filter(user=member).values_list("path_id", "path_xp"))


def test_the_first_choice_clicked_twenty_times_at_once_is_one_choice(both, alice):
    told = together([partial(switched, alice, both[0])] * 20)
    assert sorted(told) == ["False"] * 19 + ["True"]
    assert list(PathChoice.objects.values_list("path_id", "how")) == [("test-a", "first")]
    assert (primary(alice), UserPath.objects.count()) == ("test-a", 1)


def test_different_first_choices_at_once_leave_one_primary_path(both, alice):
    told = together([partial(switched, alice, path) for path in both * 4])
    assert sorted(told) == ["False"] * 3 + ["True"] + ["switch-too-soon"] * 4
    assert list(PathChoice.objects.values_list("path_id", flat=True)) == [primary(alice)]
    assert list(UserPath.objects.values_list("path_id", flat=True)) == [primary(alice)]


def test_one_token_is_used_by_one_of_many_switches(committed_db):
    first, *others = only(("test-a", {}), ("test-b", {}), ("test-c", {}), ("test-d", {}))
    alice = make.user("alice")
    choose(alice, first)
    paths.grant_switch_token(user=alice, source="test:1")
    told = together([partial(switched, alice, path, use_token=True) for path in others * 3])
    assert sorted(told) == ["False"] * 2 + ["True"] + ["switch-too-soon"] * 6
    assert list(PathChoice.objects.order_by("id").values_list("how", flat=True)) == ["first", "token"]
    assert (paths.standing_of(alice).tokens, primary(alice)) == (0, PathChoice.objects.latest("id").path_id)


def test_a_token_that_is_being_taken_away_lets_nobody_switch(both, alice):
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1")
    with transaction.atomic():
        assert paths.take_switch_token("test:1")
        switching = beside(partial(switched, alice, both[1], use_token=True))
        until_somebody_waits()
    assert (switching(), primary(alice)) == ("switch-too-soon", "test-a")


def test_a_token_that_is_being_used_is_not_taken_away(both, alice):
    choose(alice, both[0])
    paths.grant_switch_token(user=alice, source="test:1")
    with transaction.atomic():
        assert choose(alice, both[1], use_token=True).how == "token"
        taking = beside(partial(paths.take_switch_token, "test:1"))
        until_somebody_waits()
    assert (taking(), paths.spent_tokens(["test:1"])) == (False, {"test:1"})


def test_a_source_grants_one_token_when_many_ask_for_it(both, alice):
    together([partial(paths.grant_switch_token, user=alice, source="test:1")] * 8)
    assert paths.standing_of(alice).tokens == 1


def test_choosing_among_awards_splits_them_without_losing_any(both, alice):
    waits(0)
    gains = [partial(earn, alice, 10, number=number) for number in range(1, 17)]
    choices = [partial(choose, alice, both[number % 2]) for number in range(8)]
    together([*gains, *choices])
    rows = list(XpLog.objects.values_list("path_id", "path_share", "xp_awarded"))
    whole = {"test-a": ("test-a", 20, 20), "test-b": ("test-b", 5, 5), None: (None, None, 10)}
    assert len(rows) == 16
    assert rows == [whole[path] for path, _share, _points in rows]
    in_none = sum(points for path, _share, points in rows if path is None)
    assert sum(progress(alice).values()) + in_none == UserXp.objects.of(alice).xp
    assert drift() == []


def test_a_switch_waits_for_whoever_takes_from_one_path_before_adding_to_the_other(both, alice):
    waits(0)
    choose(alice, both[0])
    earn(alice, 10, number=1)
    choose(alice, both[1])
    with transaction.atomic():
        xp.reverse(because="post_hidden:1", causes=[("event", 1)], reason="Spam")  # holds the row of A
        switching = beside(partial(choose, alice, both[0]))
        until_somebody_waits()
        earn(alice, 10, number=2)  # wants the row of B
    assert switching().changed
    assert (progress(alice), primary(alice), drift()) == ({"test-a": 0, "test-b": 5}, "test-a", [])


@pytest.mark.parametrize(("field", "value"), [("hides_from_boards", True), ("is_active", False)])
def test_who_hides_or_is_suspended_during_an_award_waits_for_it(both, alice, field, value):
    choose(alice, both[0])
    earn(alice, 10)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select xp_lock(array [%s]::bigint[])", [alice.pk])
        leaving = beside(partial(User.objects.filter(pk=alice.pk).update, **{field: value}))
        until_somebody_waits()
        earn(alice, 10)  # holds the XP of alice, and wants the row of her path
    leaving()
    row = UserPath.objects.get(user=alice)
    assert (row.path_xp, row.is_listed, UserXp.objects.of(alice).is_listed) == (40, False, False)


def test_levels_follow_a_curve_while_members_are_awarded(both, alice):
    bob = make.user("bob")
    for member in (alice, bob):
        choose(member, both[0])
        earn(member, 10)
    both[0].levels.filter(level=2).update(xp_required=20)
    with transaction.atomic():
        earn(bob, 1)
        following = beside(paths.recompute_levels)
        until_somebody_waits()
        earn(alice, 1)  # bob before alice: levels follow from alice to bob
    following()
    assert set(UserPath.objects.values_list("path_xp", "path_level")) == {(22, 2)}


def test_a_path_made_four_times_at_once_is_one_path(committed_db):
    otto = make.user("otto", is_staff=True, is_superuser=True)
    facts = {"name": "Healer", "tagline": "", "icon": "heart", "color": "rose", "xp_multipliers": {}}
    levels = [{"level": 1, "xp_required": 0, "title": "Novice"}]
    made = partial(tuning.save_path, path_id="healer", fields=facts, levels=levels, actor=otto, reason="More to choose")
    assert sorted(is_new for _path, is_new in together([made] * 4)) == [False, False, False, True]


def test_a_board_loses_nobody_while_levels_follow_a_shorter_curve(both, alice):
    choose(alice, both[0])
    earn(alice, 1_000)
    before = UserPath.objects.get(user=alice)
    assert before.path_level > 1
    both[0].levels.filter(level__gt=1).delete()
    row = PathLeaderboardRow.objects.get(user_id=alice.pk)
    assert (row.path_level, row.path_xp) == (1, before.path_xp)
