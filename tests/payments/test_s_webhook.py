"""S1 to S4, S25, S26: what is let in at the door for Stripe."""

import json
import logging
import time

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from degentalk.core.models import OutboxMessage
from payments import services as payments
from payments.models import ProviderEvent
from tests.payments.signing import SECRET, URL, event, posted, signature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_secret"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, "whsec_two"]
    settings.STRIPE_LIVEMODE = False


def kept() -> list[str]:
    return list(ProviderEvent.objects.order_by("id").values_list("event_id", flat=True))


def test_s1_what_stripe_signed_just_now_is_kept_as_it_came():
    body = json.dumps(event(), indent=2).encode()
    assert posted(body).status_code == 204
    assert ProviderEvent.objects.get().body == body.decode()
    assert OutboxMessage.objects.filter(topic="payments.event").count() == 1


@pytest.mark.parametrize(("seconds", "status"), [(-290, 204), (290, 204), (-310, 400), (310, 400)])
def test_s1_neither_old_events_nor_those_of_the_future_are_taken(seconds, status):
    assert posted(event(), at=time.time() + seconds).status_code == status
    assert kept() == (["evt_1"] if status == 204 else [])


@pytest.mark.parametrize("header", ["", "t=", "v1=abc", "t=now,v1=abc", "t={now}", "t=-1,v1=", "nonsense", "t=²,v1=x"])
def test_s1_a_header_that_is_none_is_refused(header):
    assert posted(event(), header=header.format(now=int(time.time()))).status_code == 400
    assert kept() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"{}",
        b'{"id": 1}',
        b'[{"id": "evt_1"}]',
        b'{"data": {"object": []}}',
    ],
)
def test_s1_signed_or_not_what_is_no_event_is_refused(body):
    assert posted(body).status_code == 400
    assert kept() == []


def test_s1_bytes_that_are_not_utf8_are_refused():
    assert posted(b'{"id": "\xff"}').status_code == 400
    assert kept() == []


def test_s1_the_signature_is_over_the_raw_bytes():
    body = json.dumps(event()).encode()
    assert posted(body + b" ", header=signature(body, SECRET)).status_code == 400
    assert posted(event(), "whsec_other").status_code == 400
    assert kept() == []


def test_s1_an_empty_secret_opens_nothing(settings):
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert posted(event(), "").status_code == 503
    assert kept() == []


@pytest.mark.parametrize("secrets", [(SECRET,), ("whsec_two",), ("whsec_old", "whsec_two"), ("whsec_two", SECRET)])
def test_s2_each_secret_that_is_live_opens(secrets):
    assert posted(event(), *secrets).status_code == 204
    assert kept() == ["evt_1"]


@pytest.mark.parametrize("other", [{"livemode": True}, {"account": "acct_2"}, {"context": "acct_2"}])
def test_s3_events_of_another_mode_or_account_are_left_alone(other):
    assert posted(event(**other)).status_code == 204
    assert kept() == []


def test_s3_a_live_site_leaves_test_events_alone(settings):
    settings.STRIPE_LIVEMODE = True
    posted(event())
    posted(event("evt_2", livemode=True))
    assert kept() == ["evt_2"]


def test_s4_what_cannot_be_stored_is_answered_5xx(monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(payments, "store", broken)
    assert posted(event()).status_code == 500


def test_s4_an_event_and_its_promise_are_stored_together(monkeypatch):
    monkeypatch.setattr("payments.services.events._promise", lambda *args: 1 / 0)
    assert posted(event()).status_code == 500
    assert kept() == []


def test_s4_s5_the_same_event_again_is_stored_once():
    assert [posted(event()).status_code for _ in range(3)] == [204, 204, 204]
    assert kept() == ["evt_1"]
    assert OutboxMessage.objects.count() == 1


def test_s4_the_database_keeps_an_id_once():
    with connection.cursor() as cursor:
        cursor.execute("select conname from pg_constraint where conname = 'provider_events_once' and contype = 'u'")
        assert cursor.fetchall() == [("provider_events_once",)]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_s26_only_post_is_answered(method):
    assert getattr(Client(), method)(URL).status_code == 405


def test_s26_a_body_that_is_too_large_is_refused_unread():
    assert posted(event(pad="x" * (512 * 1024))).status_code == 400
    assert kept() == []


def test_s26_nothing_is_lost_to_a_limit():
    assert {posted(event(f"evt_{number}")).status_code for number in range(60)} == {204}
    assert len(kept()) == 60


def test_s26_no_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    posted(event(), "whsec_wrong")
    posted(b"[]")
    posted(event())
    assert [word for word in (SECRET, "whsec_two", "sk_test_secret", "v1=") if word in caplog.text] == []
    assert "not from Stripe" in caplog.text
