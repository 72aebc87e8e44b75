"""S14 to S16, S23: how this site asks Stripe, and what a buyer meets while Stripe does not answer."""

from datetime import timedelta

import pytest
import stripe
from django.db import connection, transaction

from degentalk.core import clock
from payments import services as payments
from payments.errors import OrderClosed, ProviderUnreachable
from payments.models import Order, ProviderEvent, ReconcileCursor
from payments.providers.stripe import client as stripe_client
from payments.providers.stripe.sessions import attach, request_for
from payments.states import State
from tests.html import html_of
from tests.payments.buying import TRADER, again, ordered, paid, session, sessions, told, wallet, worked
from tests.payments.test_api import order as send

OPEN_HERE = """
select state from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'
"""


def placed(user) -> Order:
    return payments.place(user=user, package_id=TRADER[0], provider="stripe")


# ── One session for each order ──


def test_s14_the_key_is_the_orders_own(card, alice, line):
    orders = [ordered(alice), ordered(alice)]
    assert [asked.key for asked in line.asked] == [f"order:{order.public_id}" for order in orders]


@pytest.mark.parametrize("times", [1, 3, 5])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_s14_however_often_the_answer_is_lost_there_is_one_session(card, alice, times, moment):
    order = placed(alice)
    card.fail_next("close", times=times, moment=moment)
    for _time in range(2):
        try:
            payments.pay(order)
        except ProviderUnreachable:
            assert again(order).state == State.CREATED
    assert [made["id"] for made in sessions(card)] == [session(again(order))]


def test_s14_what_comes_too_late_is_not_opened_again(card, alice, impatient):
    order = placed(alice)
    card.fail_next("hang", moment="after", times=3, seconds=60)
    with pytest.raises(ProviderUnreachable):
        payments.pay(order)
    url = payments.pay(order)
    assert [made["url"] for made in sessions(card)] == [url]


def test_s14_a_failure_that_stripe_keeps_for_the_key_is_mended_by_the_reconciler(card, alice):
    order = placed(alice)
    card.fail_next("500", moment="after")
    for _time in range(2):
        with pytest.raises(ProviderUnreachable):
            payments.pay(order)
    payments.reconcile("stripe")
    assert [made["url"] for made in sessions(card)] == [payments.pay(again(order))]


def test_s14_the_second_time_stripe_is_not_asked(card, alice, line):
    order = ordered(alice)
    asked = list(line.asked)
    assert payments.pay(order) == order.stripe_session.url
    assert line.asked == asked


def test_s14_after_a_day_nothing_is_opened_and_what_was_is_read(card, alice, line, settings):
    settings.ORDER_MINUTES = 36 * 60
    forgotten, opened = placed(alice), placed(alice)
    wanted = request_for(opened)
    del wanted["expires_at"]  # Stripe's own longest
    made = stripe_client.client().v1.checkout.sessions.create(params=wanted)
    attach(opened, made)
    before = len(line.asked)
    with clock.at(opened.created_at + timedelta(hours=24)):
        assert payments.pay(again(opened)) == made.url
        with pytest.raises(OrderClosed):
            payments.pay(forgotten)
    with clock.at(forgotten.created_at + timedelta(hours=23, minutes=59)), pytest.raises(stripe.InvalidRequestError):
        payments.pay(forgotten)  # up to then it is asked for: only the sandbox's clock is behind
    assert (len(line.asked), len(sessions(card))) == (before + 1, 1)


# ── Nothing is open meanwhile ──


def test_s15_the_order_is_committed_before_stripe_is_asked(card, alice, client, line, owner):
    seen = []
    line.meanwhile = lambda: seen.extend(owner.execute("select state from dgt_orders").fetchall())
    client.force_login(alice)
    assert send(client).status_code == 201
    assert seen == [("created",)]


def opens_a_page(card, order, browser):
    fields = {"package": TRADER[0], "price": TRADER[1], "dgt": TRADER[2], "key": "form-1"}
    assert browser.post("/buy", fields).status_code == 303


def comes_back(card, order, browser):
    assert browser.get(f"{order.get_absolute_url()}/paid?session={session(order)}").status_code == 200


def is_told(card, order, browser):
    told(card)


def reconciles(card, order, browser):
    payments.reconcile("stripe")
    worked()


def sweeps(card, order, browser):
    payments.sweep("stripe")


def closes(card, order, browser):
    with clock.at(order.expires_at + timedelta(hours=1)):
        payments.close_expired()


@pytest.mark.parametrize("way", [opens_a_page, comes_back, is_told, reconciles, sweeps, closes])
def test_s15_no_transaction_is_open_while_stripe_is_asked(card, alice, window, line, way):
    order, browser = ordered(alice), window(alice)
    card.pay(session(order))
    seen = []
    line.meanwhile = lambda: seen.append(open_transactions())
    way(card, order, browser)
    assert seen
    assert seen == [[]] * len(seen)


def open_transactions() -> list[str]:
    """What other connections to this database hold open without doing anything."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(OPEN_HERE)
            return cursor.fetchall()
    finally:
        connection.close()


def test_s15_inside_a_transaction_nobody_is_asked(card, alice, line):
    order = placed(alice)
    with transaction.atomic(), pytest.raises(RuntimeError, match="never called inside a transaction"):
        payments.pay(order)
    assert line.asked == []


# ── One version ──


def test_s16_every_request_names_the_version_that_the_code_names(card, alice, line):
    order = paid(card, alice)
    card.refund(session(order), 5)
    told(card)
    payments.sweep("stripe")
    assert {asked.version for asked in line.asked} == {stripe_client.API_VERSION} == {"2026-10-28.endive"}
    assert {asked.path.split("/")[2] for asked in line.asked} == {"checkout", "refunds", "disputes", "events"}


def test_s16_an_upgrade_of_the_library_does_not_go_unnoticed():
    assert stripe.api_version == stripe_client.API_VERSION


def test_s16_an_event_of_another_version_is_asked_about_anew(card, alice, line):
    order = ordered(alice)
    card.pay(session(order))
    old = {"id": session(order), "object": "checkout.session", "display_items": [{"amount": 1}], "paid": "yes"}
    event = card.announce("checkout.session.completed", old, api_version="2019-12-03")
    card.deliver(event["id"])
    worked()
    assert ProviderEvent.objects.get(event_id=event["id"]).api_version == "2019-12-03"
    assert f"/v1/checkout/sessions/{session(order)}" in [asked.path for asked in line.asked]
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (1_300, 0, 0))


# ── While Stripe does not answer ──


@pytest.fixture
def impatient(monkeypatch, card):
    """The client gives up after a moment, not after ten seconds."""
    monkeypatch.setattr(stripe_client, "TIMEOUT_SECONDS", (3, 0.1))
    stripe_client._client.cache_clear()
    yield
    stripe_client._client.cache_clear()


def test_s23_deadlines_and_tries_are_set():
    asking = stripe_client._client("sk_test_x", "http://127.0.0.1:1")._requestor
    assert asking._options.max_network_retries == 2
    assert asking._client._timeout == (3, 10)


FAILURES = [("500", 3, "before"), ("429", 1, "before"), ("close", 3, "before"), ("hang", 3, "after")]


@pytest.fixture(params=FAILURES, ids=[kind for kind, *_rest in FAILURES])
def down(request, card, impatient):
    """Stripe does not answer the next time."""
    kind, times, moment = request.param
    card.fail_next(kind, times=times, moment=moment, seconds=60)


def test_s23_the_buyer_is_told_to_try_again_and_nothing_is_half_done(card, alice, client, down):
    client.force_login(alice)
    answer = send(client)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "provider-unreachable", "10")
    assert answer["Content-Type"] == "application/problem+json"
    order = Order.objects.get()
    assert (order.state, hasattr(order, "stripe_session"), wallet(alice)) == (State.CREATED, False, (0, 0, 0))
    assert send(client).status_code == 201
    assert (Order.objects.count(), len(sessions(card)), again(order).state) == (1, 1, State.PENDING)


def test_s23_on_the_page_it_is_said_and_paying_works_afterwards(card, alice, window, down):
    page, order = window(alice), placed(alice)
    answer = page.post(f"{order.get_absolute_url()}/pay")
    assert (answer.status_code, answer["Location"]) == (303, order.get_absolute_url())
    assert "Nothing was charged. Try again in a moment." in html_of(page.get(order.get_absolute_url()))
    answer = page.post(f"{order.get_absolute_url()}/pay")
    assert (answer.status_code, answer["Location"]) == (303, again(order).stripe_session.url)


def test_s23_a_hiccup_is_tried_again_unnoticed(card, alice, line):
    order = placed(alice)
    card.fail_next("500", times=2)
    payments.pay(order)
    assert [(asked.path, asked.key) for asked in line.asked] == [
        ("/v1/checkout/sessions", f"order:{order.public_id}")
    ] * 3


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_s23_an_answer_in_parts_changes_nothing_and_the_event_waits(card, alice, line, answered):
    """Session, refunds, disputes: whichever is not answered."""
    order = paid(card, alice)
    card.refund(session(order))
    card.deliver_all()
    silent_after(card, line, answered)
    worked()
    event = ProviderEvent.objects.get(type="charge.refunded")
    assert (event.state, "ProviderUnreachable" in event.note) == ("failed", True)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (1_300, 0, 0))
    line.meanwhile = lambda: None
    with clock.at(event.received_at + timedelta(minutes=2)):
        worked()
    event.refresh_from_db()
    assert (event.state, event.note, again(order).state, wallet(alice)) == ("done", "", State.REFUNDED, (0, 0, 0))


def test_s23_the_reconciler_begins_again_where_it_was(card, alice, line):
    payments.reconcile("stripe")
    begun = ReconcileCursor.objects.get().until
    order = ordered(alice)
    card.pay(session(order))
    silent_after(card, line, 1)
    with pytest.raises(ProviderUnreachable):
        payments.reconcile("stripe")
    assert (ReconcileCursor.objects.get().until, wallet(alice)) == (begun, (0, 0, 0))
    line.meanwhile = lambda: None
    payments.reconcile("stripe")
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (1_300, 0, 0))


def silent_after(card, line, calls: int) -> None:
    """So many calls are answered, then none."""
    last = len(line.asked) + calls
    line.meanwhile = lambda: card.fail_next("429") if len(line.asked) > last else None
