"""Disputes and inquiries, and what the books say of them."""

import pytest
import stripe

from degentalk.sandbox.stripe.errors import ApiError
from tests.sandbox.buying import buy, types

CREATED = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


@pytest.fixture
def paid(sandbox, client):
    """The id of a session of $9.99 paid by card, whose events are forgotten."""
    session_id = buy(client).id
    sandbox.pay(session_id)
    return session_id


def told(sandbox):
    """What was told after the payment."""
    return types(sandbox)[4:]


def books(sandbox):
    book = sandbox.books()["order-1"]
    return book["refunded"], book["withdrawn"], book["lost"]


def test_a_dispute_takes_the_money_and_a_fee(sandbox, client, paid):
    dispute = client.v1.disputes.retrieve(sandbox.dispute(paid, reason="product_not_received")["id"])
    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 999, "product_not_received")
    assert [(entry.amount, entry.fee, entry.net) for entry in dispute.balance_transactions] == [(-999, 1500, -2499)]
    assert client.v1.charges.retrieve(dispute.charge).disputed is True
    assert told(sandbox) == CREATED
    assert books(sandbox) == (0, 999, 0)


def test_a_dispute_that_is_won_gives_back(sandbox, client, paid):
    dispute = sandbox.dispute(paid)["id"]
    sandbox.respond(dispute)
    sandbox.close_dispute(dispute, "won")
    assert client.v1.disputes.retrieve(dispute).status == "won"
    assert told(sandbox) == [
        *CREATED,
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]
    assert books(sandbox) == (0, 0, 0)


def test_a_dispute_that_is_lost_keeps_the_money(sandbox, paid):
    dispute = sandbox.dispute(paid)["id"]
    assert sandbox.close_dispute(dispute, "lost")["status"] == "lost"
    assert told(sandbox) == [*CREATED, "charge.dispute.closed"]
    assert books(sandbox) == (0, 0, 999)


def test_the_money_of_a_lost_dispute_may_come_back_once(sandbox, paid):
    dispute = sandbox.dispute(paid)["id"]
    sandbox.close_dispute(dispute, "lost")
    assert sandbox.reinstate(dispute)["status"] == "lost"
    assert told(sandbox)[-1] == "charge.dispute.funds_reinstated"
    assert books(sandbox) == (0, 0, 0)
    with pytest.raises(ApiError, match="not paid back yet"):
        sandbox.reinstate(dispute)


def test_an_inquiry_takes_nothing(sandbox, paid):
    inquiry = sandbox.dispute(paid, kind="inquiry")
    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    assert inquiry["payment_method_details"]["card"]["case_type"] == "inquiry"
    assert sandbox.respond(inquiry["id"])["status"] == "warning_under_review"
    assert sandbox.close_dispute(inquiry["id"], "warning_closed")["status"] == "warning_closed"
    assert told(sandbox) == ["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"]
    assert books(sandbox) == (0, 0, 0)


def test_an_inquiry_may_become_a_dispute(sandbox, paid):
    inquiry = sandbox.dispute(paid, kind="inquiry")["id"]
    assert sandbox.escalate(inquiry)["status"] == "needs_response"
    assert told(sandbox)[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    assert books(sandbox) == (0, 999, 0)
    with pytest.raises(ApiError, match="Only an inquiry"):
        sandbox.escalate(inquiry)


@pytest.mark.parametrize("kind", ["dispute", "inquiry"])
def test_a_dispute_that_is_prevented_takes_nothing_in_the_end(sandbox, paid, kind):
    dispute = sandbox.dispute(paid, kind=kind)["id"]
    assert sandbox.close_dispute(dispute, "prevented")["status"] == "prevented"
    assert books(sandbox) == (0, 0, 0)


def test_what_was_refunded_is_not_disputed_again(sandbox, paid):
    sandbox.refund(paid, 400)
    assert sandbox.dispute(paid)["amount"] == 599
    assert books(sandbox) == (400, 599, 0)


def test_a_part_can_be_disputed(sandbox, paid):
    assert sandbox.dispute(paid, amount=100)["amount"] == 100
    with pytest.raises(ApiError, match="nothing on this charge to dispute"):
        sandbox.dispute(paid, amount=1000)


def test_nothing_is_refunded_while_it_is_disputed(sandbox, client, paid):
    dispute = sandbox.dispute(paid)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"charge": dispute["charge"]})
    assert refused.value.code == "charge_disputed"


def test_what_is_only_asked_about_can_be_refunded(sandbox, paid):
    sandbox.dispute(paid, kind="inquiry")
    assert sandbox.refund(paid)["status"] == "succeeded"


def test_a_closed_dispute_stays_closed(sandbox, paid):
    dispute = sandbox.dispute(paid)["id"]
    with pytest.raises(ApiError, match="closes as one of: won, lost, prevented"):
        sandbox.close_dispute(dispute, "warning_closed")
    sandbox.close_dispute(dispute, "won")
    with pytest.raises(ApiError, match="This dispute is closed: won"):
        sandbox.close_dispute(dispute, "lost")


def test_the_books_of_stripe_are_in_its_balance(sandbox, client, paid):
    sandbox.refund(paid, 100)
    sandbox.close_dispute(sandbox.dispute(paid)["id"], "won")
    entries = [
        (entry.type, entry.reporting_category, entry.amount, entry.fee)
        for entry in client.v1.balance_transactions.list().data[::-1]
    ]
    assert entries == [
        ("charge", "charge", 999, 59),
        ("refund", "refund", -100, 0),
        ("adjustment", "dispute", -899, 1500),
        ("adjustment", "dispute_reversal", 899, 0),
    ]
    assert sandbox.books() == {"order-1": {"paid": 999, "refunded": 100, "withdrawn": 0, "lost": 0}}
