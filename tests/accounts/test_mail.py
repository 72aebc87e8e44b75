"""Mail through the outbox."""

import pytest
from django.core import mail as sent
from django.core.mail import EmailMultiAlternatives

from degentalk.accounts import mail
from degentalk.core import outbox
from degentalk.core.models import OutboxMessage

pytestmark = pytest.mark.django_db


def written(**changed):
    fields = {
        "subject": "Grüße",
        "body": "Hello",
        "from_email": "Degentalk <no-reply@degentalk.example>",
        "to": ["alice@example.com"],
        "headers": {"List-Unsubscribe": "<https://degentalk.example/u>"},
    }
    message = EmailMultiAlternatives(**fields | changed)
    message.attach_alternative("<p>Hello</p>", "text/html")
    return message


def test_nothing_is_sent_before_the_outbox_delivers():
    mail.enqueue(written())
    assert sent.outbox == []


def test_what_arrives_is_what_was_written():
    mail.enqueue(written())
    outbox.deliver_due()
    arrived = sent.outbox[0]
    assert (arrived.subject, arrived.body, arrived.to) == ("Grüße", "Hello", ["alice@example.com"])
    assert arrived.from_email == "Degentalk <no-reply@degentalk.example>"
    assert isinstance(arrived, EmailMultiAlternatives)
    assert arrived.alternatives == [("<p>Hello</p>", "text/html")]
    assert arrived.extra_headers["List-Unsubscribe"] == "<https://degentalk.example/u>"


def test_a_used_key_sends_no_second_mail():
    mail.enqueue(written(), key="api_token:1")
    mail.enqueue(written(), key="api_token:1")
    assert outbox.deliver_due() == 1


def test_mails_without_a_key_are_different_mails():
    mail.enqueue(written())
    mail.enqueue(written())
    assert outbox.deliver_due() == 2


def test_a_mail_delivered_twice_carries_one_message_id():
    mail.enqueue(written())
    message = OutboxMessage.objects.get()
    mail.deliver(message.payload, message.key)
    mail.deliver(message.payload, message.key)
    first, second = (str(one.message()["Message-ID"]) for one in sent.outbox)
    assert first == second
    assert first.endswith("@degentalk.example>")


def test_a_subject_cannot_smuggle_headers():
    mail.send(to="alice@example.com", template="accounts/mail/token_created", context={}, key="x:1")
    assert "\n" not in OutboxMessage.objects.get().payload["subject"]
