"""The wallet page, and the wallet's components alone."""

import re

import pytest

from tests import make
from tests.html import html_of
from tests.wallet.test_ledger import give
from wallet import services as wallet

pytestmark = pytest.mark.django_db
STRANGE = "\"><script>alert(1)</script>{{ 7|add:7 }}'"


@pytest.fixture
def alice(client):
    alice = make.verified(make.user("alice"))
    client.force_login(alice)
    return alice


def lines(answer):
    """Each line of a history as its words."""
    found = re.findall(r"<li.*?</li>", html_of(answer).split('class="ledger"')[1], re.DOTALL)
    return [" ".join(re.sub(r"<time.*?</time>|<[^>]+>", " ", line, flags=re.DOTALL).split()) for line in found]


def test_its_address_has_no_slash(client, alice):
    assert client.get("/wallet").status_code == 200


def test_a_visitor_is_asked_to_sign_in(client):
    answer = client.get("/wallet")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/wallet")


def test_an_empty_wallet_says_how_dgt_is_earned(client, alice):
    page = html_of(client.get("/wallet"))
    assert ("No DGT has moved yet" in page, '<a class="btn" href="/threads">' in page) == (True, True)


def test_every_line_says_what_with_whom_how_much_and_what_was_left(client, alice):
    bob = make.verified(make.user("bob"))
    give(alice, 100)
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1", description="thanks")
    wallet.transfer(sender=bob, receiver=alice, amount=15, key="transfer:2")
    assert lines(client.get("/wallet"))[:2] == [
        "From bob · Transfer +15 DGT Balance 75",
        "Sent to bob · Transfer · “thanks” −40 DGT Balance 60",
    ]


def test_a_reversed_movement_says_so(client, alice):
    journal = give(alice, 100)
    wallet.reverse(journal_id=journal.id, key="reversal:1", reason="Wrong member", actor=None)
    reversal, original = lines(client.get("/wallet"))
    assert (reversal, "Reversed" in original) == ("Wrong member · Reversal −100 DGT Balance 0", True)


def test_what_a_sender_writes_stays_text(client, alice):
    bob = make.verified(make.user("bob"))
    give(bob, 100)
    wallet.transfer(sender=bob, receiver=alice, amount=40, key="transfer:1", description=STRANGE)
    page = html_of(client.get("/wallet"))
    assert ("<script>alert" in page, "&lt;script&gt;" in page, "7|add:7" in page) == (False, True, True)


def test_the_history_goes_on_behind_next(client, alice):
    for serial in range(30):
        give(alice, 1, key=f"gift:{serial}")
    first = client.get("/wallet")
    second = client.get("/wallet", {"cursor": first.context["page"].next})
    assert [len(lines(page)) for page in (first, second)] == [25, 5]


@pytest.mark.parametrize("movements", [1, 30])
def test_it_costs_eight_queries_however_much_moved(client, alice, movements, django_assert_num_queries):
    for serial in range(movements):
        give(alice, 1, key=f"gift:{serial}")
    client.get("/wallet")
    with django_assert_num_queries(8):
        client.get("/wallet")


def test_a_balance_that_is_not_hidden_is_for_everybody(client):
    bob = make.verified(make.user("bob"))
    give(bob, 1_234)
    fragment = html_of(client.get(f"/wallet/users/{bob.pk}/balance"))
    assert ("1,234" in fragment, "<html" in fragment) == (True, False)


def test_a_hidden_balance_does_not_exist_for_others(client, alice):
    bob = make.user("bob", hides_balance=True)
    assert client.get(f"/wallet/users/{bob.pk}/balance").status_code == 404


def test_a_hidden_balance_exists_for_its_owner(client):
    bob = make.user("bob", hides_balance=True)
    client.force_login(bob)
    assert client.get(f"/wallet/users/{bob.pk}/balance").status_code == 200


def test_ones_own_history_is_the_component_alone(client, alice):
    give(alice, 100)
    answer = client.get(f"/wallet/users/{alice.pk}/history")
    assert (len(lines(answer)), "<html" in html_of(answer)) == (1, False)


def test_another_members_history_does_not_exist(client, alice):
    assert client.get(f"/wallet/users/{make.user('bob').pk}/history").status_code == 404


def test_no_history_exists_for_visitors(client):
    assert client.get(f"/wallet/users/{make.user('bob').pk}/history").status_code == 404
