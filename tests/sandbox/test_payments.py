"""The life of a payment: at once, later, not at all; and what events tell of it."""

import pytest
import stripe

from degentalk.sandbox.stripe import API_VERSION, Sandbox
from degentalk.sandbox.stripe.errors import ApiError
from tests.sandbox.buying import START, buy, client_of, types


def read(client, session_id):
    paths = ["payment_intent.latest_charge"]
    return client.v1.checkout.sessions.retrieve(session_id, params={"expand": paths})


def test_t10_a_card_pays_at_once(sandbox, client):
    sandbox.pay(buy(client, payment_intent_data={"description": "1,000 DGT", "metadata": {"order": "1"}}).id)
    session = client.v1.checkout.sessions.list(params={"expand": ["data.payment_intent.latest_charge"]}).data[0]
    intent, charge = session.payment_intent, session.payment_intent.latest_charge
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == ("succeeded", 999, {"order": "1"})
    assert (charge.status, charge.paid, charge.captured, charge.description) == ("succeeded", True, True, "1,000 DGT")
    assert types(sandbox) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_bank_debit_completes_unpaid_and_is_paid_when_it_arrives(sandbox, client):
    session_id = buy(client).id
    sandbox.pay_later(session_id)
    waiting = read(client, session_id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert (waiting.payment_intent.status, waiting.payment_intent.latest_charge.status) == ("processing", "pending")
    sandbox.settle(session_id)
    paid = read(client, session_id)
    assert (paid.payment_status, paid.payment_intent.status) == ("paid", "succeeded")
    assert types(sandbox) == [
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_a_bank_debit_that_is_returned_stays_unpaid(sandbox, client):
    session_id = buy(client).id
    sandbox.pay_later(session_id)
    sandbox.settle(session_id, ok=False)
    session = read(client, session_id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert (session.payment_intent.status, session.payment_intent.amount_received) == ("requires_payment_method", 0)
    assert types(sandbox)[-3:] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    assert sandbox.books() == {}


def test_a_declined_card_leaves_the_session_open_for_another(sandbox, client):
    session_id = buy(client).id
    sandbox.decline(session_id)
    declined = read(client, session_id)
    assert (declined.status, declined.payment_status) == ("open", "unpaid")
    assert declined.payment_intent.last_payment_error.code == "card_declined"
    sandbox.pay(session_id)
    paid = read(client, session_id)
    assert (paid.payment_intent.id, paid.payment_status) == (declined.payment_intent.id, "paid")
    charges = client.v1.charges.list(params={"payment_intent": paid.payment_intent.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_what_costs_nothing_needs_no_payment(sandbox, client):
    session = buy(client, 0)
    assert session.payment_status == "no_payment_required"
    sandbox.pay(session.id)
    session = read(client, session.id)
    assert (session.status, session.payment_status) == ("complete", "no_payment_required")
    assert session.payment_intent is None
    assert types(sandbox) == ["checkout.session.completed"]


def test_nobody_pays_twice(sandbox, client):
    session_id = buy(client).id
    sandbox.pay(session_id)
    for again in (sandbox.pay, sandbox.pay_later, sandbox.decline):
        with pytest.raises(ApiError, match="not open any more: it is complete"):
            again(session_id)
    assert sandbox.books()["order-1"]["paid"] == 999


def test_nobody_pays_what_has_expired(sandbox, client):
    session_id = buy(client).id
    sandbox.expire(session_id)
    with pytest.raises(ApiError, match="not open any more: it is expired"):
        sandbox.pay(session_id)


def test_only_a_debit_on_its_way_settles(sandbox, client):
    session_id = buy(client).id
    sandbox.pay(session_id)
    with pytest.raises(ApiError, match="No payment of this session is on its way"):
        sandbox.settle(session_id)


def test_where_only_cards_are_allowed_nobody_pays_later(sandbox, client):
    session = buy(client, allowed_payment_method_types=["card"])
    assert session.payment_method_types == ["card"]
    with pytest.raises(ApiError, match="takes no payment that arrives later"):
        sandbox.pay_later(session.id)


def test_a_debit_on_its_way_does_not_expire(sandbox, client):
    session_id = buy(client).id
    sandbox.pay_later(session_id)
    sandbox.advance(30 * 24 * 3600)
    assert read(client, session_id).status == "complete"


def test_an_event_shows_things_as_they_were(sandbox, client):
    session_id = buy(client).id
    sandbox.pay_later(session_id)
    sandbox.advance(60)
    sandbox.settle(session_id)
    completed, settled = [event for event in sandbox.events() if event["type"].startswith("checkout")]
    assert [event["data"]["object"]["payment_status"] for event in (completed, settled)] == ["unpaid", "paid"]
    assert [event["created"] for event in (completed, settled)] == [START, START + 60]
    assert (completed["api_version"], completed["livemode"]) == (API_VERSION, False)
    assert "account" not in completed
    assert completed["request"] == {"id": None, "idempotency_key": None}


def test_an_event_names_the_request_that_caused_it(sandbox, client):
    session_id = buy(client).id
    expired = client.v1.checkout.sessions.expire(session_id, options={"idempotency_key": "stop"})
    assert sandbox.events()[-1]["request"] == {
        "id": expired.last_response.request_id,
        "idempotency_key": "stop",
    }


def test_the_same_seed_makes_the_same_trace():
    def trace() -> list[tuple[str, str, int]]:
        with Sandbox(seed=7, start=START) as sandbox:
            client = client_of(sandbox)
            session_id = buy(client).id
            client.v1.checkout.sessions.retrieve(session_id)
            sandbox.pay(session_id)
            sandbox.refund(session_id, 100)
            return [(event["id"], event["data"]["object"]["id"], event["created"]) for event in sandbox.events()]

    assert trace() == trace()


def test_without_a_seed_nothing_repeats():
    ids = set()
    for _ in range(2):
        with Sandbox() as sandbox:
            ids.add(buy(client_of(sandbox)).id)
    assert len(ids) == 2


def test_somebody_elses_session_is_on_the_account_too(sandbox, client):
    foreign = sandbox.foreign_session(cents=500)
    session = client.v1.checkout.sessions.retrieve(foreign["id"])
    assert (session.payment_status, session.client_reference_id, session.metadata.to_dict()) == ("paid", None, {})
    assert sandbox.books()[session.id]["paid"] == 500


def test_any_event_can_be_announced(sandbox, client):
    session_id = buy(client).id
    old = sandbox.announce("checkout.session.completed", session_id, api_version="2019-12-03")
    live = sandbox.announce("checkout.session.completed", session_id, livemode=True)
    unknown = sandbox.announce("shoe.tied", {"id": "shoe_1", "object": "shoe"}, account="acct_other")
    assert client.v1.events.retrieve(old["id"]).api_version == "2019-12-03"
    assert client.v1.events.retrieve(live["id"]).livemode is True
    assert client.v1.events.retrieve(unknown["id"]).to_dict()["account"] == "acct_other"


def test_an_object_can_say_something_else(sandbox, client):
    session_id = buy(client).id
    sandbox.pay(session_id)
    sandbox.alter(session_id, amount_total=1, currency="eur")
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.amount_total, session.currency) == (1, "eur")


def test_what_is_not_there_cannot_be_paid(sandbox):
    with pytest.raises(ApiError, match="No such checkout"):
        sandbox.pay("cs_test_nothing")


def test_intents_are_listed(sandbox, client):
    sandbox.pay(buy(client).id)
    intents = client.v1.payment_intents.list().data
    assert [(intent.amount, type(intent)) for intent in intents] == [(999, stripe.PaymentIntent)]
