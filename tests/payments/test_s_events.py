"""S25, S28: events that are none of ours, and those that our own code cannot do; A17: the switch and no keys at all."""

import logging
from datetime import timedelta

import pytest
from django.test import Client

from degentalk.core import clock, switches
from degentalk.core.clock import database_time
from degentalk.core.switches import SwitchedOff
from payments import services as payments
from payments.models import Order, ProviderEvent
from payments.states import State
from tests import make
from tests.payments.buying import TRADER, again, ordered, session, told, wallet, worked
from tests.threads import together

DGT = TRADER[2]
State_ = ProviderEvent.State


def events(**like) -> list[tuple[str, int]]:
    return list(ProviderEvent.objects.filter(**like).order_by("id").values_list("state", "attempts"))


# ── None of ours ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s25_unknown_types_are_kept_and_left_alone(card, alice, caplog):
    caplog.set_level(logging.INFO)
    order = ordered(alice)
    card.announce("treasury.received_credit.created", session(order))
    told(card)
    told(card)
    assert events() == [(State_.IGNORED, 1)]
    assert "(treasury.received_credit.created) is none of ours" in caplog.text


@pytest.mark.parametrize("reference", [None, "order-17", "00000000-0000-7000-8000-000000000000"])
def test_s25_what_another_site_sold_on_the_account_is_left_alone(card, alice, reference):
    foreign = card.foreign_session(reference=reference)
    card.refund(foreign["id"])
    told(card)
    payments.reconcile("stripe")
    told(card)
    assert {state for state, _ in events()} == {State_.IGNORED}
    assert {attempts for _, attempts in events()} == {1}
    assert wallet(alice) == (0, 0, 0)


def test_s25_a_refund_without_a_payment_intent_is_left_alone(card, alice):
    card.announce("refund.created", {"id": "re_x", "object": "refund", "payment_intent": None, "amount": 5})
    told(card)
    assert events() == [(State_.IGNORED, 1)]


# ── A bug of ours ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def broken(monkeypatch):
    """Our code fails for one order."""
    from payments.providers import stripe

    real, orders = stripe.look, set()

    def look(order):
        if order.pk in orders:
            raise ZeroDivisionError("a bug")
        return real(order)

    monkeypatch.setattr(stripe, "look", look)
    return orders


def test_s28_a_bug_on_one_event_leaves_it_failed_and_the_others_go_on(card, alice, broken):
    bad, good = ordered(alice), ordered(alice)
    broken.add(bad.pk)
    for order in (bad, good):
        card.pay(session(order))
    told(card)
    assert (again(bad).state, again(good).state) == (State.PENDING, State.CREDITED)
    failed = ProviderEvent.objects.get(type="checkout.session.completed", object_id=session(bad))
    assert (failed.state, failed.attempts, failed.note) == (State_.FAILED, 1, "ZeroDivisionError: a bug")


def test_s28_when_the_bug_is_mended_it_is_done_by_itself(card, alice, broken):
    order = ordered(alice)
    broken.add(order.pk)
    card.pay(session(order))
    told(card)
    broken.clear()
    with clock.at(database_time() + timedelta(minutes=1)):
        worked()
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))
    assert {state for state, _ in events(object_id=session(order))} == {State_.DONE}


def test_s28_an_event_that_is_done_can_be_processed_again_and_changes_nothing(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    told(card)
    moderator = make.moderator()
    for event in ProviderEvent.objects.all():
        payments.replay(event, moderator)
        payments.replay(event, moderator)
    worked()
    worked()
    assert wallet(alice) == (DGT, 0, 0)


# ── A17 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def switched_off(card, alice):
    """Staff switch cards off while an order waits for its payment."""
    order = ordered(alice)
    assert switches.is_on("stripe")  # this process has read it before
    together([lambda: switches.set_switch(name="stripe", is_on=False, actor=make.moderator(), reason="a drill")])
    return order


def test_a17_with_cards_switched_off_nothing_is_ordered_or_paid(switched_off, alice):
    with pytest.raises(SwitchedOff):
        payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    with pytest.raises(SwitchedOff):
        payments.pay(switched_off)
    assert Order.objects.count() == 1


def test_a17_what_was_paid_before_is_credited_all_the_same(card, switched_off, alice):
    card.pay(session(switched_off))
    told(card)
    assert (again(switched_off).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))


@pytest.fixture
def no_keys(settings, db):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = "", []
    return make.verified(make.user("alice"))


def test_a_site_without_keys_has_no_button(no_keys, window):
    page = window(no_keys).get("/buy").content.decode()
    assert "This way to pay is not set up here." in page
    assert 'name="package"' not in page


@pytest.mark.parametrize("path", ["/api/dgt/purchase/stripe", "/api/webhook/stripe"])
def test_a_site_without_keys_answers_503_with_a_problem_that_says_so(no_keys, path):
    headers = {"Authorization": f"Bearer {make.api_token(no_keys, 'dgt:purchase')}", "Idempotency-Key": "one"}
    sent = {"package_id": TRADER[0]}
    answer = Client().post(path, sent, content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["detail"] == "This way to pay is not set up here."
    assert answer.json()["code"] == "provider-off"
