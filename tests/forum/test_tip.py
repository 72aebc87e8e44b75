"""Tipping posts: DGT for the author, a row that says so, and XP for both; all of it or nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from degentalk.accounts import mail
from degentalk.accounts import services as accounts
from degentalk.accounts.models import Notification, User
from degentalk.core import clock, switches
from degentalk.core.errors import KeyReused, MemberError, Refused
from degentalk.core.models import OutboxMessage
from degentalk.core.switches import SwitchedOff
from degentalk.forum import services as forum
from degentalk.forum.errors import OwnTip, PostRemoved, Suspended
from degentalk.forum.models import Post, Tip
from tests import make
from tests.forum.tipping import balance, counted, member, miscounted, points, post_by, tip
from wallet import services as wallet
from wallet.errors import (
    BadAmount,
    CannotReceive,
    DailyLimit,
    NoSuchAccount,
    NotEnoughDGT,
    TooLittle,
    TooMuch,
    TooNew,
    Unverified,
)
from wallet.models import DgtJournal, DgtTransaction, WalletPolicy
from xp.models import XpLog, XpRefusal

pytestmark = pytest.mark.django_db
PER_THREAD = 20


@pytest.fixture
def alice(db):
    return member("alice")


@pytest.fixture
def bob(db):
    return member("bob", dgt=300)


@pytest.fixture
def post(alice) -> Post:
    return post_by(alice)


def nothing_moved(post, bob):
    return (balance(bob), Tip.objects.count(), counted(post), DgtJournal.objects.filter(kind="tip").count()) == (
        300, 0, (0, 0), 0,
    )  # fmt: skip


def test_a_tip_moves_dgt_to_the_author_and_earns_both_xp(alice, bob, post):
    tipped = tip(post, bob, 50)
    assert (balance(bob), balance(alice)) == (250, 50)
    assert (tipped.gains.given.points, tipped.gains.received.points) == (10, 10)
    assert (points(bob), points(alice)) == (10, PER_THREAD + 10)


def test_a_post_counts_its_tips(bob, post):
    assert [(tipped.tip_dgt, tipped.tip_count) for tipped in (tip(post, bob, 50), tip(post, bob, 5))] == [
        (50, 1),
        (55, 2),
    ]
    assert (counted(post), miscounted()) == ((55, 2), [])


def test_a_tip_is_one_row_that_names_its_journal(alice, bob, post):
    tipped = tip(post, bob, 50, key="tip:1")
    row = Tip.objects.get()
    assert (row.post, row.giver, row.receiver, row.amount, row.is_reversed) == (post, bob, alice, 50, False)
    assert (row.journal.pk, row.journal.kind, row.journal.key) == (tipped.journal.id, "tip", "tip:1")
    entry = DgtTransaction.objects.of(alice).get()
    assert (entry.reference_type, entry.reference_id) == ("post", post.pk)


def test_xp_of_a_tip_is_caused_by_the_post(alice, bob, post):
    tip(post, bob, 50, key="tip:1")
    rows = XpLog.objects.filter(action__name__startswith="tip_").order_by("id")
    assert [(row.user, row.key, row.cause_type, row.cause_id) for row in rows] == [
        (bob, "tip:1:given", "post", str(post.pk)),
        (alice, "tip:1:received", "post", str(post.pk)),
    ]


def test_the_author_is_told_by_whom_how_much_and_where(alice, bob, post):
    tip(post, bob, 50)
    told = Notification.objects.of(alice).get(kind="tip")
    assert told.text == "bob tipped you 50 DGT for your post in “Gas”. (+10 XP)"
    assert (told.url, told.icon) == (post.get_absolute_url(), "coins")


def test_a_message_is_read_by_the_author_and_stands_in_both_wallets(alice, bob, post):
    tip(post, bob, 3, message="  Best\tpost \u202eever ")
    assert Notification.objects.of(alice).get(kind="tip").text.endswith("“Gas”. They say: Best post ever")
    assert {entry.description for entry in DgtTransaction.objects.filter(transaction_type="tip")} == {"Best post ever"}


def test_a_message_has_an_end(bob, post):
    with pytest.raises(Refused, match="at most 140"):
        tip(post, bob, 3, message="x" * 141)
    assert nothing_moved(post, bob)


def test_large_tips_are_told_to_both_by_mail(alice, bob, post):
    WalletPolicy.objects.update(mail_from_dgt=50)
    tip(post, bob, 49)
    forum.rehearse_tip(post=post, giver=bob, amount=50)
    tip(post, bob, 50)
    mails = OutboxMessage.objects.filter(topic=mail.TOPIC).order_by("id")
    assert [message.payload["subject"] for message in mails] == ["You sent 50 DGT to alice", "bob sent you 50 DGT"]


def test_a_tip_may_reach_a_level_which_pays(alice, bob, post):
    for day in range(3):
        with clock.at(timezone.now() + timedelta(days=day)):
            gains = tip(post, bob, 50).gains
    assert (points(alice), gains.received.levels, gains.received.dgt) == (50, (2,), 20)
    assert balance(alice) == 150 + 20


# ── Once per key ──


def test_a_used_key_gives_the_same_tip_and_moves_nothing(alice, bob, post):
    first, second = tip(post, bob, 50, key="tip:1"), tip(post, bob, 50, key="tip:1")
    assert (second.tip, second.journal.id, second.journal.replayed) == (first.tip, first.journal.id, True)
    assert (second.gains.given.points, second.tip_dgt, second.tip_count) == (10, 50, 1)
    assert (balance(bob), points(bob), Notification.objects.of(alice).filter(kind="tip").count()) == (250, 10, 1)


def test_a_used_key_answers_the_same_after_the_post_is_gone(alice, bob, post):
    first = tip(post, bob, 50, key="tip:1")
    forum.delete_post(post=post, author=alice)
    assert tip(post, bob, 50, key="tip:1").tip == first.tip


@pytest.mark.parametrize("other", ["amount", "post", "giver", "message"])
def test_a_used_key_of_another_tip_is_refused(alice, bob, post, other):
    tip(post, bob, 50, key="tip:1")
    request = {"post": post, "giver": bob, "amount": 50, "message": ""} | {
        "amount": {"amount": 51},
        "post": {"post": post_by(alice)},
        "giver": {"giver": member("carol", dgt=100)},
        "message": {"message": "Hello"},
    }[other]
    with pytest.raises(KeyReused):
        forum.tip(key="tip:1", **request)
    assert (Tip.objects.count(), counted(post)) == (1, (50, 1))


# ── Refused ──


def test_a1_nobody_tips_their_own_post(bob):
    own = post_by(bob)
    with pytest.raises(OwnTip, match="your own post"):
        tip(own, bob, 5)
    assert nothing_moved(own, bob)


def test_a1_nobody_tips_another_account_of_their_own(alice, bob, post):
    accounts.declare_one_person(user=alice, other=bob, actor=make.moderator(), reason="Same device")
    with pytest.raises(OwnTip, match="another account of yours"):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


@pytest.mark.parametrize("state", ["hidden", "spam", "deleted"])
def test_what_was_removed_cannot_be_tipped(bob, post, state):
    Post.objects.update(state=state)
    with pytest.raises(PostRemoved):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


def test_replies_in_a_removed_thread_cannot_be_tipped(alice, bob, post):
    reply = forum.reply(author=alice, thread=post.thread, body="More").post
    forum.hide(post=post, moderator=make.moderator(), reason="Spam")
    with pytest.raises(PostRemoved):
        tip(reply, bob, 5)


def test_a_post_in_a_locked_thread_can_be_tipped(bob, post):
    forum.set_lock(thread=post.thread, is_locked=True)
    tip(post, bob, 5)
    assert counted(post) == (5, 1)


def test_a_suspended_member_tips_nobody(bob, post):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(Suspended):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


def test_a11_nobody_tips_a_suspended_author(alice, bob, post):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(NoSuchAccount, match="suspended"):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


def test_a_tip_beyond_the_balance_is_refused(bob, post):
    with pytest.raises(NotEnoughDGT, match="You have 300 DGT; this needs 301: 1 DGT short"):
        tip(post, bob, 301)
    assert nothing_moved(post, bob)


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1, True, 5.0, "5", None])
def test_an_amount_that_is_no_whole_dgt_is_refused(bob, post, amount):
    with pytest.raises(BadAmount):
        tip(post, bob, amount)
    assert nothing_moved(post, bob)


@pytest.mark.parametrize(
    ("policy", "refusal"),
    [
        ({"tip_min_dgt": 10}, TooLittle),
        ({"tip_max_dgt": 4}, TooMuch),
        ({"daily_max_dgt": 4}, DailyLimit),
    ],
)
def test_the_policy_of_tips_holds_in_the_forum(bob, post, policy, refusal):
    WalletPolicy.objects.update(**policy)
    with pytest.raises(refusal):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


@pytest.mark.parametrize(("who", "refusal"), [("alice", CannotReceive), ("bob", Unverified)])
def test_a6_both_need_a_confirmed_address(alice, bob, post, who, refusal):
    User.objects.get(username=who).emailaddress_set.update(verified=False)
    with pytest.raises(refusal):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


@pytest.mark.parametrize(("who", "refusal"), [("alice", CannotReceive), ("bob", TooNew)])
def test_a6_new_accounts_neither_give_nor_get_tips(alice, bob, post, who, refusal):
    User.objects.filter(username=who).update(date_joined=timezone.now() - timedelta(hours=23))
    with pytest.raises(refusal):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


def test_a17_while_tips_are_switched_off_nobody_tips(bob, post):
    switches.set_switch(name="tips", is_on=False, actor=make.moderator(), reason="Wait")
    with pytest.raises(SwitchedOff):
        tip(post, bob, 5)
    assert nothing_moved(post, bob)


def test_a_tip_that_is_refused_leaves_no_key_behind(bob, post):
    with pytest.raises(MemberError):
        tip(post, bob, 301, key="tip:1")
    tip(post, bob, 300, key="tip:1")
    assert counted(post) == (300, 1)


# ── Looking first ──


def test_a_rehearsal_says_what_a_tip_costs_and_earns(bob, post):
    rehearsed = forum.rehearse_tip(post=post, giver=bob, amount=50)
    assert (rehearsed.cost.balance_before, rehearsed.cost.balance_after, rehearsed.points) == (300, 250, 10)


def test_a_rehearsal_leaves_nothing_behind(alice, bob, post):
    forum.rehearse_tip(post=post, giver=bob, amount=50)
    assert nothing_moved(post, bob)
    assert (points(bob), points(alice), Notification.objects.filter(kind="tip").count()) == (0, PER_THREAD, 0)


def test_a_rehearsal_refuses_what_the_tip_would(bob, post):
    with pytest.raises(NotEnoughDGT):
        forum.rehearse_tip(post=post, giver=bob, amount=301)


# ── Caps of XP, through the forum ──


def test_a4_xp_of_tips_is_what_the_rules_say(alice, bob, post):
    assert [tip(post, bob, amount).gains.given.points for amount in (50, 50, 100, 100)] == [10, 5, 10, 0]
    assert XpRefusal.objects.of(bob).latest("id").reason == "pair-cap"
    assert (points(bob), points(alice)) == (25, PER_THREAD + 25)


def test_a4_a_giver_is_capped_per_day_over_all_authors(bob):
    authors = [member(f"author{n}") for n in range(3)]
    earned = [tip(post_by(author), bob, 100).gains.given.points for author in authors]
    assert earned == [15, 15, 15]
    more = [tip(post_by(author), give_more(bob), 100).gains.given.points for author in authors]
    assert more == [5, 0, 0]


def give_more(user):
    wallet.credit(user=user, amount=100, source="rewards", key=f"gift:{make.serial()}", description="")
    return user


def test_a4_a_round_trip_through_two_posts_earns_neither_anything(alice, bob, post):
    tip(post, bob, 40)
    tip(post_by(bob), alice, 40)
    assert (points(alice), points(bob)) == (PER_THREAD, PER_THREAD)
    assert (balance(alice), balance(bob)) == (0, 300)


# ── What the database keeps ──


def test_a_tip_is_not_changed_or_deleted_by_the_site(bob, post):
    tip(post, bob, 5)
    for change in ({"amount": 6}, {"giver": post.author}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Tip.objects.update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Tip.objects.all().delete()


def test_a_tip_is_not_called_undone_while_its_dgt_is_where_it_went(bob, post):
    tip(post, bob, 5)
    with pytest.raises(DatabaseError, match="undone once"), transaction.atomic():
        Tip.objects.update(is_reversed=True, reversed_at=timezone.now())


@pytest.mark.parametrize("change", ["amount", "receiver", "giver", "post", "journal"])
def test_a_row_says_what_its_journal_moved(alice, bob, post, change):
    carol = member("carol")
    journal = wallet.tip(sender=bob, receiver=alice, amount=5, key="tip:1", cause=("post", post.pk))
    transfer = wallet.transfer(sender=bob, receiver=alice, amount=5, key="transfer:1")
    fields = {"post": post, "giver": bob, "receiver": alice, "amount": 5, "journal_id": journal.id} | {
        "amount": {"amount": 6},
        "receiver": {"receiver": carol},
        "giver": {"giver": carol},
        "post": {"post": post_by(alice)},
        "journal": {"journal_id": transfer.id},
    }[change]
    with pytest.raises(IntegrityError, match="what its journal moved"), transaction.atomic():
        Tip.objects.create(**fields)


def test_a_journal_is_one_tip(alice, bob, post):
    row = tip(post, bob, 5).tip
    with pytest.raises(IntegrityError, match="journal_id"), transaction.atomic():
        Tip.objects.create(post=post, giver=bob, receiver=alice, amount=5, journal=row.journal)


def test_a_tip_takes_the_same_queries_however_many_there_are(bob, post):
    def queries():
        with connection.execute_wrapper(counted_calls := Counted()):
            tip(post, bob, 1)
        return counted_calls.calls

    queries()  # reads the rules once
    few = queries()
    for _ in range(5):
        tip(post, bob, 1)
    assert queries() == few <= 28


class Counted:
    calls = 0

    def __call__(self, execute, sql, params, many, context):
        self.calls += 1
        return execute(sql, params, many, context)
