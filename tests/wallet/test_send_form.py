"""The form that sends DGT: what is asked, what is said beside its fields, and what is shown before anything moves."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core import clock
from degentalk.core.models import IdempotencyKey
from degentalk.core.switches import set_switch
from tests import make
from tests.html import main_of
from tests.wallet.sending import ask, balance, confirm, errors, hidden, moved
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import WalletPolicy
from wallet.views.sending import REHEARSING

pytestmark = pytest.mark.django_db
STRANGE = "\"><script>alert(1)</script>{{ 7|add:7 }}'"
EXOTIC = [
    "1_000",
    "1.0",
    "１２",
    "٣",
    "true",
    "-1",
    "+5",
    "0",
    "1e3",
    "10,000",
    "5 5",
    "",
    "9" * 20,
    str(10**12 + 1),
    "0x10",
]


@pytest.fixture
def alice(db):
    alice = make.verified(make.user("alice"))
    give(alice, 100)
    return alice


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


@pytest.fixture
def browser(alice):
    client = Client()
    make.signed_in(client, alice)
    return client


# ── Asking ──


def test_the_address_may_name_the_receiver(browser):
    assert '<input type="text" name="to" value="bob"' in main_of(browser.get("/wallet/send?to=bob"))


def test_w16_what_the_address_names_stays_text(browser):
    page = main_of(browser.get("/wallet/send", {"to": STRANGE}))
    assert ("<script>alert" in page, "&lt;script&gt;" in page) == (False, True)


def test_what_will_happen_is_shown_before_it_does(browser, alice, bob):
    WalletPolicy.objects.update(fee_bps=500)
    answer = ask(browser, to="BOB", memo="for the audit")
    page = main_of(answer)
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page))
    assert (answer.status_code, facts) == (
        200,
        {
            "Amount": "40 DGT",
            "Fee": "2 DGT",
            "Total": "42 DGT",
            "Balance now": "100 DGT",
            "Balance after": "58 DGT",
        },
    )
    for words in (
        '<a class="user" href="/profile/bob">',
        "“for the audit”",
        "Transfers are final",
        "Send 40 DGT to bob",
    ):
        assert words in page
    assert (moved(), balance(alice), IdempotencyKey.objects.count()) == (0, 100, 0)


@pytest.mark.parametrize("amount", EXOTIC)
def test_l8_what_is_no_whole_amount_is_refused_beside_the_field(browser, bob, amount):
    answer = ask(browser, amount=amount)
    assert (answer.status_code, list(errors(answer)), moved()) == (422, ["amount"], 0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("alice", "You cannot send DGT to yourself."),
        ("ALICE", "You cannot send DGT to yourself."),
        ("nobody_here", "There is no member called “nobody_here”."),
        ("shop", "There is no member called “shop”."),
        ("rewards", "There is no member called “rewards”."),
        ("fees", "There is no member called “fees”."),
        ("bob\u202e", ""),
        ("@bob", ""),
        ("bo\x00b", ""),
        ("", "Say who gets it."),
    ],
)
def test_l15_whom_one_cannot_send_to_is_said_beside_the_field(browser, bob, name, sentence):
    answer = ask(browser, to=name)
    assert answer.status_code == (422 if sentence else 200)
    assert not sentence or errors(answer) == {"to": [sentence]}


def test_l15_a_suspended_member_is_not_found(browser, bob):
    accounts.suspend(member=bob, actor=make.moderator(), reason="Spam")
    assert errors(ask(browser)) == {"to": ["There is no member called “bob”."]}


def test_what_is_missing_is_said_and_what_was_typed_is_kept(browser, bob):
    answer = ask(browser, amount="140", memo="thanks")
    assert errors(answer) == {"amount": ["You have 100 DGT; this needs 140: 40 DGT short."]}
    page = main_of(answer)
    for kept in ('name="to" value="bob"', 'name="amount" value="140"', 'name="memo" value="thanks"'):
        assert kept in page


@pytest.mark.parametrize(
    "change", [{"transfer_min_dgt": 41}, {"transfer_max_dgt": 39, "transfer_min_dgt": 1}, {"daily_max_dgt": 39}]
)
def test_what_the_policy_refuses_is_said_before_it_is_confirmed(browser, bob, change):
    WalletPolicy.objects.update(**change)
    answer = ask(browser)
    assert (answer.status_code, list(errors(answer))) == (422, ["amount"])


def test_a6_a_member_who_cannot_receive_is_named_without_the_reason(browser):
    make.verified(make.user("newbie", date_joined=timezone.now()))
    make.user("mallory")
    for name in ("newbie", "mallory"):
        assert errors(ask(browser, to=name)) == {"to": ["That member cannot receive DGT at the moment."]}


def test_a9_dgt_bought_lately_is_named(browser, alice, bob):
    wallet.debit(user=alice, amount=100, to="shop", key="debit:1", description="A frame")
    wallet.purchase(user=alice, amount=100, source="stripe", key="purchase:1", description="A pack")
    assert "was bought lately" in errors(ask(browser))["amount"][0]


def test_a17_what_staff_switched_off_says_so(browser, bob):
    set_switch(name="transfers", is_on=False, actor=make.moderator(), reason="An incident")
    assert errors(ask(browser)) == {
        "__all__": ["Switched off for the moment: Transfers between members. Try again later."]
    }


@pytest.mark.parametrize("memo", ["x" * 141, "\N{ROCKET}" * 141])
def test_a_memo_that_is_too_long_is_refused_with_its_length_beside_the_field(browser, bob, memo):
    answer = ask(browser, memo=memo)
    assert errors(answer) == {"memo": ["Ensure this value has at most 140 characters (it has 141)."]}
    assert f'name="memo" value="{memo}"' in main_of(answer)


def test_no_browser_cuts_a_memo_off(browser, bob):
    assert "maxlength" not in main_of(browser.get("/wallet/send"))
    memo = "\N{ROCKET}" * 140
    assert f"“{memo}”" in main_of(ask(browser, memo=memo))


@pytest.mark.parametrize("amount", ["9" * 25, "9" * 5_000, str(10**12 + 1)])
def test_an_amount_of_many_digits_is_called_too_much(browser, bob, amount):
    assert errors(ask(browser, amount=amount)) == {"amount": ["That is more DGT than there can be."]}


def test_l11_every_confirmation_has_a_key_of_its_own(browser, bob):
    assert hidden(ask(browser))["key"] != hidden(ask(browser))["key"]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1_000"},
        {"amount": "-40"},
        {"amount": ""},
        {"receiver": "x"},
        {"receiver": "0"},
        {"receiver": str(10**30)},
        {"fee": ""},
        {"fee": "-1"},
        {"memo": "x" * 141},
    ],
)
def test_w5_a_form_that_somebody_changed_moves_nothing(browser, bob, change):
    answer = confirm(browser, hidden(ask(browser)), **change)
    assert (answer.status_code, moved()) == (422, 0)


def test_changing_ones_mind_leads_back_to_the_filled_form(browser, bob):
    answer = browser.post("/wallet/send", hidden(ask(browser, memo="thanks")) | {"change": "1"})
    page = main_of(answer)
    assert answer.status_code == 200
    for kept in ('name="to" value="bob"', 'name="amount" value="40"', 'name="memo" value="thanks"'):
        assert kept in page


def test_w16_a_memo_stays_text_on_the_way(browser, bob):
    page = main_of(ask(browser, memo=STRANGE))
    assert ("<script>alert" in page, "&lt;script&gt;" in page, "7|add:7" in page) == (False, True, True)


# ── With a script, by visitors, and too often ──


def test_with_a_script_only_the_component_is_exchanged(browser, bob):
    answer = browser.post("/wallet/send", {"to": "bob", "amount": "40"}, headers={"HX-Request": "true"})
    wrong = browser.post("/wallet/send", {"to": "bob", "amount": "x"}, headers={"HX-Request": "true"})
    for part, status in ((answer, 200), (wrong, 422)):
        assert (part.status_code, "<html" in part.content.decode(), 'id="dgt-transfer"' in part.content.decode()) == (
            status,
            False,
            True,
        )


def test_visitors_are_asked_to_sign_in(bob):
    visitor = Client()
    answers = [visitor.get("/wallet/send?to=bob"), visitor.post("/wallet/transfer", {"amount": "40"})]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (303, "/account/login/?next=/wallet/send%3Fto%3Dbob"),
        (303, "/account/login/?next=/wallet/send"),
    ]
    assert visitor.post("/wallet/transfer", headers={"HX-Request": "true"}).status_code == 401


def test_w2_a_post_without_the_csrf_token_is_refused(alice, bob, browser):
    fields = hidden(ask(browser))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert (confirm(strict, fields).status_code, moved()) == (403, 0)


def test_the_address_of_the_second_step_alone_leads_to_the_first(browser):
    answer = browser.get("/wallet/transfer")
    assert (answer.status_code, answer["Location"]) == (303, "/wallet/send")


def test_w7_asking_what_it_would_cost_has_a_limit_too(browser, bob):
    for _time in range(REHEARSING.most):
        assert ask(browser, amount="1").status_code == 200
    answer = ask(browser, amount="1")
    assert (answer.status_code, "That was too often. Try again in" in main_of(answer)) == (422, True)


def test_w16_the_pages_are_kept_in_no_cache(browser, bob):
    assert {answer["Cache-Control"] for answer in (browser.get("/wallet/send"), ask(browser))} == {"no-store"}


# ── Suggestions ──


def suggested(browser, typed, **fields):
    answer = browser.get("/wallet/recipients", {"to": typed} | fields)
    return re.findall(r'<option value="(.*?)">', answer.content.decode())


def test_members_are_suggested_by_the_beginning_of_their_names(browser, bob):
    for name in ("bobby", "Bobo", "carol"):
        make.user(name)
    assert [suggested(browser, typed) for typed in ("bo", "@BOB", "c", "", "%", "bob\x00b")] == [
        ["bob", "bobby", "Bobo"],
        ["bob", "bobby", "Bobo"],
        ["carol"],
        [],
        [],
        ["bobby"],
    ]


def test_neither_oneself_nor_who_hides_nor_who_is_suspended_is_suggested(browser, bob):
    make.user("alina", hides_from_boards=True)
    make.user("alfred", is_active=False)
    assert suggested(browser, "al") == []


def test_eight_are_suggested_and_no_more(browser):
    for serial in range(12):
        make.user(f"carol_{serial:02}")
    assert len(suggested(browser, "carol")) == 8


def test_visitors_get_no_suggestions(bob):
    assert Client().get("/wallet/recipients", {"to": "bob"}).status_code == 401


def test_w7_suggestions_stop_when_somebody_collects_names(browser, bob):
    answers = [browser.get("/wallet/recipients", {"to": "b"}).status_code for _time in range(121)]
    assert (set(answers[:120]), answers[120]) == ({200}, 204)


# ── Said before it is tried ──


def switch_off(alice):
    set_switch(name="transfers", is_on=False, actor=make.moderator(), reason="An incident")


def freeze(alice):
    wallet.freeze(user=alice, reason="Looked into", actor=None)


def join_just_now(alice):
    User.objects.filter(pk=alice.pk).update(date_joined=datetime(2026, 11, 20, 12, tzinfo=UTC))


def lose_the_address(alice):
    EmailAddress.objects.filter(user=alice).update(verified=False)


def owe(alice):
    wallet.claw_back(user=alice, amount=140, to="stripe", key="clawback:1", description="A dispute")


def dispute(alice):
    wallet.stop_sending(user=alice, because="order:1")


CLOSED = [
    (switch_off, "Switched off for the moment: Transfers between members. Try again later."),
    (freeze, "Your wallet is frozen while staff look into it. Nothing can move until then."),
    (join_just_now, "Your account is too new to send DGT. You can from 21 Nov 2026, 12:00 UTC on."),
    (lose_the_address, "Confirm your e-mail address first; then you can send DGT."),
    (dispute, "A card payment of yours is disputed: until that is decided you can neither send DGT nor give gifts."),
    (owe, "You owe 40 DGT, which the next DGT you get repays. Until then you can spend none."),
]


@pytest.mark.parametrize(("happens", "sentence"), CLOSED)
def test_who_can_send_nothing_is_told_so_in_place_of_the_form_and_the_button(browser, alice, bob, happens, sentence):
    happens(alice)
    with clock.at(datetime(2026, 11, 20, 18, tzinfo=UTC)):
        pages = [main_of(browser.get(path)) for path in ("/wallet/send", "/wallet", "/profile/bob")]
    assert [sentence in page for page in pages] == [True, True, True]
    assert ['name="to"' in pages[0], 'name="to"' in pages[1], "/wallet/send" in pages[2]] == [False, False, False]


@pytest.mark.parametrize(("happens", "sentence"), CLOSED)
def test_that_is_what_the_door_says(browser, alice, bob, happens, sentence):
    happens(alice)
    with clock.at(datetime(2026, 11, 20, 18, tzinfo=UTC)):
        answer = ask(browser)
    assert (answer.status_code, list(errors(answer).values())) == (422, [[sentence]])


def test_an_unconfirmed_address_leads_to_where_it_is_confirmed(browser, alice):
    lose_the_address(alice)
    assert 'href="/account/email/"' in main_of(browser.get("/wallet/send"))


def test_a_day_later_a_new_account_may_send(browser, alice, bob):
    join_just_now(alice)
    with clock.at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        assert 'name="to"' in main_of(browser.get("/wallet/send"))


def test_a_policy_that_asks_for_no_address_closes_nothing(browser, alice):
    lose_the_address(alice)
    WalletPolicy.objects.update(needs_verified_email=False)
    assert 'name="to"' in main_of(browser.get("/wallet/send"))


def test_tips_that_are_off_close_no_transfers(browser, alice):
    set_switch(name="tips", is_on=False, actor=make.moderator(), reason="An incident")
    assert 'name="to"' in main_of(browser.get("/wallet/send"))


def test_a_profile_leads_to_the_form(browser, bob):
    page = main_of(browser.get("/profile/bob"))
    assert '<a class="btn" href="/wallet/send?to=bob">' in page
    assert "/wallet/send" not in main_of(browser.get("/profile/alice"))
    assert "/wallet/send" not in main_of(Client().get("/profile/bob"))
