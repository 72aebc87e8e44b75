"""Refunds: full, partial, repeated, pending, failed, canceled."""

import pytest
import stripe

from degentalk.sandbox.stripe.errors import ApiError
from tests.sandbox.buying import buy, types


@pytest.fixture
def paid(sandbox, client):
    """The id of a session of $9.99 paid by card."""
    session_id = buy(client).id
    sandbox.pay(session_id)
    return session_id


def charge(sandbox, session_id):
    return sandbox.get(sandbox.get(sandbox.get(session_id)["payment_intent"])["latest_charge"])


def sums(sandbox, session_id):
    found = charge(sandbox, session_id)
    return found["amount_refunded"], found["refunded"], sandbox.books()["order-1"]["refunded"]


def test_partial_refunds_add_up_to_a_full_one(sandbox, client, paid):
    intent = sandbox.get(paid)["payment_intent"]
    first = client.v1.refunds.create(params={"payment_intent": intent, "amount": 400, "metadata": {"why": "late"}})
    assert (first.status, first.amount, first.metadata.to_dict()) == ("succeeded", 400, {"why": "late"})
    assert sums(sandbox, paid) == (400, False, 400)
    rest = client.v1.refunds.create(params={"charge": first.charge, "reason": "requested_by_customer"})
    assert (rest.amount, rest.reason) == (599, "requested_by_customer")
    assert sums(sandbox, paid) == (999, True, 999)
    assert types(sandbox)[-4:] == ["charge.refunded", "refund.created"] * 2


def test_an_event_of_a_refund_carries_the_sum(sandbox, paid):
    for cents in (100, 200):
        sandbox.refund(paid, cents)
    seen = [event["data"]["object"]["amount_refunded"] for event in sandbox.events("charge.refunded")]
    assert seen == [100, 300]
    assert sandbox.events("charge.refunded")[1]["data"]["previous_attributes"] == {"amount_refunded": 100}


def test_no_more_than_was_paid_is_refunded(sandbox, client, paid):
    intent = sandbox.get(paid)["payment_intent"]
    sandbox.refund(paid, 900)
    with pytest.raises(stripe.InvalidRequestError, match=r"Refund amount \(\$1\.00\) is greater than .* \(\$0\.99\)"):
        client.v1.refunds.create(params={"payment_intent": intent, "amount": 100})
    sandbox.refund(paid)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"


@pytest.mark.parametrize("cents", [0, -1])
def test_a_refund_gives_something(client, sandbox, paid, cents):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid positive integer"):
        client.v1.refunds.create(params={"charge": charge(sandbox, paid)["id"], "amount": cents})


def test_nothing_is_refunded_of_what_was_not_paid(sandbox, client):
    session_id = buy(client).id
    with pytest.raises(ApiError, match="No such payment of this session"):
        sandbox.refund(session_id)
    sandbox.decline(session_id)
    with pytest.raises(ApiError, match="cannot be refunded: it is failed"):
        sandbox.refund(session_id)


def test_a_pending_refund_counts_and_arrives(sandbox, client, paid):
    made = sandbox.refund(paid, 400, status="pending")
    assert (made["status"], made["pending_reason"], sums(sandbox, paid)) == ("pending", "processing", (400, False, 400))
    sandbox.succeed_refund(made["id"])
    assert client.v1.refunds.retrieve(made["id"]).status == "succeeded"
    updated = sandbox.events("refund.updated")[-1]
    assert updated["data"]["previous_attributes"] == {"status": "pending"}
    assert sums(sandbox, paid) == (400, False, 400)


def test_a_refund_of_a_bank_debit_is_pending(sandbox, client):
    session_id = buy(client).id
    sandbox.pay_later(session_id)
    sandbox.settle(session_id)
    made = client.v1.refunds.create(params={"payment_intent": sandbox.get(session_id)["payment_intent"]})
    assert made.status == "pending"


@pytest.mark.parametrize("status", ["pending", "succeeded"])
def test_a_refund_that_fails_comes_back(sandbox, client, paid, status):
    made = sandbox.refund(paid, 400, status=status)
    sandbox.fail_refund(made["id"])
    failed = client.v1.refunds.retrieve(made["id"])
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    back = client.v1.balance_transactions.retrieve(failed.failure_balance_transaction)
    assert (back.amount, back.type) == (400, "refund_failure")
    assert sums(sandbox, paid) == (0, False, 0)
    assert types(sandbox)[-3:] == ["charge.refund.updated", "refund.updated", "refund.failed"]


def test_a_pending_refund_can_be_canceled(sandbox, client, paid):
    made = sandbox.refund(paid, 400, status="pending")
    assert client.v1.refunds.cancel(made["id"]).status == "canceled"
    assert sums(sandbox, paid) == (0, False, 0)


def test_what_is_over_does_not_change(sandbox, client, paid):
    made = sandbox.refund(paid, 400)
    sandbox.fail_refund(made["id"])
    for again in (sandbox.fail_refund, sandbox.succeed_refund, sandbox.cancel_refund):
        with pytest.raises(ApiError, match="This refund is failed"):
            again(made["id"])
    assert sums(sandbox, paid) == (0, False, 0)


def test_after_a_failed_refund_all_can_be_refunded(sandbox, paid):
    sandbox.fail_refund(sandbox.refund(paid)["id"])
    sandbox.refund(paid)
    assert sums(sandbox, paid) == (999, True, 999)


def test_a_charge_is_read_with_its_refunds(sandbox, client, paid):
    made = [sandbox.refund(paid, 100)["id"] for _ in range(2)]
    found = client.v1.charges.retrieve(charge(sandbox, paid)["id"], params={"expand": ["refunds"]})
    assert [refund.id for refund in found.refunds.data] == made[::-1]
