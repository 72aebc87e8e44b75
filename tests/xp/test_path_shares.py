"""The primary path multiplies awards and collects them; what is taken back leaves it; the doctor compares it all."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from degentalk.rulebook import services as rulebook
from paths import rules as path_rules
from paths.models import PathPolicy, UserPath, XpPath, XpPathLevel
from tests import make
from xp import rules
from xp import services as xp
from xp.models import UserXp, XpAction, XpLog
from xp.services.doctor import examine, repair


def publish():
    XpAction.objects.update(cooldown_seconds=0)
    PathPolicy.objects.update(switch_cooldown_hours=0)
    rulebook.publish(actor=None, reason="test")


def a_path(number, **multipliers):
    path = XpPath.objects.create(id=number, name=number.title(), color="lime", xp_multipliers=multipliers)
    for level, xp_required in enumerate((0, 30, 100), start=1):
        XpPathLevel.objects.create(path=path, level=level, xp_required=xp_required, title=f"{number} {level}")
    publish()
    return path


def choose(user, path):
    with connection.cursor() as cursor:
        cursor.execute("select * from path_choose(%s, %s, false)", [user.pk, path.pk])


def write(user, number):
    return xp.award(user=user, action="post_created", key=f"post:{number}", cause=("post", number))


def path_of(user, path):
    return UserPath.objects.filter(user=user, path=path).values_list("path_xp", "path_level").first()


def drift():
    found = []
    examine(found.append)
    return [(row.kind, row.subject, row.stored, row.rebuilt) for row in found]


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def sage(db):
    return a_path("test-sage", post_created=15_000)


def test_without_a_path_nothing_is_multiplied_or_collected(alice, sage):
    assert write(alice, 1).points == 10
    assert not UserPath.objects.filter(user=alice).exists()
    row = XpLog.objects.get(key="post:1")
    assert (row.path_id, row.path_share) == (None, None)


def test_the_primary_path_multiplies_and_collects_the_award_whole(alice, sage):
    choose(alice, sage)
    gain = write(alice, 1)
    assert (gain.points, gain.why.multipliers) == (15, (rules.Multiplier("path:test-sage", 15_000),))
    row = XpLog.objects.get(key="post:1")
    assert (row.path_id, row.path_share, row.xp_awarded) == ("test-sage", 15, 15)
    assert path_of(alice, sage) == (15, 1)


def test_an_action_that_the_path_does_not_name_is_collected_as_it_is(alice, sage):
    choose(alice, sage)
    xp.award(user=alice, action="thread_created", key="thread:1", cause=("thread", 1))
    assert path_of(alice, sage) == (20, 1)


def test_the_level_follows_the_paths_own_curve(alice, sage):
    choose(alice, sage)
    for number in range(1, 8):
        write(alice, number)
    assert path_of(alice, sage) == (105, 3)
    assert UserXp.objects.of(alice).xp == 105


def test_after_a_switch_the_old_path_keeps_what_it_has(alice, sage):
    choose(alice, sage)
    write(alice, 1)
    other = a_path("test-degen", post_created=8_000)
    choose(alice, other)
    write(alice, 2)
    assert (path_of(alice, sage), path_of(alice, other)) == ((15, 1), (8, 1))


def test_a_paused_path_keeps_its_progress_and_neither_multiplies_nor_collects(alice, sage):
    choose(alice, sage)
    write(alice, 1)
    XpPath.objects.filter(pk=sage.pk).update(is_active=False)
    publish()
    assert write(alice, 2).points == 10
    assert path_of(alice, sage) == (15, 1)


def test_an_award_taken_back_leaves_the_path_it_went_to_and_comes_back_to_it(alice, sage):
    choose(alice, sage)
    write(alice, 1), write(alice, 2)
    other = a_path("test-degen")
    choose(alice, other)
    xp.reverse(because="post_hidden:1", causes=[("post", 1)], reason="Spam")
    assert path_of(alice, sage) == (15, 1)
    xp.restore(because="post_hidden:1")
    assert (path_of(alice, sage), path_of(alice, other)) == ((30, 2), (0, 1))


def test_a_tip_that_comes_back_leaves_the_path_the_part_that_stays(committed_db):
    path = a_path("test-whale", tip_given=20_000, tip_received=20_000)
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    choose(alice, path)
    xp.award_tip(giver=alice, receiver=bob, amount=50, key="tip:1", cause=("tip", 1))
    before = path_of(alice, path)[0]
    xp.award_tip(giver=bob, receiver=alice, amount=25, key="tip:2", cause=("tip", 2))
    after = path_of(alice, path)[0]
    assert (before, after, after == UserXp.objects.of(alice).xp) == (20, 10, True)
    assert drift() == []


def test_staffs_adjustments_belong_to_no_path(alice, sage):
    choose(alice, sage)
    root = make.user("root", is_staff=True)
    xp.adjust(user=alice, points=500, reason="A gift", actor=root, key="adjustment:1")
    assert (path_of(alice, sage), UserXp.objects.of(alice).xp) == ((0, 1), 500)


def test_the_door_refuses_a_share_that_is_not_the_award(alice, sage):
    from django.db import Error, transaction

    with pytest.raises(Error, match="collects an award whole"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select xp_post(%s, 'post_created', 10, 'post:9', 1, %s::jsonb, 'post', '9', p_path => 'test-sage',"
            " p_path_share => 9)",
            [alice.pk, '{"base": 10, "multipliers": [], "result": 10}'],
        )


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("path_xp = path_xp + 1", [("path", "test-sage", "16", "15")]),
        ("path_xp = 0", [("path", "test-sage", "0", "15")]),
    ],
)
def test_the_doctor_finds_a_path_that_disagrees_and_puts_it_right(committed_db, owner, damage, found):
    alice, path = make.user("alice"), a_path("test-sage", post_created=15_000)
    choose(alice, path)
    write(alice, 1)
    owner.execute(f"update user_paths set {damage}")
    assert drift() == found
    assert "path test-sage" in repair(user=alice)
    assert (drift(), path_of(alice, path)) == ([], (15, 1))


def test_the_doctor_finds_and_rebuilds_a_path_that_was_lost(committed_db, owner):
    alice, path = make.user("alice"), a_path("test-sage", post_created=15_000)
    choose(alice, path)
    write(alice, 1)
    owner.execute("delete from user_paths")
    assert drift() == [("path", "test-sage", "0", "15")]
    repair(user=alice)
    assert (drift(), path_of(alice, path)) == ([], (15, 1))


def test_the_doctor_finds_a_level_that_is_not_on_the_curve(committed_db, owner):
    alice, path = make.user("alice"), a_path("test-sage", post_created=15_000)
    choose(alice, path)
    write(alice, 1)
    owner.execute("alter table user_paths disable trigger update_path_level")
    owner.execute("update user_paths set path_level = 3")
    owner.execute("alter table user_paths enable trigger update_path_level")
    assert drift() == [("path_level", "test-sage", "3", "1")]
    repair(user=alice)
    assert drift() == []


def test_the_doctor_leaves_a_damaged_share_to_people(committed_db, owner):
    alice, path = make.user("alice"), a_path("test-sage", post_created=15_000)
    choose(alice, path)
    write(alice, 1)
    owner.execute("alter table xp_log disable trigger user")
    owner.execute("update xp_log set path_share = 3")
    owner.execute("alter table xp_log enable trigger user")
    assert [row[0] for row in drift()] == ["share"]
    assert repair(user=alice) is None


ACTIONS = ("post_created", "thread_created", "like_received", "tip_given", "no_such_action")
BPS = st.integers(path_rules.LEAST_BPS, path_rules.MOST_BPS)


class TheTwoRulesAreOne(TestCase):
    @settings(max_examples=60)
    @given(
        multipliers=st.dictionaries(st.sampled_from(ACTIONS[:4]), BPS),
        is_active=st.booleans(),
        chosen=st.booleans(),
        action=st.sampled_from(ACTIONS),
    )
    def test_sql_and_python_multiply_alike(self, multipliers, is_active, chosen, action):
        path = a_path("test-any", **multipliers)
        user = make.user("alice")
        if chosen:
            choose(user, path)
        XpPath.objects.filter(pk=path.pk).update(is_active=is_active)
        rule_set = rulebook.publish(actor=None, reason="test")
        with connection.cursor() as cursor:
            cursor.execute("select get_path_xp_multiplier(%s, %s)", [user.pk, action])
            from_sql = cursor.fetchone()[0]
        assert from_sql == path_rules.multiplier(rule_set.rules, path.pk if chosen else None, action)
