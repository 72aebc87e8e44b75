"""Signing in and out."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import MD5PasswordHasher

from degentalk.accounts.forms import LoginForm
from tests import make

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"
PASSWORD = "correct horse battery staple"


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["Alice", "alice", "ALICE", "alice@example.com", "Alice@Example.COM", " alice "])
def test_signing_in_ignores_the_case_of_name_and_address(client, login):
    make.user("Alice", password=PASSWORD)
    client.post(SIGN_IN, {"login": login, "password": PASSWORD})
    assert is_signed_in(client)


@pytest.mark.parametrize(("known", "unknown"), [("alice", "mallory"), ("alice@example.com", "mallory@example.com")])
def test_a_wrong_password_and_an_unknown_member_look_the_same(client, known, unknown):
    """A15: signing in does not tell who has an account."""
    make.user("alice", password=PASSWORD)
    answers = [client.post(SIGN_IN, {"login": login, "password": "wrong"}) for login in (known, unknown)]
    assert answers[0].context["form"].errors == answers[1].context["form"].errors
    assert not is_signed_in(client)


class CountingHasher(MD5PasswordHasher):
    """The real hasher, and how often it was asked."""

    algorithm = "counting"
    calls = 0

    def encode(self, password, salt):
        type(self).calls += 1
        return super().encode(password, salt)


@pytest.mark.parametrize(("known", "unknown"), [("alice", "mallory"), ("alice@example.com", "mallory@example.com")])
def test_a_wrong_password_and_an_unknown_member_take_the_same_time(client, settings, known, unknown):
    """A15: nor does the time it takes; hashing the password is nearly all of it."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    counting: Any = type(hashers.get_hasher("counting"))
    make.user("alice", password=PASSWORD)
    counts = []
    for login in (known, unknown):
        before = counting.calls
        client.post(SIGN_IN, {"login": login, "password": "wrong"})
        counts.append(counting.calls - before)
    assert counts[0] == counts[1] > 0


def test_an_address_is_not_also_tried_as_a_username():
    form = LoginForm({"login": "alice@example.com", "password": PASSWORD})
    form.cleaned_data = {"login": "alice@example.com", "password": PASSWORD}
    assert form.user_credentials() == {"email": "alice@example.com", "password": PASSWORD}


def test_a_deactivated_member_does_not_get_in(client):
    make.user("alice", password=PASSWORD, is_active=False)
    client.post(SIGN_IN, {"login": "alice", "password": PASSWORD})
    assert not is_signed_in(client)


def test_deactivating_a_member_ends_their_session(client):
    alice = make.user("alice")
    client.force_login(alice)
    assert client.get("/account/settings").status_code == 200
    alice.is_active = False
    alice.save()
    assert client.get("/account/settings").status_code == 302


def test_signing_out_takes_a_post(client):
    client.force_login(make.user("alice"))
    client.get("/account/logout/")
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_the_session_key_changes_when_one_signs_in(client):
    """W1: the session rotates."""
    make.user("alice", password=PASSWORD)
    client.get(SIGN_IN)
    session = client.session
    session["basket"] = "kept"
    session.save()
    before = session.session_key
    client.post(SIGN_IN, {"login": "alice", "password": PASSWORD})
    assert client.session.session_key != before


def test_signing_in_leads_nowhere_outside_the_site(client):
    make.user("alice", password=PASSWORD)
    response = client.post(f"{SIGN_IN}?next=https://evil.example/", {"login": "alice", "password": PASSWORD})
    assert response.url == "/"


def test_guessing_passwords_is_slowed_down(client):
    """W7: five wrong ones, then a pause."""
    make.user("alice", password=PASSWORD)
    for _ in range(5):
        client.post(SIGN_IN, {"login": "alice", "password": "wrong"})
    response = client.post(SIGN_IN, {"login": "alice", "password": PASSWORD})
    assert response.context["form"].non_field_errors() == [
        "Too many failed attempts. Wait a few minutes, or reset your password."
    ]


@pytest.mark.parametrize("login", ["\x00", "alice\x00", "\u202ealice", "a" * 5000, "' OR 1=1 --", "{{ 7*7 }}"])
def test_hostile_input_is_refused_with_the_form(client, login):
    make.user("alice", password=PASSWORD)
    response = client.post(SIGN_IN, {"login": login, "password": "\x00"})
    assert response.status_code == 200
    assert not is_signed_in(client)
