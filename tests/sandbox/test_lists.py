"""Lists: newest first, filtered, a page at a time."""

import pytest
import stripe

from tests.sandbox.buying import START, buy


@pytest.fixture
def five(sandbox, client):
    """Ids of five sessions, a minute apart, newest first."""
    made = []
    for _ in range(5):
        made.append(buy(client).id)
        sandbox.advance(60)
    return made[::-1]


def listed(client, **params):
    return [session.id for session in client.v1.checkout.sessions.list(params=params).data]


def test_a_page_says_whether_there_is_more(client, five):
    page = client.v1.checkout.sessions.list(params={"limit": 3})
    assert ([session.id for session in page.data], page.has_more) == (five[:3], True)
    rest = client.v1.checkout.sessions.list(params={"limit": 3, "starting_after": five[2]})
    assert ([session.id for session in rest.data], rest.has_more) == (five[3:], False)
    assert (page.object, page.url) == ("list", "/v1/checkout/sessions")


def test_all_pages_together_are_everything(client, five):
    pages = client.v1.checkout.sessions.list(params={"limit": 2})
    assert [session.id for session in pages.auto_paging_iter()] == five


def test_pages_go_back_too(client, five):
    page = client.v1.checkout.sessions.list(params={"limit": 2, "ending_before": five[3]})
    assert ([session.id for session in page.data], page.has_more) == (five[1:3], True)


def test_sessions_are_found_by_time(client, five):
    second = START + 60
    assert listed(client, created={"gt": second}) == five[:3]
    assert listed(client, created={"gte": second}) == five[:4]
    assert listed(client, created={"lt": second}) == five[4:]
    assert listed(client, created={"lte": second}) == five[3:]
    assert listed(client, created=second) == [five[3]]


def test_sessions_are_found_by_state_and_payment(sandbox, client, five):
    sandbox.pay(five[1])
    sandbox.expire(five[2])
    assert listed(client, status="complete") == [five[1]]
    assert listed(client, status="expired") == [five[2]]
    assert listed(client, status="open") == [five[0], *five[3:]]
    assert listed(client, payment_intent=sandbox.get(five[1])["payment_intent"]) == [five[1]]


def test_events_are_found_by_type(sandbox, client, five):
    sandbox.pay(five[0])
    sandbox.expire(five[1])

    def found(**params):
        return [event.type for event in client.v1.events.list(params=params).data]

    assert found(type="checkout.session.*") == ["checkout.session.expired", "checkout.session.completed"]
    assert found(types=["charge.succeeded", "checkout.session.expired"]) == [
        "checkout.session.expired",
        "charge.succeeded",
    ]
    assert found(limit=1) == ["checkout.session.expired"]
    one = client.v1.events.list(params={"limit": 1}).data[0]
    assert client.v1.events.retrieve(one.id).data.object.id == five[1]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_from_1_to_100(client, limit):
    with pytest.raises(stripe.InvalidRequestError, match="must be between 1 and 100"):
        listed(client, limit=limit)


def test_a_cursor_that_names_nothing_is_refused(client, five):
    with pytest.raises(stripe.InvalidRequestError, match="No such object: 'cs_test_nothing'"):
        listed(client, starting_after="cs_test_nothing")


def test_two_cursors_are_refused(client, five):
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        listed(client, starting_after=five[0], ending_before=five[1])


def test_the_rest_is_found_by_payment(sandbox, client, five):
    other, mine = five[:2]
    for session in (other, mine):
        sandbox.pay(session)
        sandbox.refund(session, 100)
        sandbox.dispute(session)
    intent = sandbox.get(mine)["payment_intent"]
    charges = client.v1.charges.list(params={"payment_intent": intent}).data
    assert [charge.payment_intent for charge in charges] == [intent]
    by_charge = {"charge": charges[0].id}
    for params in ({"payment_intent": intent}, by_charge):
        assert [one.charge for one in client.v1.refunds.list(params=params).data] == [charges[0].id]
        assert [one.charge for one in client.v1.disputes.list(params=params).data] == [charges[0].id]
    assert client.v1.refunds.list(params={"created": {"gt": START + 9999}}).data == []
    assert client.v1.disputes.list(params={"created": {"gt": START + 9999}}).data == []
    assert client.v1.payment_intents.retrieve(intent).amount_received == 999
    assert client.v1.charges.retrieve(charges[0].id).amount_refunded == 100
    entries = client.v1.balance_transactions.list(params={"type": "charge"}).data
    assert [entry.type for entry in entries] == ["charge", "charge"]
    own = client.v1.balance_transactions.list(params={"source": charges[0].id}).data
    assert [client.v1.balance_transactions.retrieve(entry.id).source for entry in own] == [charges[0].id]
