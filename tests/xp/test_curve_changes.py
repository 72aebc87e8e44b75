"""A change of the curve: at once for the rules, in batches for everyone's level, and nobody is paid twice (L19)."""

import contextlib
import itertools
import random
import threading
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import Error, connection, transaction

from degentalk.accounts.models import Notification
from degentalk.core import clock
from degentalk.core.errors import Conflict, Refused
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet
from tests import make
from tests.threads import together
from wallet.models import DgtTransaction, UserWallet
from xp import rules, tasks
from xp import services as xp
from xp.errors import CurveChangeUnderWay
from xp.models import LevelDgtRewardLog, UserXp, XpAction, XpCurveChange, XpLevel, XpLog
from xp.services import curve_changes

EASIER = {level: 10 * (level - 1) for level in range(1, 101)}
HARDER = {level: 1_000 * (level - 1) for level in range(1, 101)}
DEFAULT = {level: 25 * (level - 1) * level for level in range(1, 101)}


@pytest.fixture
def staff(committed_db):
    return make.user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def alice(committed_db):
    return make.user("alice")


def set_xp(owner, user, points):
    owner.execute(
        "insert into user_xp (user_id, xp) values (%(user)s, %(xp)s)"
        " on conflict (user_id) do update set xp = excluded.xp",
        {"user": user.pk, "xp": points},
    )


def change(staff, thresholds, *, pays=False, reason="The first levels were too slow"):
    return xp.change_curve(thresholds=thresholds, pays_rewards=pays, reason=reason, actor=staff)


def level_of(user):
    return UserXp.objects.of(user).level


def rewards_of(user):
    """What each level paid, as the log of rewards has it."""
    return dict(LevelDgtRewardLog.objects.filter(user=user).order_by("level").values_list("level", "dgt_reward"))


def balance_of(user):
    return UserWallet.objects.of(user).dgt_balance


def award(user, points, key):
    """An award of exactly so many XP."""
    return xp.award(user=user, action="special_event", key=key, cause=("event", key), base=points)


# ── the change itself ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_a_rule_set_with_who_why_and_the_choice(staff):
    made = change(staff, {2: 40}, pays=True)
    version = RuleSet.objects.newest().first()
    assert (version.number, version.created_by, version.reason) == (2, staff, "The first levels were too slow")
    assert version.rules["xp"]["levels"][1][:2] == [2, 40]
    assert (made.rule_set_id, made.pays_rewards, made.actor, made.finished_at) == (2, True, staff, None)
    message = "Changed 1 thresholds, with rewards: yes. Reason: The first levels were too slow"
    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == [message]


@pytest.mark.parametrize(
    ("thresholds", "sentence"),
    [
        ({5: 300}, "Level 5 must need more XP than level 4."),
        ({1: 10}, "The curve starts at level 1 with 0 XP."),
        ({101: 10**9}, "There is no level 101."),
        ({100: 10**15 + 1}, "A level needs 0 to 1,000,000,000,000,000 XP."),
        ({5: -1}, "A level needs 0 to 1,000,000,000,000,000 XP."),
        ({5: 500}, "The curve is like that already: nothing to change."),
        ({}, "The curve is like that already: nothing to change."),
    ],
)
def test_a_curve_that_cannot_be_is_refused_in_a_sentence(staff, thresholds, sentence):
    with pytest.raises((Refused, RuleError)) as refusal:
        change(staff, thresholds)
    assert str(refusal.value) == sentence
    assert (XpCurveChange.objects.count(), RuleSet.objects.count()) == (0, 1)
    assert XpLevel.objects.get(level=5).xp_required == 500


def test_a_change_needs_a_reason(staff):
    with pytest.raises(Refused, match="Say why"):
        change(staff, {2: 40}, reason="  ")
    assert XpLevel.objects.get(level=2).xp_required == 50


def test_a_second_change_waits_until_the_first_is_done(staff):
    change(staff, {2: 40})
    with pytest.raises(CurveChangeUnderWay, match="still following the last change"):
        change(staff, {2: 30})
    tasks.recompute_levels()
    change(staff, {2: 30})
    assert XpLevel.objects.get(level=2).xp_required == 30


def test_of_parallel_changes_one_is_made(staff):
    answers = together(
        [lambda n=n: change(staff, {2: 30 + n}) for n in range(8)], refusals=(CurveChangeUnderWay, Refused)
    )
    assert [type(answer) for answer in answers].count(XpCurveChange) == 1
    assert (XpCurveChange.objects.count(), RuleSet.objects.count()) == (1, 2)


def test_a_change_that_fails_leaves_nothing_behind(staff, monkeypatch):
    monkeypatch.setattr(rulebook, "publish", lambda **_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change(staff, {2: 40})
    assert (XpCurveChange.objects.count(), XpLevel.objects.get(level=2).xp_required) == (0, 50)


# ── levels follow ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("thresholds", "level"), [(EASIER, 16), (HARDER, 1)], ids=["easier", "harder"])
@pytest.mark.parametrize("pays", [True, False])
def test_every_level_follows_in_batches(staff, owner, monkeypatch, thresholds, level, pays):
    monkeypatch.setattr(curve_changes, "MEMBERS_PER_BATCH", 2)
    members = [make.user(f"member_{number}") for number in range(7)]
    for member in members:
        set_xp(owner, member, 150)
    made = change(staff, thresholds, pays=pays)
    assert {level_of(member) for member in members} == {3}
    assert tasks.recompute_levels() == 7
    made.refresh_from_db()
    assert {level_of(member) for member in members} == {level}
    assert (made.changed, made.done_up_to, made.finished_at is None) == (7, members[-1].pk, False)


def test_levels_reached_by_a_change_that_pays_pay_once(staff, alice, owner):
    set_xp(owner, alice, 60)
    change(staff, {3: 55, 4: 58}, pays=True)
    tasks.recompute_levels()
    assert (level_of(alice), rewards_of(alice), balance_of(alice)) == (4, {2: 20, 3: 30, 4: 40}, 90)


def test_levels_reached_by_a_change_that_does_not_pay_never_pay_later(staff, alice, owner):
    set_xp(owner, alice, 60)
    change(staff, {3: 55, 4: 58})
    tasks.recompute_levels()
    assert (level_of(alice), rewards_of(alice), balance_of(alice)) == (4, {2: 20, 3: 0, 4: 0}, 20)
    change(staff, {3: DEFAULT[3], 4: DEFAULT[4]}, pays=True)
    tasks.recompute_levels()
    assert level_of(alice) == 2
    award(alice, 300, "event:1")
    assert (level_of(alice), balance_of(alice)) == (4, 20)


def test_levels_lost_keep_what_they_paid_and_pay_nothing_when_reached_again(staff, alice, owner):
    set_xp(owner, alice, 150)
    change(staff, {3: 160}, pays=True)
    tasks.recompute_levels()
    assert (level_of(alice), balance_of(alice)) == (2, 50)
    award(alice, 20, "event:1")
    assert (level_of(alice), balance_of(alice)) == (3, 50)


@pytest.mark.parametrize(("pays", "dgt"), [(True, 20 + 30 + 40), (False, 20 + 40)])
def test_an_award_before_the_batch_pays_what_it_reaches_itself(staff, alice, owner, pays, dgt):
    """Level 3 came by the change, level 4 by the award."""
    set_xp(owner, alice, 60)
    change(staff, {3: 55, 4: 70}, pays=pays)
    gain = award(alice, 10, "event:1")
    assert (gain.levels, level_of(alice), balance_of(alice)) == ((3, 4), 4, dgt)
    tasks.recompute_levels()
    assert (level_of(alice), balance_of(alice)) == (4, dgt)


def test_an_award_before_the_batch_follows_a_harder_curve_down(staff, alice, owner):
    set_xp(owner, alice, 150)
    change(staff, HARDER, pays=True)
    award(alice, 10, "event:1")
    assert (level_of(alice), balance_of(alice)) == (1, 50)


def test_names_and_colours_change_without_anybody_following(staff):
    XpLevel.objects.filter(level=5).update(rank_name="Prawn", color_code="#123456")
    rulebook.publish(actor=staff, reason="A nicer name")
    assert XpCurveChange.objects.count() == 0


def test_a_member_whose_level_moved_reads_it_once(staff, alice, owner):
    bob, carol = make.user("bob"), make.user("carol")
    set_xp(owner, alice, 60)
    set_xp(owner, bob, 150)
    set_xp(owner, carol, 10)
    made = change(staff, {2: 56, 3: 60, 4: 200, 5: 300}, pays=True)
    tasks.recompute_levels()
    texts = dict(Notification.objects.filter(kind="curve_change").values_list("user__username", "text"))
    assert texts == {"alice": "The levels changed: your XP make you level 3, Lurker, now. 30 DGT are yours."}
    change(staff, HARDER)
    tasks.recompute_levels()
    told = Notification.objects.exclude(key=f"curve_change:{made.pk}").values_list("user__username", "text")
    sentence = "The levels changed: your XP make you level 1, Lurker, now. What your levels paid stays yours."
    assert dict(told) == {"alice": sentence, "bob": sentence}


def test_a_suspended_members_reward_waits(staff, alice, owner):
    set_xp(owner, alice, 60)
    owner.execute("update users set is_active = false where user_id = %s", [alice.pk])
    change(staff, {3: 55}, pays=True)
    tasks.recompute_levels()
    assert (level_of(alice), balance_of(alice)) == (3, 20)
    assert LevelDgtRewardLog.objects.get(user=alice, level=3).state == "pending"


# ── the task ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_crashed_goes_on_where_it_was(staff, owner, monkeypatch):
    monkeypatch.setattr(curve_changes, "MEMBERS_PER_BATCH", 2)
    members = [make.user(f"member_{number}") for number in range(5)]
    for member in members:
        set_xp(owner, member, 60)
    made = change(staff, {3: 55}, pays=True)
    tell, calls = curve_changes._tell, itertools.count(1)
    monkeypatch.setattr(curve_changes, "_tell", lambda *given: tell(*given) if next(calls) != 2 else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.recompute_levels()
    made.refresh_from_db()
    assert (made.done_up_to, made.changed, made.finished_at) == (members[1].pk, 2, None)
    assert [level_of(member) for member in members] == [3, 3, 2, 2, 2]
    assert tasks.recompute_levels() == 3
    assert [balance_of(member) for member in members] == [50] * 5


def test_a_batch_that_takes_too_long_is_tried_in_smaller_ones(staff, owner, monkeypatch):
    """However many rewards a change pays: it never stops for good at one batch."""
    members = [make.user(f"member_{number}") for number in range(9)]
    for member in members:
        set_xp(owner, member, 60)
    change(staff, {3: 55}, pays=True)
    owner.execute(
        "create function slow() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(0.1); return null; end $$;"
        "create trigger slow after insert on level_dgt_rewards_log for each row execute function slow();"
    )
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = '350ms'")
    assert tasks.recompute_levels() == 9
    assert {(level_of(member), balance_of(member)) for member in members} == {(3, 50)}


def test_runs_at_once_and_again_change_nothing_more(staff, owner, monkeypatch):
    monkeypatch.setattr(curve_changes, "MEMBERS_PER_BATCH", 2)
    members = [make.user(f"member_{number}") for number in range(9)]
    for member in members:
        set_xp(owner, member, 60)
    made = change(staff, {3: 55}, pays=True)
    moved = together([tasks.recompute_levels for _ in range(6)])
    assert sum(moved) + tasks.recompute_levels() == 9
    made.refresh_from_db()
    assert (made.changed, made.finished_at is None) == (9, False)
    assert {balance_of(member) for member in members} == {50}
    assert (tasks.recompute_levels(), XpCurveChange.objects.get()) == (0, made)


def test_a_member_whom_somebody_holds_is_left_to_the_next_run(impatient, staff, alice, owner):
    set_xp(owner, alice, 60)
    change(staff, {3: 55})
    with owner.transaction():
        owner.execute("select from user_xp for update")
        assert tasks.recompute_levels() == 0
    assert level_of(alice) == 2
    assert (tasks.recompute_levels(), level_of(alice)) == (1, 3)


def test_a_change_waits_for_an_award_in_flight_and_says_when_it_cannot(impatient, staff, alice, owner):
    set_xp(owner, alice, 60)
    with owner.transaction():
        owner.execute("select from user_xp for no key update")
        with pytest.raises(Conflict, match="Too many members are earning XP"):
            change(staff, {3: 55})
    assert XpCurveChange.objects.count() == 0


# ── races ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("pays", [True, False], ids=["paying", "not paying"])
@pytest.mark.parametrize("thresholds", [EASIER, HARDER], ids=["easier", "harder"])
def test_l19_awards_while_levels_are_recomputed_pay_each_level_once(staff, owner, monkeypatch, thresholds, pays):
    monkeypatch.setattr(curve_changes, "MEMBERS_PER_BATCH", 2)
    members = [make.user(f"member_{number}") for number in range(8)]
    dice = random.Random(7)
    for member in members:
        set_xp(owner, member, dice.choice([49, 60, 149, 160, 305]))
    newcomer = make.user("newcomer")

    def earn(member, number):
        return lambda: [award(member, dice.choice([1, 7, 40]), f"event:{member.pk}:{number}:{n}") for n in range(3)]

    def restore(member):
        return lambda: (xp.reverse(because="ban:1", member=member), xp.restore(because="ban:1"))

    calls = [earn(member, number) for number in range(2) for member in [*members, newcomer]]
    calls += [lambda: until_made(staff, thresholds, pays=pays)]
    calls += [lambda: [tasks.recompute_levels() for _ in range(20)] for _ in range(2)]
    together([*calls, restore(members[0])])
    while XpCurveChange.objects.filter(finished_at=None).exists():
        tasks.recompute_levels()
    assert_conserved([*members, newcomer])
    assert_log_follows_its_rules()


def until_made(staff, thresholds, *, pays):
    """Staff who are told that the site is too busy try again."""
    while True:
        with contextlib.suppress(Conflict):
            return change(staff, thresholds, pays=pays)


def assert_conserved(members):
    """Every level up to the member's is remembered once, and the ledger paid exactly what is remembered."""
    curve = rules.Curve.of(rulebook.current().rules)
    for member in members:
        row = UserXp.objects.of(member)
        assert row.level == curve.level_at(row.xp).level
        remembered = rewards_of(member)
        assert set(range(2, row.level + 1)) <= set(remembered)
        paid = DgtTransaction.objects.of(member).filter(transaction_type="level_reward")
        assert dict(paid.values_list("reference_id", "amount")) == {n: dgt for n, dgt in remembered.items() if dgt}
        assert paid.count() == len([dgt for dgt in remembered.values() if dgt])
        assert balance_of(member) == sum(remembered.values())


def assert_log_follows_its_rules():
    """Each award knew one curve only: the one of the rule set that it names."""
    curves = {rule_set.number: rules.Curve.of(rule_set.rules) for rule_set in RuleSet.objects.all()}
    awards = XpLog.objects.filter(reverses=None)
    wrong = [row for row in awards if row.level_after != curves[row.rule_set_id].level_at(row.xp_after).level]
    assert (awards.count() > 0, wrong) == (True, [])


@pytest.mark.parametrize(("pays", "balance"), [(True, 20 + 30 + 40), (False, 20 + 40)])
def test_l19_a_line_crossed_at_the_same_moment_as_the_batch_pays_the_same(staff, owner, pays, balance):
    """Level 3 by the change, level 4 by the award, in whatever order they arrive."""
    members = [make.user(f"member_{number}") for number in range(6)]
    for member in members:
        set_xp(owner, member, 60)
    change(staff, {3: 55, 4: 70}, pays=pays)
    calls = [lambda member=member: award(member, 10, f"event:{member.pk}") for member in members]
    together([tasks.recompute_levels, tasks.recompute_levels, *calls])
    tasks.recompute_levels()
    assert {(level_of(member), balance_of(member)) for member in members} == {(4, balance)}


def test_a_first_award_in_flight_while_the_curve_changes_is_not_missed(staff, owner, alice):
    """Its row is not visible to any batch before it commits: the change waits for it."""
    begun, go_on = threading.Event(), threading.Event()

    def first_award():
        with transaction.atomic():
            award(alice, 60, "event:1")
            begun.set()
            go_on.wait(1)

    def change_meanwhile():
        begun.wait(5)
        change(staff, {3: 55}, pays=True)
        tasks.recompute_levels()

    together([first_award, change_meanwhile])
    assert (level_of(alice), balance_of(alice)) == (3, 50)


# ── what the database keeps ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement", ["update xp_levels set xp_required = 40 where level = 2", "update xp_levels set level = 101"]
)
def test_the_application_cannot_move_a_threshold_by_itself(committed_db, statement):
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_moves_a_threshold_without_levels_following(alice, owner):
    set_xp(owner, alice, 60)
    with pytest.raises(Exception, match="Thresholds move with a change of the curve"):
        owner.execute("update xp_levels set xp_required = 40 where level = 2")
    owner.execute("update xp_levels set xp_required = xp_required, rank_name = 'Prawn' where level = 2")
    assert XpLevel.objects.get(level=2).rank_name == "Prawn"


def test_the_database_allows_one_change_at_a_time(staff, owner):
    change(staff, {2: 40})
    with pytest.raises(Exception, match="xp_curve_changes_one_at_a_time"):
        owner.execute("insert into xp_curve_changes (rule_set_id, pays_rewards, created_at) values (1, true, clock())")


@pytest.mark.parametrize(
    "statement",
    [
        "update xp_curve_changes set finished_at = clock()",
        "update xp_curve_changes set pays_rewards = true",
        "insert into xp_curve_changes (rule_set_id, pays_rewards, created_at, changed) values (1, true, clock(), 9)",
        "delete from xp_curve_changes",
    ],
)
def test_the_application_cannot_say_that_levels_have_followed(staff, statement):
    change(staff, {2: 40})
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# ── what it would do ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_change_would_do_is_what_it_does(staff, owner):
    points = [0, 10, 55, 60, 149, 150, 160, 305, 2000, -5]
    members = [make.user(f"member_{number}") for number in range(len(points))]
    for member, xp_now in zip(members, points, strict=True):
        set_xp(owner, member, xp_now)
    set_xp(owner, members[7], 0)  # has been paid for these levels once
    before = {member.pk: (level_of(member), balance_of(member)) for member in members}
    foreseen = xp.foresee(thresholds=EASIER | {100: 5_000})
    change(staff, EASIER | {100: 5_000}, pays=True)
    tasks.recompute_levels()
    after = {member.pk: (level_of(member), balance_of(member)) for member in members}
    ups = [pk for pk in before if after[pk][0] > before[pk][0]]
    paid = [after[pk][1] - before[pk][1] for pk in before if after[pk][1] > before[pk][1]]
    assert (foreseen.up, foreseen.down) == (len(ups), 0)
    assert (foreseen.paid_members, foreseen.dgt) == (len(paid), sum(paid))
    assert xp.foresee(thresholds=HARDER).down == len([level for level, _dgt in after.values() if level > 1])


# ── every rule has its version ──────────────────────────────────────────────────────────────────────────────────────


def test_an_award_is_decided_by_the_newest_rules_however_many_processes_remember_older_ones(staff, alice):
    gains = []
    for base in (11, 12, 13):
        award(alice, 1, f"event:{base}")  # this process remembers the rules now
        XpAction.objects.filter(name="post_created").update(default_value=base, cooldown_seconds=0)
        together([lambda base=base: rulebook.publish(actor=staff, reason=f"{base} XP")])  # somebody else's connection
        with clock.at(clock.database_time() + timedelta(hours=1)):
            gains.append(xp.award(user=alice, action="post_created", key=f"post:{base}", cause=("post", base)))
    rows = XpLog.objects.filter(action__name="post_created").order_by("id")
    assert [gain.points for gain in gains] == [11, 12, 13]
    assert [(row.rule_set_id, row.rule_set.rules["xp"]["actions"]["post_created"]["base"]) for row in rows] == [
        (2, 11), (3, 12), (4, 13),
    ]  # fmt: skip
