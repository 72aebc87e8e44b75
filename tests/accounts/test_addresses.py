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


# ── the page offers what it will do ─────────────────────────────────────────────────────────────────────────────────


def offered(client):
    """The acts that the page offers for each address."""
    acts = {listed.email: [act.name for act in listed.acts] for listed in client.get(ADDRESSES).context["addresses"]}
    return {email: [name.removeprefix("action_") for name in names] for email, names in acts.items()}


def test_an_address_that_is_primary_and_confirmed_has_nothing_to_offer(client, alice):
    EmailAddress.objects.update(verified=True)
    assert offered(client) == {"alice@example.com": []}


def test_another_primary_address_is_offered_once_it_is_confirmed(client, alice):
    EmailAddress.objects.update(verified=True)
    add(client, "new@example.com")
    assert offered(client) == {"alice@example.com": [], "new@example.com": ["send", "remove"]}
    confirm(client)
    assert offered(client) == {"alice@example.com": [], "new@example.com": ["primary", "remove"]}


def test_among_addresses_that_are_not_confirmed_each_can_be_primary(client, alice):
    add(client, "new@example.com")
    assert offered(client) == {"alice@example.com": ["send"], "new@example.com": ["primary", "send", "remove"]}


def test_a_fourth_address_is_not_offered(client, alice):
    for number in range(2):
        assert 'name="action_add"' in client.get(ADDRESSES).text
        add(client, f"a{number}@example.com")
    page = client.get(ADDRESSES).text
    assert 'name="action_add"' not in page
    assert "These are as many addresses as an account can have." in page


@pytest.mark.parametrize("act", ["primary", "send", "remove"])
def test_an_address_of_somebody_else_is_left_alone(client, alice, act):
    """W4: forms can name any address; only one's own is touched."""
    bob = make.user("bob")
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=False)
    client.post(ADDRESSES, {"email": "bob@example.com", f"action_{act}": ""})
    assert EmailAddress.objects.filter(user=bob, email="bob@example.com", primary=True, verified=False).exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("email", ["", "x", "\x00", "a@b@c", "<script>@example.com", "x" * 5000])
def test_hostile_addresses_do_nothing(client, alice, email):
    answers = [client.post(ADDRESSES, {"email": email, f"action_{act}": ""}) for act in ("primary", "send", "remove")]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert client.post(ADDRESSES, {"email": email, "action_add": ""}).status_code == 200
    assert EmailAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("alice@example.com", "This address belongs to your account already."),
        ("new@example.com", "An account has at most 3 e-mail addresses."),
    ],
)
def test_an_address_that_cannot_be_added_is_refused_in_our_words(client, alice, email, sentence):
    for number in range(2):
        EmailAddress.objects.create(user=alice, email=f"a{number}@example.com")
    assert client.post(ADDRESSES, {"email": email, "action_add": ""}).context["form"].errors == {"email": [sentence]}


def test_the_page_speaks_in_our_words(client, alice):
    add(client, "new@example.com")
    assert "We sent a confirmation mail to new@example.com." in client.get(ADDRESSES).text
    assert "new@example.com is confirmed." in confirm(client).text
    answer = client.post(ADDRESSES, {"email": "new@example.com", "action_primary": ""}, follow=True)
    assert "That is your primary address now." in answer.text
    answer = client.post(ADDRESSES, {"email": "alice@example.com", "action_remove": ""}, follow=True)
    assert "alice@example.com is removed." in answer.text
