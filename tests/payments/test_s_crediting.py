"""S5 to S10, S12, S13: what is credited, and that it is once, whatever is told how often and in which order."""

import itertools
import random
from uuid import uuid4

import pytest

from degentalk.core.models import OutboxMessage
from payments import providers
from payments import services as payments
from payments.models import Order, OrderMovement, ProviderEvent, Review
from payments.providers.stripe.sessions import request_for
from payments.services import looking
from payments.states import Facts, State
from tests import make
from tests.extent import extent
from tests.html import main_of
from tests.payments.buying import TRADER, again, ordered, session, told, wallet, worked
from tests.threads import together
from tests.wallet.test_ledger import drift

PRICE, DGT = TRADER[1:]


def credits_of(order: Order) -> int:
    return OrderMovement.objects.filter(order=order, dgt__gt=0).count()


def test_s5_an_event_that_comes_again_and_again_credits_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    told(card)
    for event in card.events("checkout.session.completed"):
        card.deliver(event["id"], times=3)
    worked()
    assert (wallet(alice), credits_of(order)) == ((DGT, 0, 0), 1)


def test_s5_other_event_ids_about_the_same_object_credit_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    for _ in range(3):
        card.announce("checkout.session.completed", session(order))
    told(card)
    assert ProviderEvent.objects.filter(type="checkout.session.completed", state="done").count() == 4
    assert (wallet(alice), credits_of(order)) == ((DGT, 0, 0), 1)


def test_s5_workers_landing_page_and_reconciler_at_once_credit_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    for _ in range(3):
        card.announce("checkout.session.completed", session(order))
    card.deliver_all()
    together(
        [
            *[worked] * 4,
            *[lambda: payments.look(again(order), because="the buyer came back")] * 2,
            lambda: payments.reconcile("stripe"),
        ]
    )
    worked()
    assert not OutboxMessage.objects.waiting().filter(topic="payments.event").exists()
    assert (again(order).state, wallet(alice), credits_of(order)) == (State.CREDITED, (DGT, 0, 0), 1)
    assert drift() == []


def test_an_answer_that_is_late_does_not_overwrite_a_newer_one(card, alice):
    order = ordered(alice)
    early = Facts(reference=session(order))
    tickets = [looking._take_ticket(order) for _ in range(3)]
    card.pay(session(order))
    now = providers.way("stripe").look(order)
    assert looking.record(order, now, ticket=tickets[1], because="the second who asked")
    assert not looking.record(order, Facts(reference="", closed="failed"), ticket=tickets[0], because="the first")
    assert again(order).state == State.CONFIRMED
    assert looking.record(order, early, ticket=tickets[2], because="the third")
    assert again(order).state == State.CONFIRMED  # what is paid is never unpaid


LIFE = ["checkout.session.completed", "checkout.session.async_payment_succeeded", "refund.created"]
LIFE += ["charge.dispute.created", "charge.dispute.closed"]
ORDERS = list(itertools.permutations(LIFE))
SHUFFLED = extent(random.Random(6).sample(ORDERS, 6), ORDERS)


def _lived(card, order):
    """Paid by bank debit, a fifth refunded, a dispute opened and lost: cents 1,799, of which 359 went back first."""
    card.pay_later(session(order))
    card.settle(session(order))
    card.refund(session(order), 359)
    dispute = card.dispute(session(order), amount=500)
    card.close_dispute(dispute["id"], "lost")


def _facts(order):
    row = again(order)
    return (row.state, row.paid, row.refunded, row.disputed, row.lost, row.credited_dgt, row.taken_dgt, row.held_dgt)


@pytest.mark.proof
def test_s6_the_events_of_a_life_in_any_order_lead_to_the_same_end(card, alice):
    orders = {}
    for shuffled in SHUFFLED:
        order = ordered(alice)
        _lived(card, order)
        about = {event["type"]: event for event in card.events() if _is_about(card, event, order)}
        assert set(LIFE) <= set(about)
        for name in shuffled:
            card.deliver(about[name]["id"])
            worked()
        orders[shuffled] = order
    taken = -(-DGT * (359 + 500) // PRICE)
    assert {_facts(order) for order in orders.values()} == {(State.LOST, PRICE, 359, 0, 500, DGT, taken, 0)}
    assert wallet(alice) == (len(orders) * (DGT - taken), 0, 0)
    assert drift() == []


def _is_about(card, event, order) -> bool:
    about = event["data"]["object"]
    intent = card.get(session(order))["payment_intent"]
    return about["id"] == session(order) or about.get("payment_intent") == intent


@pytest.mark.parametrize("told_of", range(len(LIFE)))
def test_s6_one_event_alone_is_enough_for_the_same_end(card, alice, told_of):
    order = ordered(alice)
    _lived(card, order)
    one = next(event for event in card.events(LIFE[told_of]) if _is_about(card, event, order))
    card.deliver(one["id"])
    worked()
    assert _facts(order)[:5] == (State.LOST, PRICE, 359, 0, 500)


def test_s6_paid_and_expired_told_in_either_order_is_paid(card, alice):
    orders = [ordered(alice), ordered(alice)]
    for order, names in zip(orders, itertools.permutations(("completed", "expired")), strict=True):
        card.pay(session(order))
        for name in names:
            event = card.announce(f"checkout.session.{name}", session(order))
            card.deliver(event["id"])
            worked()
    assert [again(order).state for order in orders] == [State.CREDITED] * 2
    assert wallet(alice) == (2 * DGT, 0, 0)


# ── What the retrieved session must say ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"amount_total": PRICE - 1}, Review.Reason.WRONG_AMOUNT),
        ({"amount_total": PRICE + 1}, Review.Reason.WRONG_AMOUNT),
        ({"currency": "eur"}, Review.Reason.WRONG_CURRENCY),
        ({"mode": "setup"}, Review.Reason.NOT_PAYMENT),
        ({"payment_status": "no_payment_required"}, Review.Reason.NOT_PAYMENT),
        ({"client_reference_id": "00000000-0000-7000-8000-000000000000"}, Review.Reason.UNKNOWN_ORDER),
        ({"livemode": True}, Review.Reason.UNKNOWN_ORDER),
    ],
)
def test_s7_what_was_paid_must_be_what_was_ordered(card, alice, lie, reason):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), **lie)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REVIEW, (0, 0, 0))
    assert list(Review.objects.open().values_list("order_id", "reason")) == [(order.pk, reason)]


@pytest.mark.parametrize("status", ["open", "expired"])
def test_s7_a_session_that_is_not_complete_credits_nothing(card, alice, status):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), status=status)
    told(card)
    assert (again(order).credited_dgt, wallet(alice)) == (0, (0, 0, 0))


def test_s7_what_an_event_says_is_not_what_was_paid(card, alice):
    order = ordered(alice)
    document = card.get(session(order)) | {"status": "complete", "payment_status": "paid"}
    card.announce("checkout.session.completed", document)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))


def test_s8_a_payment_that_takes_days_credits_when_it_has_come(card, alice):
    order = ordered(alice)
    card.pay_later(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PROCESSING, (0, 0, 0))
    card.settle(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))


def test_s8_a_payment_that_never_comes_closes_the_order(card, alice):
    order = ordered(alice)
    card.pay_later(session(order))
    told(card)
    card.settle(session(order), ok=False)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.FAILED, (0, 0, 0))


def test_s9_what_costs_nothing_is_never_sold(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), payment_status="no_payment_required", amount_total=0, payment_intent=None)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REVIEW, (0, 0, 0))


def test_s9_nothing_that_would_change_the_price_is_asked_for(alice):
    wanted = request_for(payments.place(user=alice, package_id=TRADER[0], provider="stripe"))
    assert (wanted["allow_promotion_codes"], wanted["automatic_tax"]) == (False, {"enabled": False})
    assert wanted["line_items"][0]["quantity"] == 1
    assert "adjustable_quantity" not in wanted["line_items"][0]
    assert {"discounts", "shipping_options", "shipping_address_collection", "tax_id_collection"} & set(wanted) == set()


def test_s10_member_and_dgt_are_those_of_our_order(card, alice):
    mallory = make.verified(make.user("mallory"))
    order = ordered(alice)
    card.alter(session(order), metadata={"order": str(order.public_id), "user": str(mallory.pk), "dgt": "999999"})
    card.pay(session(order))
    told(card)
    assert (wallet(alice), wallet(mallory)) == ((DGT, 0, 0), (0, 0, 0))


def test_s10_a_session_that_names_anothers_order_in_its_metadata_pays_nothing_there(card, alice):
    order = ordered(alice)
    foreign = card.foreign_session(cents=PRICE)
    card.alter(foreign["id"], metadata={"order": str(order.public_id)})
    card.announce("checkout.session.completed", foreign["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))


@pytest.mark.parametrize("sent", [{"price": "1"}, {"dgt": "999999"}, {"price": "1", "dgt": "1300"}])
def test_s10_what_the_browser_says_of_price_and_dgt_buys_nothing_else(window, alice, sent):
    form = {"package": TRADER[0], "price": str(PRICE), "dgt": str(DGT), "key": str(uuid4())}
    page = window(alice).post("/buy", form | sent)
    assert (page.status_code, Order.objects.count()) == (422, 0)
    assert "This package has changed: it is 1,300 DGT for $17.99 now. Nothing was ordered." in main_of(page)


# ── Orders and sessions that find each other late ───────────────────────────────────────────────────────────────────


def test_s12_a_webhook_before_our_session_is_stored_finds_the_order(card, alice):
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    opened = _opened_at_stripe_only(order)
    card.pay(opened)
    told(card)
    assert (again(order).state, session(again(order)), wallet(alice)) == (State.CREDITED, opened, (DGT, 0, 0))


def test_s12_a_refund_of_a_session_that_we_never_stored_finds_the_order(card, alice):
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    opened = _opened_at_stripe_only(order)
    card.pay(opened)
    card.refund(opened)
    card.deliver(card.events("refund.created")[0]["id"])
    worked()
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))


def _opened_at_stripe_only(order) -> str:
    """Stripe made the session, and our process died before it could write that down."""
    from payments.providers.stripe.client import client

    made = client().v1.checkout.sessions.create(
        params=request_for(order), options={"idempotency_key": f"order:{order.public_id}"}
    )
    return str(made.id)


def test_s13_expired_changes_nothing_that_is_paid_or_under_way(card, alice):
    paid, under_way = ordered(alice), ordered(alice)
    card.pay(session(paid))
    card.pay_later(session(under_way))
    told(card)
    for order in (paid, under_way):
        card.announce("checkout.session.expired", session(order))
    told(card)
    payments.close_expired()
    assert (again(paid).state, again(under_way).state) == (State.CREDITED, State.PROCESSING)


def test_s13_money_that_comes_for_an_expired_order_is_credited(card, alice):
    order = ordered(alice)
    card.expire(session(order))
    told(card)
    assert again(order).state == State.EXPIRED
    intent = card.foreign_session(cents=PRICE)["payment_intent"]
    card.alter(session(order), status="complete", payment_status="paid", payment_intent=intent)
    card.announce("checkout.session.completed", session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))


def test_s13_a_second_session_that_was_paid_for_one_order_goes_to_review(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    second = card.foreign_session(cents=PRICE, reference=str(order.public_id))
    told(card)
    assert (wallet(alice), credits_of(order)) == ((DGT, 0, 0), 1)
    assert list(Review.objects.open().values_list("order_id", "reference", "reason")) == [
        (order.pk, second["id"], Review.Reason.UNKNOWN_ORDER)
    ]
    payments.sweep("stripe")
    assert (wallet(alice), Review.objects.open().count()) == ((DGT, 0, 0), 1)
