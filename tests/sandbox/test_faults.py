"""What goes wrong on purpose, and that it goes wrong as it was ordered."""

import json
import threading

import pytest
import stripe

from degentalk.sandbox.stripe import Sandbox
from tests.sandbox.buying import START, client_of, wanted


@pytest.fixture
def quick(monkeypatch):
    """The library does not wait half a second before it tries again."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.001)


def create(client):
    return client.v1.checkout.sessions.create(params=wanted(), options={"idempotency_key": "k"})


def count(sandbox):
    return len(client_of(sandbox).v1.checkout.sessions.list().data)


@pytest.mark.parametrize("kind", ["500", "close"])
def test_a_call_that_fails_before_its_work_is_done_by_the_retry(sandbox, quick, kind):
    sandbox.fail_next(kind, times=2)
    session = create(client_of(sandbox, max_network_retries=2))
    assert "Idempotent-Replayed" not in session.last_response.headers
    assert count(sandbox) == 1


@pytest.mark.parametrize("kind", ["500", "429", "close"])
def test_a_call_that_fails_before_its_work_leaves_nothing(sandbox, client, kind):
    sandbox.fail_next(kind)
    with pytest.raises(stripe.StripeError):
        create(client)
    assert (count(sandbox), sandbox.events()) == (0, [])


def test_a_connection_lost_after_the_work_makes_no_second_session(sandbox, quick):
    sandbox.fail_next("close", moment="after")
    session = create(client_of(sandbox, max_network_retries=2))
    assert session.last_response.headers["Idempotent-Replayed"] == "true"
    assert count(sandbox) == 1


def test_an_answer_too_late_makes_no_second_session(sandbox, quick):
    sandbox.fail_next("hang", moment="after", seconds=60)
    session = create(client_of(sandbox, max_network_retries=2, timeout=0.2))
    assert session.last_response.headers["Idempotent-Replayed"] == "true"
    assert count(sandbox) == 1


def test_a_500_after_the_work_is_kept_for_the_key(sandbox, quick):
    client = client_of(sandbox, max_network_retries=2)
    sandbox.fail_next("500", moment="after")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as refused:
            create(client)
        assert refused.value.http_status == 500
    assert count(sandbox) == 1


def test_faults_are_used_up_in_their_order(sandbox, client):
    sandbox.fail_next("429")
    sandbox.fail_next("500")
    with pytest.raises(stripe.RateLimitError):
        create(client)
    with pytest.raises(stripe.APIError):
        create(client)
    assert create(client).status == "open"


def test_an_unknown_fault_is_refused(sandbox):
    with pytest.raises(ValueError, match="no such fault: flood before"):
        sandbox.fail_next("flood")
    with pytest.raises(ValueError, match="drop is a chance from 0 to 1"):
        sandbox.set_webhook_faults(drop=2)
    with pytest.raises(ValueError, match="the switches are"):
        sandbox.set_webhook_faults(lose=1)


def pay(sandbox, orders=1):
    client = client_of(sandbox)
    for number in range(orders):
        sandbox.pay(client.v1.checkout.sessions.create(params=wanted(client_reference_id=str(number))).id)


def sent(receiver):
    return [json.loads(body)["id"] for body, _ in receiver.got]


def test_webhooks_come_twice(sandbox, receiver):
    sandbox.set_webhook_faults(duplicate=1)
    pay(sandbox)
    sandbox.deliver_all()
    ids = [event["id"] for event in sandbox.events()]
    assert sent(receiver) == [event for event in ids for _ in range(2)]


def test_webhooks_never_come(sandbox, client, receiver):
    sandbox.set_webhook_faults(drop=1)
    pay(sandbox)
    assert (sandbox.deliver_all(), sandbox.pending(), receiver.got) == ([], [], [])
    event = client.v1.events.list(params={"limit": 1}).data[0].id
    assert sandbox.delivery(event)["state"] == "dropped"
    sandbox.deliver(event)
    assert sent(receiver) == [event]


def test_webhooks_come_late(sandbox, receiver):
    sandbox.set_webhook_faults(delay=1, delay_seconds=600)
    pay(sandbox)
    assert (sandbox.deliver_all(), len(sandbox.pending())) == ([], 4)
    sandbox.advance(600)
    sandbox.deliver_all()
    assert sorted(sent(receiver)) == sorted(event["id"] for event in sandbox.events())


def test_webhooks_come_in_another_order(sandbox, receiver):
    sandbox.set_webhook_faults(reorder=1)
    pay(sandbox, orders=3)
    sandbox.deliver_all()
    ids = [event["id"] for event in sandbox.events()]
    assert sent(receiver) != ids
    assert sorted(sent(receiver)) == sorted(ids)


def test_when_faults_are_cleared_everything_works(sandbox, client, receiver):
    sandbox.set_webhook_faults(drop=1)
    sandbox.fail_next("500", times=5)
    sandbox.clear_faults()
    pay(sandbox)
    sandbox.deliver_all()
    assert len(receiver.got) == 4


def test_the_same_seed_throws_the_same_dice(receiver):
    def trace():
        receiver.got.clear()
        with Sandbox(seed=3, start=START, webhook_url=receiver.url) as sandbox:
            sandbox.set_webhook_faults(drop=0.3, duplicate=0.3, delay=0.3, reorder=0.5)
            pay(sandbox, orders=5)
            for _ in range(3):
                sandbox.deliver_all()
                sandbox.advance(300)
            return sent(receiver)

    first = trace()
    assert trace() == first
    assert 0 < len(set(first)) < 20


def test_a_hanging_call_does_not_keep_the_sandbox_from_ending():
    with Sandbox(seed=1) as sandbox:
        sandbox.fail_next("hang", seconds=600)
        failures = []

        def wait_in_vain():
            with pytest.raises(stripe.APIConnectionError) as refused:
                create(client_of(sandbox, timeout=0.2))
            failures.append(refused)

        thread = threading.Thread(target=wait_in_vain)
        thread.start()
        thread.join()
    assert len(failures) == 1
