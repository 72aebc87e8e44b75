"""The page of one movement: all of it that is one's own, and nothing of anybody else's."""

import re
from uuid import uuid4

import pytest

from tests import make
from tests.html import main_of
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import WalletPolicy

pytestmark = pytest.mark.django_db
STRANGE = "\"><script>alert(1)</script>{{ 7|add:7 }}'"


@pytest.fixture
def alice(client):
    alice = make.signed_in(client, make.verified(make.user("alice")))
    give(alice, 1_000)
    return alice


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def page(client, journal):
    answer = client.get(f"/wallet/journal/{journal.public_id}")
    assert answer.status_code == 200
    return answer


def facts(answer):
    """The list of facts, by their names."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", main_of(answer)))


def test_it_says_what_moved_with_whom_and_what_was_left(client, alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1", memo="for the audit")
    answer = page(client, journal)
    shown = main_of(answer)
    for words in (">Sent to bob<", "−40<small>DGT", 'href="/profile/bob"', "“for the audit”", "Completed"):
        assert words in shown
    assert facts(answer) | {"When": ""} == {
        "Type": "Transfer",
        "When": "",
        "Balance": "40 DGT less",
        "Balance after it": "960 DGT",
    }
    assert f'value="{journal.public_id}"' in shown


def test_both_sides_see_their_own_part_of_one_movement(client, alice, bob):
    WalletPolicy.objects.update(fee_bps=500)
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    mine = facts(page(client, journal))
    client.force_login(bob)
    his = facts(page(client, journal))
    assert (mine["Of it the fee"], mine["Balance"], mine["Balance after it"]) == ("2 DGT", "42 DGT less", "958 DGT")
    assert ("Of it the fee" in his, his["Balance"], his["Balance after it"]) == (False, "40 DGT more", "40 DGT")


def test_a_movement_between_ones_own_accounts_shows_each_of_them(client, alice):
    hold = wallet.hold(user=alice, amount=30, key="hold:1", description="An order")
    shown = facts(page(client, hold))
    assert (shown["Balance"], shown["Held"], shown["Held after it"]) == ("30 DGT less", "30 DGT more", "30 DGT")


def test_what_repaid_a_debt_is_shown_also_where_the_balance_was_left_alone(client, alice):
    wallet.claw_back(user=alice, amount=1_100, to="stripe", key="clawback:1", description="A dispute")
    journal = give(alice, 60, key="gift:2")
    shown = facts(page(client, journal))
    assert (shown["Debt"], shown["Debt after it"], "Balance" in shown) == ("60 DGT less", "40 DGT", False)


def test_what_came_in_is_said_in_one_sum_where_a_part_of_it_repaid_a_debt(client, alice):
    wallet.claw_back(user=alice, amount=1_100, to="stripe", key="clawback:1", description="A dispute")
    answer = page(client, give(alice, 130, key="gift:2"))
    shown = facts(answer)
    assert "+130<small>DGT" in main_of(answer)
    assert (shown["Debt"], shown["Debt after it"]) == ("100 DGT less", "0 DGT")
    assert (shown["Balance"], shown["Balance after it"]) == ("30 DGT more", "30 DGT")


def test_what_is_taken_beyond_the_balance_makes_a_debt_grow(client, alice):
    clawback = wallet.claw_back(user=alice, amount=10_500, to="stripe", key="clawback:1", description="A dispute")
    answer = page(client, clawback)
    shown = facts(answer)
    assert "−10,500<small>DGT" in main_of(answer)
    assert (shown["Debt"], shown["Debt after it"]) == ("9,500 DGT more", "9,500 DGT")
    assert (shown["Balance"], shown["Balance after it"]) == ("1,000 DGT less", "0 DGT")


def test_a_reversal_and_what_it_took_back_lead_to_each_other(client, alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    reversal = wallet.reverse(journal_id=journal.id, key="reversal:1", reason="A mistake", actor=None)
    shown, undone = main_of(page(client, journal)), main_of(page(client, reversal))
    assert ("Reversed" in shown, f'href="/wallet/journal/{reversal.public_id}"' in shown) == (True, True)
    assert ("Completed" in undone, f'href="/wallet/journal/{journal.public_id}"' in undone) == (True, True)
    assert "<h1>Came back from bob</h1>" in undone
    client.force_login(bob)
    assert "<h1>Went back to alice</h1>" in main_of(page(client, reversal))


def test_w4_what_is_not_ones_own_is_not_found(client, alice, bob):
    carol = make.verified(make.user("carol"))
    give(bob, 100, key="gift:bob")
    others = wallet.send(sender=bob, receiver=carol, amount=40, key="transfer:1")
    answers = [client.get(f"/wallet/journal/{public_id}") for public_id in (others.public_id, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert main_of(answers[0]) == main_of(answers[1])


def test_staff_have_the_admin_and_find_nothing_here(client, alice):
    journal = give(make.user("mallory"), 100, key="gift:mallory")
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    assert client.get(f"/wallet/journal/{journal.public_id}").status_code == 404


@pytest.mark.parametrize("name", ["1", "not-a-uuid", "../1"])
def test_an_address_that_is_none_is_not_found(client, alice, name):
    assert client.get(f"/wallet/journal/{name}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(f"/wallet/journal/{uuid4()}").status_code == 302


def test_w16_a_memo_stays_text(client, alice, bob):
    shown = main_of(page(client, wallet.send(sender=alice, receiver=bob, amount=1, key="transfer:1", memo=STRANGE)))
    assert ("<script>alert" in shown, "&lt;script&gt;" in shown, "7|add:7" in shown) == (False, True, True)


def test_w16_it_is_kept_in_no_cache(client, alice):
    assert page(client, give(alice, 1, key="gift:2"))["Cache-Control"] == "no-store"


def test_what_is_not_sealed_yet_promises_a_receipt_and_offers_none(client, alice):
    shown = main_of(page(client, give(alice, 1, key="gift:2")))
    assert ("Not sealed yet" in shown, "/receipt/" in shown) == (True, False)
    assert 'href="/economy/receipts"' in shown


def test_a_line_of_the_history_leads_to_it(client, alice, bob):
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    assert f'<a href="/wallet/journal/{journal.public_id}">Sent to bob</a>' in main_of(client.get("/wallet"))


def test_it_takes_six_queries(client, alice, bob, django_assert_num_queries):
    journal = wallet.send(sender=alice, receiver=bob, amount=40, key="transfer:1")
    page(client, journal)
    with django_assert_num_queries(6):
        page(client, journal)
