"""Idempotency keys, as https://docs.stripe.com/api/idempotent_requests has them."""

import threading

import pytest
import stripe

from tests.processes import wait_until
from tests.sandbox.buying import client_of, wanted


def create(client, key, **changes):
    return client.v1.checkout.sessions.create(params=wanted(**changes), options={"idempotency_key": key})


def count(client):
    return len(client.v1.checkout.sessions.list(params={"limit": 100}).data)


def test_the_same_key_makes_one_session(client):
    first, again = create(client, "k"), create(client, "k")
    assert (again.id, count(client)) == (first.id, 1)
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id


def test_other_parameters_with_the_same_key_are_refused(client):
    create(client, "k")
    with pytest.raises(stripe.IdempotencyError, match="can only be used with the same parameters"):
        create(client, "k", cents=1000)
    assert count(client) == 1


def test_another_route_with_the_same_key_is_refused(client):
    session = create(client, "k")
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.expire(session.id, options={"idempotency_key": "k"})


def test_after_24_hours_a_key_is_new(sandbox, client):
    first = create(client, "k")
    sandbox.advance(24 * 3600 - 1)
    assert create(client, "k").id == first.id
    sandbox.advance(1)
    assert create(client, "k").id != first.id


def test_what_failed_validation_is_not_kept(client):
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "k", success_url="nowhere")
    assert create(client, "k").status == "open"


def test_what_the_work_refused_is_kept(sandbox, client):
    session = create(client, "k")
    sandbox.pay(session.id)
    intent = sandbox.get(session.id)["payment_intent"]
    failing = sandbox.refund(session.id)["id"]

    def refund():
        return client.v1.refunds.create(params={"payment_intent": intent}, options={"idempotency_key": "r"})

    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        refund()
    sandbox.fail_refund(failing)
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        refund()


def test_a_request_under_way_with_the_same_key_is_409(sandbox, client):
    sandbox.fail_next("hang", seconds=60)
    impatient = client_of(sandbox, timeout=0.2)

    def wait_in_vain():
        with pytest.raises(stripe.APIConnectionError):
            create(impatient, "k")

    thread = threading.Thread(target=wait_in_vain)
    thread.start()
    wait_until(lambda: not sandbox.world.faults.state()["api"])
    with pytest.raises(stripe.APIError) as refused:
        create(client, "k")
    thread.join()
    assert refused.value.http_status == 409
    assert refused.value.json_body["error"]["code"] == "idempotency_key_in_use"


def test_a_key_has_at_most_255_characters(client):
    assert create(client, "k" * 255).status == "open"
    with pytest.raises(stripe.IdempotencyError, match="255"):
        create(client, "k" * 256)


def test_twenty_at_once_with_one_key_make_one_session(sandbox):
    ids = []

    def run():
        client = client_of(sandbox, max_network_retries=10)
        ids.append(create(client, "k").id)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids), len(set(ids)), count(client_of(sandbox))) == (20, 1, 1)
