"""Webhooks: signed, sent, sent again until somebody answers 2xx."""

import json

import pytest
import stripe

from degentalk.sandbox.stripe import WEBHOOK_SECRET, Options, Sandbox
from tests.processes import wait_until
from tests.sandbox.buying import START, buy, client_of
from tests.sandbox.buying import receiver as receiving

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.fixture
def paid(sandbox, client):
    session_id = buy(client).id
    sandbox.pay(session_id)
    return session_id


def test_t10_the_library_verifies_what_is_sent(sandbox, client, receiver, paid):
    sandbox.deliver_all()
    assert receiver.types(client, WEBHOOK_SECRET) == PAID
    body, signature = receiver.got[-1]
    event = client.construct_event(body, signature, WEBHOOK_SECRET)
    assert (event.id, event.data.object.id) == (sandbox.events()[-1]["id"], paid)
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body, signature, "whsec_wrong")
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body + b" ", signature, WEBHOOK_SECRET)


def test_while_secrets_rotate_both_verify(sandbox, client, receiver, paid):
    sandbox.world.options.secrets[:] = ["whsec_new", "whsec_old"]
    sandbox.deliver_all()
    assert receiver.got[0][1].count("v1=") == 2
    for secret in ("whsec_new", "whsec_old"):
        assert receiver.types(client, secret) == PAID


def test_a_signature_can_be_old(sandbox, client, receiver, paid):
    sandbox.deliver(sandbox.pending()[0], signed_at=START - 301)
    with pytest.raises(stripe.SignatureVerificationError, match="outside the tolerance"):
        client.construct_event(*receiver.got[0], WEBHOOK_SECRET)


def test_what_was_answered_2xx_is_delivered_once(sandbox, receiver, paid):
    assert len(sandbox.pending()) == 4
    assert [delivery["state"] for delivery in sandbox.deliver_all()] == ["delivered"] * 4
    assert (sandbox.pending(), sandbox.deliver_all()) == ([], [])
    assert {event["pending_webhooks"] for event in sandbox.events()} == {0}
    assert len(receiver.got) == 4


@pytest.mark.parametrize("status", [302, 400, 500])
def test_any_other_answer_is_asked_again_with_growing_pauses(sandbox, receiver, paid, status):
    event = sandbox.pending()[0]
    receiver.answers[:] = [status] * 3
    pauses = []
    for _ in range(3):
        entry = sandbox.deliver(event)
        pauses.append(entry["due"] - entry["tries"][-1]["at"])
        assert entry["state"] == "retrying"
    assert pauses == [60, 240, 960]
    entry = sandbox.deliver(event)
    assert ([one["status"] for one in entry["tries"]], entry["state"]) == ([status] * 3 + [200], "delivered")


def test_a_retry_waits_for_the_clock(sandbox, receiver, paid):
    receiver.answers[:] = [500] * 4
    sandbox.deliver_all()
    assert len(receiver.got) == 4
    sandbox.advance(59)
    assert sandbox.deliver_all() == []
    sandbox.advance(1)
    assert [delivery["state"] for delivery in sandbox.deliver_all()] == ["delivered"] * 4


def test_after_three_days_nobody_asks_again(sandbox, receiver, paid):
    event = sandbox.pending()[0]
    receiver.answers[:] = [500] * 2
    sandbox.deliver(event)
    sandbox.advance(3 * 24 * 3600)
    assert sandbox.deliver(event)["state"] == "failed"
    assert event not in sandbox.pending()


def test_what_came_once_is_not_owed_again(sandbox, receiver, paid):
    event = sandbox.pending()[0]
    sandbox.deliver(event)
    receiver.answers[:] = [500]
    assert sandbox.deliver(event)["state"] == "delivered"
    assert event not in sandbox.pending()


def test_a_receiver_that_is_not_there_is_asked_again():
    with receiving() as gone:
        url = gone.url
    with Sandbox(seed=1, start=START, webhook_url=url) as sandbox:
        sandbox.pay(buy(client_of(sandbox)).id)
        entry = sandbox.deliver(sandbox.pending()[0])
        assert (entry["state"], entry["tries"][0]["error"]) == ("retrying", "ConnectionError")


def test_a_test_chooses_order_and_number(sandbox, client, receiver, paid):
    for event in sandbox.pending()[::-1]:
        sandbox.deliver(event, times=2)
    assert receiver.types(client, WEBHOOK_SECRET) == [name for name in PAID[::-1] for _ in range(2)]
    first, again = [json.loads(body)["id"] for body, _ in receiver.got[:2]]
    assert first == again


def test_only_what_was_subscribed_is_sent(receiver):
    options = Options(webhook_url=receiver.url, enabled_events=("checkout.session.*",))
    with Sandbox(options, seed=1) as sandbox:
        client = client_of(sandbox)
        session_id = buy(client).id
        sandbox.pay(session_id)
        sandbox.deliver_all()
        assert receiver.types(client, WEBHOOK_SECRET) == ["checkout.session.completed"]
        assert sandbox.delivery(sandbox.events()[0]["id"])["state"] == "not wanted"
        assert len(client.v1.events.list().data) == 4


def test_events_are_found_by_success_of_their_webhooks(sandbox, client, receiver, paid):
    receiver.answers[:] = [500]
    sandbox.deliver_all()

    def found(success):
        return [event.type for event in client.v1.events.list(params={"delivery_success": success}).data]

    assert (found(success=False), found(success=True)) == (PAID[:1], PAID[:0:-1])


def test_in_development_a_thread_sends_them(receiver):
    with Sandbox(webhook_url=receiver.url, delivers=True) as sandbox:
        client = client_of(sandbox)
        sandbox.pay(buy(client).id)
        wait_until(lambda: len(receiver.got) == 4)
        assert receiver.types(client, WEBHOOK_SECRET) == PAID
