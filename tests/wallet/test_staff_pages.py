"""What staff do to wallets, journals and the policy in the admin: MONEY.md L6, L29, A16, W18."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from degentalk.accounts.models import Notification
from degentalk.approvals.models import Approval
from degentalk.rulebook import services as rulebook
from tests import make
from tests.forum.tipping import post_by, tip
from tests.wallet.test_ledger import drift, give
from wallet import services as wallet
from wallet.models import DgtJournal, UserWallet, WalletFreeze, WalletPolicy
from wallet.sums import sums

pytestmark = pytest.mark.django_db
ADDING = {"direction": "1", "amount": "50"}


def economist(username):
    member = make.user(username, is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


@pytest.fixture
def otto(client):
    otto = economist("otto")
    client.force_login(otto)
    return otto


@pytest.fixture
def alice(otto):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


def page(question, row):
    return reverse(f"admin:wallet_{row._meta.model_name}_{question}", args=[row.pk])


def answer(client, question, row, **given):
    """Open the page, fill it in and send it; what was sent, and the page that came."""
    url = page(question, row)
    key = str(client.get(url).context["adminform"].form["key"].value())
    fields = {"reason": "A prize", "key": key} | given
    return fields, client.post(url, fields, follow=True)


def wallet_of(user):
    return UserWallet.objects.get(pk=user.pk)


def adjust(client, user, **given):
    return answer(client, "adjust", wallet_of(user), **(ADDING | given))


def test_l29_an_adjustment_leaves_a_journal_with_actor_and_reason(client, otto, alice):
    _fields, shown = adjust(client, alice)
    journal = DgtJournal.objects.get(kind="adjustment")
    assert (journal.actor, journal.reason, wallet_of(alice).dgt_balance) == (otto, "A prize", 150)
    assert "Adjusted by +50 DGT: alice has 150 DGT now." in shown.text


def test_a_double_click_adjusts_once(client, alice):
    fields, _shown = adjust(client, alice)
    client.post(page("adjust", wallet_of(alice)), fields, follow=True)
    assert (wallet_of(alice).dgt_balance, DgtJournal.objects.filter(kind="adjustment").count()) == (150, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"amount": "-5"}, "Enter a whole number, digits only."),
        ({"amount": "١٢"}, "Enter a whole number, digits only."),
        ({"amount": "1.5"}, "Enter a whole number, digits only."),
        ({"amount": "1000000000001"}, "Ensure this value is less than or equal to 1000000000000."),
        ({"reason": "  "}, "This field is required."),
        ({"direction": "-1", "amount": "101"}, "The member has 100 DGT; this needs 101."),
        ({"key": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said_in_the_form_with_a_new_key(client, alice, changes, sentence):
    fields, shown = adjust(client, alice, **changes)
    form = shown.context["adminform"].form
    assert sentence in [error for errors in form.errors.values() for error in errors]
    assert (wallet_of(alice).dgt_balance, form["key"].value() != fields["key"]) == (100, True)


def test_l29_above_the_limit_it_waits_for_a_second_person(client, otto, alice):
    WalletPolicy.objects.update(approval_above_dgt=40)
    adjust(client, alice)
    row = Approval.objects.get()
    assert (row.about, row.asked_by, row.summary) == (alice, otto, "Add 50 DGT to alice.")
    assert wallet_of(alice).dgt_balance == 100
    ada = economist("ada")
    client.force_login(ada)
    client.post(reverse("admin:approvals_approval_approve", args=[row.pk]))
    journal = DgtJournal.objects.get(kind="adjustment")
    assert (journal.actor, journal.approver, wallet_of(alice).dgt_balance) == (otto, ada, 150)


@pytest.mark.parametrize("question", ["adjust", "reverse"])
def test_l29_who_asks_for_a_second_person_is_led_to_the_request(client, otto, alice, question):
    WalletPolicy.objects.update(approval_above_dgt=40)
    _fields, shown = (
        adjust(client, alice) if question == "adjust" else answer(client, question, DgtJournal.objects.get())
    )
    row = Approval.objects.get()
    link = f'<a href="{reverse("admin:approvals_approval_change", args=[row.pk])}">{row.summary}</a>'
    assert f"Nothing has changed yet: that much takes a second person. It is in the queue: {link}" in shown.text


@pytest.mark.parametrize("question", ["adjust", "reverse"])
def test_l29_the_form_says_above_which_amount_a_second_person_decides(client, alice, question):
    WalletPolicy.objects.update(approval_above_dgt=12_345)
    row = wallet_of(alice) if question == "adjust" else DgtJournal.objects.get()
    assert "Above 12,345 DGT within 24 hours" in client.get(page(question, row)).text
    assert "within 24 hours" not in client.get(page("freeze", wallet_of(alice))).text


def test_a16_staff_do_not_adjust_themselves(client, otto):
    give(otto, 10, key="gift:otto")
    _fields, shown = adjust(client, otto)
    assert "Nobody decides about their own DGT." in shown.text
    assert wallet_of(otto).dgt_balance == 10


def test_a_wallet_is_frozen_and_moves_again(client, otto, alice):
    row = wallet_of(alice)
    answer(client, "freeze", row, reason="Looking into it")
    assert (wallet_of(alice).is_frozen, WalletFreeze.objects.get().by) == (True, otto)
    buttons = client.get(reverse("admin:wallet_userwallet_change", args=[row.pk])).text
    assert ("/unfreeze/" in buttons, "/freeze/" in buttons.replace("/unfreeze/", "")) == (True, False)
    answer(client, "unfreeze", row, reason="All well")
    assert (wallet_of(alice).is_frozen, WalletFreeze.objects.get().end_reason) == (False, "All well")


def test_a_journal_is_reversed_with_a_reason(client, otto, alice):
    bob = make.verified(make.user("bob"))
    sent = wallet.transfer(sender=alice, receiver=bob, amount=60, key="transfer:1")
    _fields, shown = answer(client, "reverse", DgtJournal.objects.get(pk=sent.id), reason="Sent to the wrong bob")
    reversal = DgtJournal.objects.get(kind="reversal")
    assert (reversal.reverses_id, reversal.actor, reversal.reason) == (sent.id, otto, "Sent to the wrong bob")
    assert f"Reversed by journal {reversal.pk}." in shown.text
    assert [wallet_of(user).dgt_balance for user in (alice, bob)] == [100, 0]


def test_a_reversal_into_debt_is_a_choice(client, alice):
    bob = make.verified(make.user("bob"))
    sent = wallet.transfer(sender=alice, receiver=bob, amount=60, key="transfer:1")
    wallet.debit(user=bob, amount=50, to="shop", key="buy:1", description="A frame")
    journal = DgtJournal.objects.get(pk=sent.id)
    _fields, shown = answer(client, "reverse", journal)
    assert "The member has 10 DGT; this needs 60." in shown.text
    answer(client, "reverse", journal, into_debt="on")
    assert (wallet_of(bob).debt_dgt, wallet_of(alice).dgt_balance, drift()) == (50, 100, [])


def test_who_is_asked_to_agree_reads_what_would_move(client, alice):
    WalletPolicy.objects.update(approval_above_dgt=40)
    journal = DgtJournal.objects.get()
    answer(client, "reverse", journal)
    assert Approval.objects.get().summary == f"Reverse journal {journal.pk} (Credit: alice +100 DGT)."


def test_a_page_that_asks_says_whom_it_is_about(client, alice):
    assert "Adjust DGT: alice" in client.get(page("adjust", wallet_of(alice))).text


def test_l29_a_large_reversal_waits_for_a_second_person(client, otto, alice):
    journal = DgtJournal.objects.get()
    WalletPolicy.objects.update(approval_above_dgt=40)
    answer(client, "reverse", journal)
    assert (Approval.objects.get().kind, wallet_of(alice).dgt_balance) == ("wallet.reverse", 100)


def test_what_was_reversed_offers_no_second_reversal(client, alice):
    journal = DgtJournal.objects.get()
    answer(client, "reverse", journal)
    assert "/reverse/" not in client.get(reverse("admin:wallet_dgtjournal_change", args=[journal.pk])).text
    assert "has been done already" in client.get(page("reverse", journal), follow=True).text
    again = client.post(page("reverse", journal), {"reason": "Again", "key": str(uuid4())})
    assert "This movement has been reversed already." in again.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tip_is_not_reversed_here_however_one_asks(client, alice, method):
    bob = make.verified(make.user("bob"))
    journal = tip(post_by(bob), alice, 60).tip.journal
    sent = {"reason": "Mine", "key": str(uuid4())}
    shown = getattr(client, method)(page("reverse", journal), sent, follow=True)
    assert shown.redirect_chain == [(reverse("admin:wallet_dgtjournal_change", args=[journal.pk]), 302)]
    assert "A tip is undone on the list of tips of its post" in shown.text
    assert [wallet_of(user).dgt_balance for user in (alice, bob)] == [40, 60]


@pytest.mark.parametrize("question", ["adjust", "freeze", "unfreeze"])
def test_moderators_decide_nothing_about_wallets(client, alice, question):
    client.force_login(make.moderator())
    url = page(question, wallet_of(alice))
    assert [client.get(url).status_code, client.post(url, {"reason": "Mine"}).status_code] == [403, 403]


def test_the_policy_is_part_of_the_rules(client, otto):
    url = reverse("admin:wallet_walletpolicy_change", args=[1])
    fields = {
        name: value for name, value in client.get(url).context["adminform"].form.initial.items() if value is not None
    }
    before = rulebook.current().number
    client.post(url, fields | {"fee_bps": "150", "needs_verified_email": "on", "reason": "Less noise"}, follow=True)
    now = rulebook.current()
    assert (now.number, now.rules["wallet"]["fee_bps"], WalletPolicy.objects.current().fee_bps) == (
        before + 1,
        150,
        150,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"transfer_min_dgt": "0"}, "The smallest transfer is at least 1 DGT and not larger than the largest."),
        ({"tip_min_dgt": "9", "tip_max_dgt": "8"}, "The smallest tip is at least 1 DGT"),
        ({"min_account_age_hours": "60000000"}, "An account is old enough after a year at most."),
        ({"purchases_locked_days": "366"}, "Bought DGT is locked for a year at most."),
        ({"fee_bps": "10001"}, "A fee is at most 10,000 basis points"),
        ({"tip_presets": "5, ten"}, "“ten” is no whole amount."),
        ({"tip_presets": "5, 99999"}, "must lie between the smallest and the largest tip."),
        ({"tip_presets": "1,2,3,4,5,6,7"}, "Offer one to six amounts for tips."),
    ],
)
def test_a_policy_nobody_could_follow_is_refused(client, otto, changes, sentence):
    url = reverse("admin:wallet_walletpolicy_change", args=[1])
    fields = dict(client.get(url).context["adminform"].form.initial)
    before = rulebook.current().number
    shown = client.post(url, fields | {"needs_verified_email": "on", "reason": "Odd"} | changes)
    assert (sentence in shown.text.replace("&#x27;", "'"), rulebook.current().number) == (True, before)


def test_a16_who_may_adjust_does_not_lift_the_limit_alone(client, otto):
    url = reverse("admin:wallet_walletpolicy_change", args=[1])
    fields = dict(client.get(url).context["adminform"].form.initial)
    client.post(url, fields | {"approval_above_dgt": "1000000000", "needs_verified_email": "on", "reason": "Mine"})
    assert WalletPolicy.objects.current().approval_above_dgt == 10_000


def test_the_members_of_a_reversed_journal_are_told(client, alice):
    bob = make.verified(make.user("bob"))
    sent = wallet.transfer(sender=alice, receiver=bob, amount=60, key="transfer:1")
    answer(client, "reverse", DgtJournal.objects.get(pk=sent.id), reason="Sent to the wrong bob")
    assert {row.user.username: row.text for row in Notification.objects.all()} == {
        "alice": "Staff reversed a movement, and 60 DGT came back to you: Sent to the wrong bob",
        "bob": "Staff reversed a movement, and 60 DGT left you: Sent to the wrong bob",
    }


def test_a_wallet_says_whose_it_is(client, otto, alice):
    page = client.get(reverse("admin:wallet_userwallet_change", args=[alice.pk])).text
    assert page.count("alice: 100 DGT") == 3  # the title of the page, the way to it, and its heading


@pytest.mark.parametrize("more", [0, 5])
def test_the_list_of_wallets_costs_as_many_queries_however_many(client, otto, alice, more, django_assert_num_queries):
    for number in range(more):
        give(make.user(f"member_{number}"), 10, key=f"more:{number}")
    address = reverse("admin:wallet_userwallet_changelist")
    client.get(address)
    with django_assert_num_queries(6):
        client.get(address)


def test_l6_the_page_of_all_accounts_adds_up_to_nothing(client, otto, alice):
    bob = make.verified(make.user("bob"))
    WalletPolicy.objects.update(fee_bps=1_000)
    wallet.purchase(user=bob, amount=500, source="stripe", key="order:1", description="500 DGT")
    wallet.transfer(sender=alice, receiver=bob, amount=50, key="transfer:1")
    wallet.debit(user=bob, amount=200, to="shop", key="buy:1", description="A frame")
    wallet.hold(user=bob, amount=100, key="hold:1", description="A dispute")
    wallet.claw_back(user=alice, amount=70, to="usdt", key="claw:1", description="Taken back")
    found = sums()
    assert {account.name: account.balance for account in (*found.system, *found.members)} == {
        "rewards": -100, "adjustments": 0, "shop": 200, "stripe": -500, "usdt": 70, "fees": 5,
        "member": 250, "held": 100, "debt": -25,
    }  # fmt: skip
    assert (found.total, found.issued, found.burned, found.supply) == (0, 530, 205, 325)
    shown = client.get(reverse("admin:wallet_dgtaccount_sums")).text
    assert "530 DGT issued − 205 burned = 325 that members have and hold" in " ".join(shown.split())
    assert "As it must be." in shown


def test_l6_the_page_is_for_staff_who_may_see_accounts(client, otto):
    client.force_login(make.moderator())
    assert client.get(reverse("admin:wallet_dgtaccount_sums")).status_code == 403
