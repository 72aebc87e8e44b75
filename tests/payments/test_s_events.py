"""S24, S25, S28: packages in dollars; events that are none of ours; an event that fails keeps no other waiting."""

import logging
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from degentalk.core import clock
from degentalk.core.models import OutboxMessage
from payments import services as payments
from payments.models import DgtPackage, ProviderEvent, Review
from payments.providers import stripe
from payments.states import State
from tests import make
from tests.payments.buying import TRADER, again, ordered, session, told, wallet, worked

DGT = TRADER[2]


def states() -> list[str]:
    return list(ProviderEvent.objects.order_by("id").values_list("state", flat=True))


# ── S24 ──


@pytest.mark.parametrize("currency", ["eur", "gbp", "USD", ""])
def test_s24_a_package_in_another_currency_is_refused(db, currency):
    package = DgtPackage(id="new", name="New", dgt_amount=1, price_cents=100, price_usdt="1.00", currency=currency)
    with pytest.raises(ValidationError, match="dollars"):
        package.validate_constraints()
    with pytest.raises(IntegrityError, match="dgt_packages_in_dollars"), transaction.atomic():
        package.save()


def test_s24_a_package_that_is_sold_stays_in_dollars(db, owner):
    with pytest.raises(psycopg.errors.CheckViolation, match="dgt_packages_in_dollars"):
        owner.execute("update dgt_packages set currency = 'eur'")


# ── S25 ──


@pytest.mark.parametrize("name", ["customer.created", "payment_intent.succeeded", "v2.core.something", "x"])
def test_s25_an_event_of_a_type_that_we_do_not_know_is_kept_and_left_alone(card, alice, caplog, line, name):
    caplog.set_level(logging.INFO)
    order = ordered(alice)
    card.pay(session(order))
    asked = list(line.asked)
    event = card.announce(name, session(order))
    assert card.deliver(event["id"])["tries"][-1]["status"] == 204
    worked()
    stored = ProviderEvent.objects.get()
    assert (stored.state, stored.attempts, stored.order) == ("ignored", 1, None)
    assert (line.asked, again(order).state) == (asked, State.PENDING)
    assert f"event {event['id']} ({name}) is none of ours" in caplog.text
    assert OutboxMessage.objects.due().count() == 0


@pytest.mark.parametrize("reference", [None, "1", "cart-77", "0b1e7c2d-0000-7000-8000-000000000000"])
def test_s25_a_payment_of_another_shop_is_left_alone(card, alice, reference):
    foreign = card.foreign_session(reference=reference)
    card.refund(foreign["id"], 5)
    card.dispute(foreign["id"])
    assert {entry["state"] for entry in card.deliver_all()} == {"delivered"}
    worked()
    assert set(states()) == {"ignored"}
    assert (payments.sweep("stripe"), Review.objects.count(), wallet(alice)) == ([], 0, (0, 0, 0))
    assert OutboxMessage.objects.due().count() == 0


def test_s25_a_payment_that_names_an_order_of_ours_which_there_is_not_waits_for_a_person(card, alice):
    foreign = card.foreign_session(reference="0b1e7c2d-0000-7000-8000-000000000000")
    card.alter(foreign["id"], metadata={"order": "0b1e7c2d-0000-7000-8000-000000000000"})
    told(card)
    review = Review.objects.get()
    assert (review.reason, review.reference, review.order) == ("unknown_order", foreign["id"], None)
    assert wallet(alice) == (0, 0, 0)


# ── S28 ──


@pytest.fixture
def bug(monkeypatch):
    """A bug of ours, in whatever is done about one order."""
    real = stripe.look

    def about(order):
        def look(asked):
            if asked.pk == order.pk:
                raise KeyError("a bug of ours")
            return real(asked)

        monkeypatch.setattr(stripe, "look", look)
        return lambda: monkeypatch.setattr(stripe, "look", real)

    return about


def test_s28_an_event_that_meets_a_bug_is_failed_and_the_others_go_on(card, alice, bug):
    broken, *others = (ordered(alice) for _number in range(3))
    for order in (broken, *others):
        card.pay(session(order))
    bug(broken)
    told(card)
    failed = ProviderEvent.objects.get(state="failed")
    assert (failed.object_id, failed.attempts, failed.note) == (session(broken), 1, "KeyError: 'a bug of ours'")
    assert [again(order).state for order in (broken, *others)] == [State.PENDING, State.CREDITED, State.CREDITED]
    assert wallet(alice) == (2 * DGT, 0, 0)


def test_s28_it_is_tried_again_until_the_bug_is_gone(card, alice, bug):
    order = ordered(alice)
    card.pay(session(order))
    mend = bug(order)
    told(card)
    event = ProviderEvent.objects.get(state="failed")
    with clock.at(event.received_at + timedelta(minutes=5)):
        worked()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("failed", 2)
    mend()
    with clock.at(event.received_at + timedelta(minutes=30)):
        worked()
    event.refresh_from_db()
    assert (event.state, event.attempts, event.note, event.order) == ("done", 3, "", order)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))


def test_s28_staff_process_it_again_at_once(card, alice, bug, window):
    order = ordered(alice)
    card.pay(session(order))
    mend = bug(order)
    told(card)
    mend()
    event = ProviderEvent.objects.get(state="failed")
    root = window(make.user("root", is_staff=True, is_superuser=True))
    assert root.post(f"/admin/payments/providerevent/{event.pk}/replay/").status_code == 302
    worked()
    event.refresh_from_db()
    assert (event.state, again(order).state, wallet(alice)) == ("done", State.CREDITED, (DGT, 0, 0))


def test_s28_what_waits_for_its_next_try_is_not_done_twice(card, alice, bug):
    order = ordered(alice)
    card.pay(session(order))
    mend = bug(order)
    told(card)
    mend()
    payments.reconcile("stripe")
    event = ProviderEvent.objects.get(state="failed")
    with clock.at(event.received_at + timedelta(minutes=5)):
        worked()
    assert (again(order).state, wallet(alice), order.movements.count()) == (State.CREDITED, (DGT, 0, 0), 1)
