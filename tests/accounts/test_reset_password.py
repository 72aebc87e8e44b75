"""Password reset: by a link in a mail, and without telling who has an account."""

import pytest
from django.core import mail as sent

from degentalk.core import outbox
from degentalk.core.models import OutboxMessage
from tests import make

pytestmark = pytest.mark.django_db
RESET = "/account/password/reset/"
NEW_PASSWORD = "another horse battery staple"


def link_in(text):
    return next(word for word in text.split() if "/account/password/reset/key/" in word)


def test_the_mail_leaves_only_through_the_outbox(client):
    """L21: nothing is sent inside the transaction."""
    make.user("alice")
    client.post(RESET, {"email": "alice@example.com"})
    assert sent.outbox == []
    assert outbox.deliver_due() == 1
    assert [message.to for message in sent.outbox] == [["alice@example.com"]]
    assert link_in(sent.outbox[0].body)


def test_the_link_is_not_kept_after_it_was_sent(client):
    make.user("alice")
    client.post(RESET, {"email": "alice@example.com"})
    outbox.deliver_due()
    assert OutboxMessage.objects.get().payload == {}


def test_the_link_sets_a_new_password_once(client):
    alice = make.user("alice", password="old password 1")
    client.post(RESET, {"email": "ALICE@example.com"})
    link = link_in(OutboxMessage.objects.get().payload["text"])
    form = client.get(link)
    client.post(form.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert client.get(link).status_code == 200
    assert client.get(link).context["token_fail"]


@pytest.mark.parametrize("deactivated", [False, True])
def test_unknown_and_known_addresses_get_the_same_answer(client, deactivated):
    """A15: resetting a password does not tell who has an account."""
    make.user("alice")
    make.user("bob", is_active=not deactivated)
    addresses = ["alice@example.com", "bob@example.com", "nobody@example.com"]
    answers = [client.post(RESET, {"email": address}) for address in addresses]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, f"{RESET}done/")}
    assert len({client.get(answer.url).text for answer in answers}) == 1
    assert OutboxMessage.objects.count() == 3


def test_an_unknown_address_gets_a_mail_without_a_link(client):
    client.post(RESET, {"email": "nobody@example.com"})
    assert "/account/password/reset/key/" not in OutboxMessage.objects.get().payload["text"]


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b@c", "alice@example.com\nBcc: all@example.com", "\x00@example.com", "x" * 400 + "@a.b"]
)
def test_hostile_input_sends_nothing(client, email):
    assert client.post(RESET, {"email": email}).status_code == 200
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("key", ["1-nonsense", "zzzzzzzzzzzz-set-password", "1-%00", "1-" + "a" * 500])
def test_a_made_up_link_is_refused_in_words(client, key):
    response = client.get(f"{RESET}key/{key}/")
    assert response.status_code == 200
    assert response.context["token_fail"]
