"""Checkout Sessions through the real library: made, read, listed, expired."""

import pytest
import stripe

from tests.sandbox.buying import START, SUCCESS_URL, buy, client_of, types


def test_a_new_session_is_open_unpaid_and_has_a_page(sandbox, client):
    session = buy(client, metadata={"order": "1"}, customer_email="alice@example.com")
    assert session.id.startswith("cs_test_")
    assert (session.object, session.status, session.payment_status) == ("checkout.session", "open", "unpaid")
    assert (session.amount_total, session.currency, session.mode) == (999, "usd", "payment")
    assert (session.client_reference_id, session.metadata.to_dict()) == ("order-1", {"order": "1"})
    assert (session.success_url, session.customer_email) == (SUCCESS_URL, "alice@example.com")
    assert (session.created, session.expires_at) == (START, START + 24 * 3600)
    assert (session.payment_intent, session.livemode) == (None, False)
    assert session.url == f"{sandbox.url}/c/pay/{session.id}"


def test_the_library_knows_every_field_of_every_object(sandbox, client):
    paid = buy(client)
    sandbox.pay(paid.id)
    refund = sandbox.refund(paid.id, 100)
    dispute = sandbox.dispute(paid.id)
    charge = sandbox.get(refund["charge"])
    pairs = [
        (sandbox.get(paid.id), stripe.checkout.Session),
        (sandbox.get(refund["payment_intent"]), stripe.PaymentIntent),
        (charge, stripe.Charge),
        (refund, stripe.Refund),
        (dispute, stripe.Dispute),
        (sandbox.get(charge["balance_transaction"]), stripe.BalanceTransaction),
        (sandbox.events()[0], stripe.Event),
        (client.v1.checkout.sessions.line_items.list(paid.id).data[0].to_dict(), stripe.LineItem),
    ]
    unknown = [f"{kind.__name__}.{name}" for thing, kind in pairs for name in thing if name not in fields(kind)]
    assert unknown == []


def fields(kind):
    return {name for base in kind.__mro__ for name in getattr(base, "__annotations__", {})}


def test_several_lines_add_up(client):
    price = {"currency": "usd", "unit_amount": 250, "product_data": {"name": "250 DGT"}}
    session = buy(client, line_items=[{"quantity": 2, "price_data": price}, {"quantity": 1, "price_data": price}])
    lines = client.v1.checkout.sessions.line_items.list(session.id)
    assert session.amount_total == 750
    assert [(line.description, line.quantity, line.amount_total) for line in lines] == [
        ("250 DGT", 2, 500),
        ("250 DGT", 1, 250),
    ]
    assert [line.price.unit_amount for line in lines] == [250, 250]


def test_a_session_is_read_with_what_it_names_in_full(sandbox, client):
    session_id = buy(client).id
    sandbox.pay(session_id)
    paths = ["payment_intent.latest_charge.balance_transaction", "line_items"]
    session = client.v1.checkout.sessions.retrieve(session_id, params={"expand": paths})
    charge = session.payment_intent.latest_charge
    assert (charge.amount, charge.balance_transaction.amount) == (999, 999)
    assert session.line_items.data[0].description == "1,000 DGT"


def test_what_cannot_be_expanded_is_refused(client):
    with pytest.raises(stripe.InvalidRequestError, match=r"This property cannot be expanded \(shoes\)\."):
        client.v1.checkout.sessions.retrieve(buy(client).id, params={"expand": ["shoes"]})


def test_what_is_not_there_is_404(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert refused.value.user_message == "No such checkout.session: 'cs_test_nothing'"


def test_an_open_session_can_be_expired_once(sandbox, client):
    session = client.v1.checkout.sessions.expire(buy(client).id)
    assert (session.status, session.payment_status, session.url) == ("expired", "unpaid", None)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `expired`"):
        client.v1.checkout.sessions.expire(session.id)
    assert types(sandbox) == ["checkout.session.expired"]


def test_a_paid_session_cannot_be_expired(sandbox, client):
    session = buy(client)
    sandbox.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `complete`"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_by_the_clock(sandbox, client):
    session = buy(client, expires_at=START + 1800)
    sandbox.advance(1799)
    assert sandbox.get(session.id)["status"] == "open"
    sandbox.advance(1)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert types(sandbox) == ["checkout.session.expired"]


def test_another_key_is_401(sandbox):
    with pytest.raises(stripe.AuthenticationError) as refused:
        buy(client_of(sandbox, key="sk_test_of_somebody_else"))
    assert (refused.value.http_status, refused.value.user_message) == (
        401,
        "Invalid API Key provided: sk_test****else",
    )


def test_another_api_version_is_refused(sandbox):
    with pytest.raises(stripe.InvalidRequestError, match=r"speaks API version .*\.endive, not 2024-06-20\."):
        buy(client_of(sandbox, stripe_version="2024-06-20"))


def test_a_route_that_is_not_played_says_so(client):
    with pytest.raises(stripe.InvalidRequestError, match=r"Unrecognized request URL \(GET: /v1/customers\)"):
        client.v1.customers.list()


def test_every_answer_names_its_request(client):
    assert buy(client).last_response.request_id.startswith("req_")
