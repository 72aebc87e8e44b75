"""Joining: names, addresses, refusals in sentences."""

from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as sent
from django.urls import reverse

from degentalk.accounts.models import User
from degentalk.core.models import OutboxMessage
from tests import make
from tests.threads import together

SIGN_UP = "/account/signup/"


def fields(**changed):
    return {"username": "alice", "email": "alice@example.com", "password1": "correct horse battery staple"} | changed


@pytest.mark.django_db
def test_our_sign_up_stands_where_allauth_expects_it():
    assert reverse("account_signup") == SIGN_UP


@pytest.mark.django_db
def test_signing_up_makes_a_member_who_is_signed_in(client):
    response = client.post(SIGN_UP, fields())
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(User.objects.get(username="alice").pk)


@pytest.mark.django_db
def test_signing_up_promises_one_mail_that_confirms_the_address(client):
    client.post(SIGN_UP, fields())
    promised = OutboxMessage.objects.get(topic="mail")
    assert promised.payload["to"] == ["alice@example.com"]
    assert "/account/confirm-email/" in promised.payload["text"]
    assert sent.outbox == []


@pytest.mark.django_db
def test_the_link_in_the_mail_confirms_the_address(client):
    client.post(SIGN_UP, fields())
    words = OutboxMessage.objects.get(topic="mail").payload["text"].split()
    link = next(word for word in words if "/account/confirm-email/" in word)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get(email="alice@example.com").verified
    client.post(link)
    assert EmailAddress.objects.get(email="alice@example.com").verified


@pytest.mark.django_db
def test_the_case_of_a_username_is_kept(client):
    client.post(SIGN_UP, fields(username="AliceInChains"))
    assert User.objects.get().username == "AliceInChains"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "BOB"}, "That username is taken. Choose another."),
        ({"email": "Bob@Example.com"}, "An account with this e-mail address exists. Sign in, or reset its password."),
        ({"username": "Degen_Talk"}, "That username is reserved. Choose another."),
        ({"username": "al"}, "Use 3 to 24 letters, digits or underscores."),
        ({"username": "a" * 25}, "Ensure this value has at most 24 characters (it has 25)."),
        ({"username": "аlice"}, "Use 3 to 24 letters, digits or underscores."),
        ({"username": "alice<script>"}, "Use 3 to 24 letters, digits or underscores."),
        ({"username": "al\x00ice"}, "Null characters are not allowed."),
        ({"username": ""}, "This field is required."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"password1": "12345678"}, "This password is too common."),
        ({"password1": "short7!"}, "This password is too short. It must contain at least 8 characters."),
    ],
)
def test_a_refused_sign_up_says_why(client, changed, sentence):
    make.user("bob")
    response = client.post(SIGN_UP, fields(**changed))
    assert [error for errors in response.context["form"].errors.values() for error in errors] == [sentence]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_form_keeps_what_was_typed_and_escapes_it(client):
    response = client.post(SIGN_UP, fields(username='"><script>alert(1)</script>'))
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text


@pytest.mark.django_db
def test_invisible_characters_around_a_name_are_dropped(client):
    client.post(SIGN_UP, fields(username="\u202ealice\u2069"))
    assert User.objects.get().username == "alice"


@pytest.mark.django_db
def test_nobody_signs_up_with_powers(client):
    """W5: fields that the form does not have change nothing."""
    client.post(SIGN_UP, fields(is_staff="on", is_superuser="on", is_active=""))
    alice = User.objects.get()
    assert (alice.is_staff, alice.is_superuser, alice.is_active) == (False, False, True)


def test_parallel_sign_ups_with_one_name_make_one_member(site):
    browsers = [site.visitor() for _ in range(4)]
    for browser in browsers:
        browser.get(SIGN_UP)
    forms = [fields(email=f"alice{number}@example.com") for number in range(4)]
    answers = together([partial(browser.post, SIGN_UP, form) for browser, form in zip(browsers, forms, strict=True)])
    assert {answer.status_code for answer in answers} == {200}
    assert User.objects.count() == 1
    assert sum("taken" in answer.text for answer in answers) == 3
