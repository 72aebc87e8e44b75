"""E-mail addresses of an account, and its password."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from degentalk.accounts.models import User
from degentalk.core.models import OutboxMessage
from tests import make

pytestmark = pytest.mark.django_db
ADDRESSES = "/account/email/"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def alice(client):
    alice = make.user("alice", password=PASSWORD)
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    client.force_login(alice)
    return alice


def add(client, address):
    return client.post(ADDRESSES, {"email": address, "action_add": ""})


def confirm(client):
    text = OutboxMessage.objects.latest("pk").payload["text"]
    return client.post(next(word for word in text.split() if "/confirm-email/" in word), follow=True)


def test_a_second_address_becomes_primary_once_confirmed(client, alice):
    add(client, "new@example.com")
    confirm(client)
    client.post(ADDRESSES, {"email": "new@example.com", "action_primary": ""})
    alice.refresh_from_db()
    assert alice.email == "new@example.com"


def test_the_old_address_is_told_of_the_change(client, alice):
    add(client, "new@example.com")
    confirm(client)
    client.post(ADDRESSES, {"email": "new@example.com", "action_primary": ""})
    last = OutboxMessage.objects.latest("pk").payload
    assert last["to"] == ["alice@example.com"]
    assert "new@example.com" in last["text"]


def test_another_members_address_cannot_be_made_primary(client, alice):
    make.user("bob")
    add(client, "bob@example.com")
    response = client.post(ADDRESSES, {"email": "bob@example.com", "action_primary": ""}, follow=True)
    assert "That address belongs to another account." in response.text
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_confirming_an_address_that_became_another_members_is_refused_in_words(client, alice):
    EmailAddress.objects.update(primary=False)
    add(client, "bob@example.com")
    make.user("bob")
    response = confirm(client)
    assert response.status_code == 200
    assert User.objects.get(username="bob").email == "bob@example.com"
    assert not EmailAddress.objects.get(email="bob@example.com").verified


def test_the_primary_address_cannot_be_removed(client, alice):
    client.post(ADDRESSES, {"email": "alice@example.com", "action_remove": ""})
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    assert EmailAddress.objects.count() == 1


def test_an_account_made_by_staff_keeps_its_only_address(client):
    carol = make.user("carol")
    client.force_login(carol)
    client.get(ADDRESSES)
    client.post(ADDRESSES, {"email": "carol@example.com", "action_remove": ""})
    carol.refresh_from_db()
    assert carol.email == "carol@example.com"


def test_three_addresses_are_the_most(client, alice):
    for number in range(3):
        add(client, f"a{number}@example.com")
    assert EmailAddress.objects.filter(user=alice).count() == 3


def test_changing_the_password_is_told_by_mail(client, alice):
    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"},
    )
    assert OutboxMessage.objects.get(topic="mail").payload["to"] == ["alice@example.com"]


def test_changing_the_password_ends_other_sessions(client, alice):
    """W1: sessions die with the old password."""
    other = Client()
    other.force_login(alice)
    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"},
    )
    assert client.get("/account/settings").status_code == 200
    assert other.get("/account/settings").status_code == 302
