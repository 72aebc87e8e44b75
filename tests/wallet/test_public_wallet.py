"""What a stranger may see of a wallet over the API, and nothing else."""

import pytest
from django.contrib.auth.models import Permission

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from tests import make
from tests.wallet.test_boards import member_with
from wallet import services as wallet

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
MISSING = 999_999_999


def path(user_id):
    return f"/api/wallet/users/{user_id}"


@pytest.fixture
def bob():
    """Who was paid 500, spent 100, holds 70, and whose wallet is frozen."""
    bob = member_with(500, "bob")
    wallet.debit(user=bob, amount=100, to="shop", key="purchase:1", description="A frame")
    wallet.hold(user=bob, amount=70, key="hold:1", description="An offer")
    wallet.freeze(user=bob, reason="A look at it", actor=None)
    return bob


def shown(bob):
    return {
        "user_id": bob.pk,
        "username": "bob",
        "balance_is_hidden": False,
        "balance": 330,
        "lifetime_earned": 500,
        "lifetime_spent": 100,
    }


def hidden(bob):
    private = {"balance": None, "lifetime_earned": None, "lifetime_spent": None}
    return shown(bob) | private | {"balance_is_hidden": True}


def test_a_stranger_sees_the_balance_and_the_lifetime_figures_and_nothing_else(client, bob):
    """Not what is held or owed, not that the wallet is frozen, no history."""
    assert client.get(path(bob.pk)).json() == shown(bob)


def test_a_member_without_a_wallet_has_nothing(client):
    alice = make.user("alice")
    assert client.get(path(alice.pk)).json() == {
        "user_id": alice.pk,
        "username": "alice",
        "balance_is_hidden": False,
        "balance": 0,
        "lifetime_earned": 0,
        "lifetime_spent": 0,
    }


def test_who_hides_the_balance_hides_every_figure(client, bob):
    User.objects.filter(pk=bob.pk).update(hides_balance=True)
    assert client.get(path(bob.pk)).json() == hidden(bob)


def test_who_only_leaves_the_leaderboards_is_still_seen_here(client, bob):
    User.objects.filter(pk=bob.pk).update(hides_from_boards=True)
    assert client.get(path(bob.pk)).json() == shown(bob)


@pytest.mark.parametrize("who", ["the member", "staff"])
def test_the_member_and_staff_see_the_same_public_part(client, bob, who):
    User.objects.filter(pk=bob.pk).update(hides_balance=True)
    viewer = bob
    if who == "staff":
        viewer = make.user("moderator", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_userwallet"))
    make.signed_in(client, viewer)
    assert client.get(path(bob.pk)).json() == hidden(bob)


def test_w4_a_token_of_the_member_opens_no_more(client, bob):
    User.objects.filter(pk=bob.pk).update(hides_balance=True)
    token = make.api_token(bob, "wallet:read")
    answer = client.get(path(bob.pk), headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == hidden(bob)


def test_a15_missing_and_suspended_members_answer_alike(client, bob):
    accounts.suspend(member=bob, actor=make.moderator(), reason="Spam")
    answers = [client.get(path(user_id)) for user_id in (bob.pk, MISSING, 0, 2**63, 10**40)]
    assert {(answer.status_code, answer["Content-Type"], answer.content) for answer in answers} == {
        (404, PROBLEM, answers[0].content)
    }
    assert answers[0].json()["detail"] == "There is no such member."


@pytest.mark.parametrize("written", ["me", "bob", "-1", "1.0", "１", "%00"])
def test_an_address_without_a_number_is_nothing(client, bob, written):
    assert client.get(path(written)).status_code == 404


def test_a_query_parameter_is_refused_by_name(client, bob):
    answer = client.get(path(bob.pk), {"fields": "held"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["fields"])


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_w5_nothing_can_be_written_here(client, bob, method):
    make.signed_in(client, bob)
    answer = getattr(client, method)(path(bob.pk), {"balance": 1_000_000}, content_type="application/json")
    assert (answer.status_code, client.get(path(bob.pk)).json()) == (405, shown(bob))


def test_it_takes_one_query(client, bob, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(path(bob.pk))
