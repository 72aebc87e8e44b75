"""Awards: once per key, by the rules in force, with levels and DGT in the same transaction."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from degentalk.accounts.models import Notification, User
from degentalk.core import clock
from degentalk.core.errors import KeyReused
from degentalk.rulebook import services as rulebook
from tests import make
from tests.threads import together
from tests.wallet.test_ledger import drift
from wallet import services as wallet
from wallet.models import DgtJournal, DgtTransaction, UserWallet
from xp import rules, signals
from xp import services as xp
from xp.errors import UnknownAction
from xp.models import LevelDgtRewardLog, UserXp, XpAction, XpLog
from xp.rules import Event


def reply(user, number, action="post_created"):
    return xp.award(user=user, action=action, key=f"post:{number}", cause=("post", number))


def later(seconds):
    return clock.at(clock.database_time() + timedelta(seconds=seconds))


def points_of(user):
    return UserXp.objects.of(user).xp


@pytest.mark.django_db
def test_an_award_is_a_log_row_with_its_cause_rules_and_arithmetic():
    alice = make.user("alice")
    gain = reply(alice, 91)
    row = XpLog.objects.of(alice).get()
    assert (gain.points, gain.replayed, points_of(alice)) == (10, False, 10)
    assert (row.action.name, row.xp_awarded, row.xp_after, row.rule_set_id) == ("post_created", 10, 10, 1)
    assert (row.cause_type, row.cause_id, row.why.as_json()) == (
        "post",
        "91",
        {"base": 10, "multipliers": [], "result": 10},
    )


@pytest.mark.django_db
def test_a_used_key_answers_the_same_and_grants_nothing():
    alice = make.user("alice")
    first, second = reply(alice, 91), reply(alice, 91)
    assert (second.points, second.why, second.replayed) == (first.points, first.why, True)
    assert (points_of(alice), XpLog.objects.count()) == (10, 1)


@pytest.mark.django_db
def test_a_used_key_answers_with_the_levels_and_dgt_it_brought():
    alice = make.user("alice")
    XpAction.objects.filter(name="post_created").update(default_value=60)
    rulebook.publish(actor=None, reason="generous")
    first, second = reply(alice, 91), reply(alice, 91)
    assert (first.levels, first.dgt, first.replayed) == ((2,), 20, False)
    assert (second.levels, second.dgt, second.replayed) == ((2,), 20, True)


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["member", "action"])
def test_a_key_that_granted_another_award_is_refused(other):
    alice, bob = make.user("alice"), make.user("bob")
    reply(alice, 91)
    with pytest.raises(KeyReused):
        reply(bob if other == "member" else alice, 91, action="tip_given" if other == "action" else "post_created")
    assert (points_of(alice), points_of(bob), XpLog.objects.count()) == (10, 0, 1)


def test_parallel_awards_of_two_members_with_one_key_grant_one_of_them(committed_db):
    members = [make.user("alice"), make.user("bob")]
    answers = together([lambda member=member: reply(member, 91) for member in members], refusals=KeyReused)
    assert sorted(type(answer).__name__ for answer in answers) == ["Gain", "KeyReused"]
    assert sum(points_of(member) for member in members) == 10


@pytest.mark.django_db
def test_a_second_reply_within_the_cooldown_earns_nothing_and_says_when():
    alice = make.user("alice")
    first = reply(alice, 1)
    second = reply(alice, 2)
    awarded_at = XpLog.objects.get().created_at
    assert (first.points, second.points, second.refused) == (10, 0, "cooldown")
    assert second.again_at == awarded_at + timedelta(seconds=15)


@pytest.mark.django_db
def test_a_cooldown_of_one_action_does_not_slow_another():
    alice = make.user("alice")
    reply(alice, 1)
    assert reply(alice, 2, action="thread_created").points == 20


@pytest.mark.django_db
def test_a_cooldown_of_one_member_does_not_slow_another():
    reply(make.user("alice"), 1)
    assert reply(make.user("bob"), 2).points == 10


@pytest.mark.django_db
def test_the_cooldown_ends_by_the_time_of_the_database():
    alice = make.user("alice")
    reply(alice, 1)
    with later(16):
        assert reply(alice, 2).points == 10


@pytest.mark.django_db
def test_an_unknown_action_is_a_mistake_in_our_code():
    with pytest.raises(UnknownAction):
        reply(make.user("alice"), 1, action="nap_taken")


@pytest.mark.django_db
def test_the_next_award_follows_newly_published_rules():
    alice = make.user("alice")
    reply(alice, 1)
    XpAction.objects.filter(name="post_created").update(default_value=12, cooldown_seconds=0)
    rulebook.publish(actor=None, reason="Replies are worth more")
    assert reply(alice, 2).points == 12
    assert list(XpLog.objects.order_by("id").values_list("rule_set_id", "xp_awarded")) == [(1, 10), (2, 12)]


@pytest.mark.django_db
def test_rules_that_were_changed_but_not_published_change_nothing():
    alice = make.user("alice")
    XpAction.objects.filter(name="post_created").update(default_value=12)
    assert reply(alice, 1).points == 10


@pytest.mark.django_db
def test_a_level_pays_notifies_and_is_announced():
    alice = make.user("alice")
    heard = []
    signals.leveled_up.connect(
        lambda **fact: heard.append((fact["user"], fact["gain"].levels)), weak=False, dispatch_uid="t"
    )
    try:
        for number in range(5):
            with later(20 * number):
                gain = reply(alice, number)
    finally:
        signals.leveled_up.disconnect(dispatch_uid="t")
    assert (gain.levels, gain.dgt, UserWallet.objects.of(alice).dgt_balance) == ((2,), 20, 20)
    assert heard == [(alice, (2,))]
    assert Notification.objects.get(user=alice).text == "You reached level 2, Lurker. 20 DGT are yours."


@pytest.mark.django_db
def test_one_award_may_reach_several_levels():
    alice = make.user("alice")
    XpAction.objects.filter(name="post_created").update(default_value=600)
    rulebook.publish(actor=None, reason="generous")
    gain = reply(alice, 1)
    assert (gain.levels, gain.dgt) == ((2, 3, 4, 5), 20 + 30 + 40 + 250)


@pytest.mark.django_db
def test_an_award_reads_once_and_writes_once(django_assert_num_queries):
    alice = make.user("alice")
    reply(alice, 1)
    with later(20), transaction.atomic(), django_assert_num_queries(4):  # savepoint, read, write, release
        reply(alice, 2)


@pytest.mark.django_db
def test_a_failed_transaction_takes_the_award_with_it():
    alice = make.user("alice")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        reply(alice, 1)
        raise ZeroDivisionError
    assert (points_of(alice), XpLog.objects.count()) == (0, 0)


def test_fifty_parallel_awards_with_one_key_grant_once(committed_db):
    alice = make.user("alice")
    gains = together([lambda: reply(alice, 91) for _ in range(50)])
    assert (sum(not gain.replayed for gain in gains), points_of(alice), XpLog.objects.count()) == (1, 10, 1)
    assert {gain.points for gain in gains} == {10}


def test_fifty_parallel_awards_pass_the_cooldown_once(committed_db):
    alice = make.user("alice")
    gains = together([lambda n=n: reply(alice, n) for n in range(50)])
    assert sorted(gain.refused or "granted" for gain in gains) == ["cooldown"] * 49 + ["granted"]
    assert points_of(alice) == 10


def test_parallel_first_awards_make_one_row(committed_db):
    XpAction.objects.update(cooldown_seconds=0)
    rulebook.publish(actor=None, reason="no cooldown")
    alice = make.user("alice")
    together([lambda n=n: reply(alice, n) for n in range(16)])
    assert (points_of(alice), UserXp.objects.count()) == (160, 1)


def test_replies_level_ups_and_transfers_between_the_same_members_never_deadlock(committed_db):
    XpAction.objects.update(cooldown_seconds=0)
    XpAction.objects.filter(name="tip_received").update(
        default_value=5, daily_cap_xp=None, pair_daily_cap_xp=None, amount_step=None, half_after=None
    )
    rulebook.publish(actor=None, reason="no cooldown")
    members = [make.verified(make.user(name)) for name in ("alice", "bob", "mallory")]
    for member in members:
        wallet.credit(user=member, amount=1_000, source="rewards", key=f"gift:{member.pk}", description="")

    def busy(worker):
        person = User.objects.get(pk=members[worker % 3].pk)
        for n in range(25):
            one, other = members[(worker + n) % 3], members[(worker + n + 1 + n % 2) % 3]
            reply(one, f"{worker}-{n}")
            wallet.transfer(sender=one, receiver=other, amount=1, key=f"transfer:{worker}:{n}")
            person.email = f"{person.username}{worker}{n}@example.com"
            person.hides_from_boards = bool(n % 2)
            person.save()
            with transaction.atomic():  # a tip: two members, XP and DGT
                xp.lock_members([one, other])
                wallet.transfer(sender=other, receiver=one, amount=1, key=f"tip:{worker}:{n}")
                xp.award(user=one, action="tip_received", key=f"tip:{worker}:{n}", cause=("tip", n))

    together([lambda worker=worker: busy(worker) for worker in range(8)])
    assert sum(points_of(member) for member in members) == 8 * 25 * 15
    rewards = sum(LevelDgtRewardLog.objects.filter(state="paid").values_list("dgt_reward", flat=True))
    assert sum(UserWallet.objects.of(member).dgt_balance for member in members) == 3_000 + rewards
    assert drift() == []
    assert {UserXp.objects.of(member).level for member in members} <= {6, 7, 8, 9, 10}
    with connection.cursor() as cursor:
        cursor.execute("select deadlocks from pg_stat_database where datname = current_database()")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a13_the_log_recomputes_every_total_and_every_award():
    alice = make.user("alice")
    for number in range(8):
        with later(20 * number):
            reply(alice, number)
    rows = list(XpLog.objects.of(alice).order_by("id"))
    assert [row.xp_after for row in rows] == [10 * (n + 1) for n in range(8)]
    assert points_of(alice) == sum(row.xp_awarded for row in rows)
    book, curve, last = rulebook.current().rules, xp.curve(), {}
    for row in rows:
        decided = rules.evaluate(
            book, rules.MemberState(last.get(row.action_id)), Event("post_created", row.created_at)
        )
        last[row.action_id] = row.created_at
        assert (decided.points, decided.trace) == (row.xp_awarded, row.why)
        assert row.level_after == curve.level_at(row.xp_after).level
        assert row.level_before == curve.level_at(row.xp_after - row.xp_awarded).level
    assert UserXp.objects.of(alice).level == rows[-1].level_after
    assert DgtJournal.objects.count() == LevelDgtRewardLog.objects.filter(state="paid").count() == 1
    assert DgtTransaction.objects.of(alice).get().amount == 20
