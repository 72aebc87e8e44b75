"""S22: what was never told is found by asking, and done exactly as if it had been told."""

from datetime import timedelta

import pytest
from celery.schedules import crontab
from django.conf import settings as site_settings

from payments import services as payments
from payments.models import ProviderEvent, ReconcileCursor
from payments.services.reconciling import SWEEP
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet, worked
from tests.wallet.test_ledger import drift

DGT = TRADER[2]


def pays(card, order):
    card.pay(session(order))


def pays_later(card, order):
    card.pay_later(session(order))


def fails_later(card, order):
    card.pay_later(session(order))
    card.settle(session(order), ok=False)


def expires(card, order):
    card.expire(session(order))


def is_refunded(card, order):
    pays(card, order)
    card.refund(session(order), 900)


def is_disputed(card, order):
    pays(card, order)
    card.dispute(session(order))


def is_lost(card, order):
    pays(card, order)
    card.close_dispute(card.dispute(session(order))["id"], "lost")


LIVES = [
    (pays, State.CREDITED, (DGT, 0, 0)),
    (pays_later, State.PROCESSING, (0, 0, 0)),
    (fails_later, State.FAILED, (0, 0, 0)),
    (expires, State.EXPIRED, (0, 0, 0)),
    (is_refunded, State.PARTLY_REFUNDED, (649, 0, 0)),
    (is_disputed, State.DISPUTED, (0, DGT, 0)),
    (is_lost, State.LOST, (0, 0, 0)),
]


@pytest.mark.parametrize(("life", "state", "figures"), LIVES)
def test_s22_what_no_webhook_told_is_mended_the_same_way(card, alice, life, state, figures):
    order = ordered(alice)
    card.set_webhook_faults(drop=1)
    life(card, order)
    told(card)
    assert (again(order).state, ProviderEvent.objects.count()) == (State.PENDING, 0)
    assert payments.reconcile("stripe") != []
    worked()
    assert (again(order).state, wallet(alice), drift()) == (state, figures, [])
    assert (payments.reconcile("stripe"), payments.sweep("stripe")) == ([], [])


def test_s22_what_was_told_is_no_difference(card, alice):
    paid(card, alice)
    assert payments.reconcile("stripe") == []
    assert payments.reconcile("stripe") == []


def test_s22_a_refund_after_the_credit_is_found_in_the_events(card, alice):
    order = paid(card, alice)
    payments.reconcile("stripe")
    card.set_webhook_faults(drop=1)
    card.refund(session(order))
    told(card)
    found = payments.reconcile("stripe")
    worked()
    assert sorted(one.what.split("(")[1] for one in found) == [
        "charge.refunded) never came",
        "refund.created) never came",
    ]
    assert set(ProviderEvent.objects.filter(type="refund.created").values_list("source", "state")) == {
        ("reconciler", "done")
    }
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))


@pytest.mark.parametrize(("minutes", "is_found"), [(50, True), (70, False)])
def test_s22_the_last_hour_before_the_cursor_is_looked_at_again(card, alice, minutes, is_found):
    order = ordered(alice)
    card.pay(session(order))
    payments.reconcile("stripe")
    worked()
    card.refund(session(order))
    cursor = ReconcileCursor.objects.get()
    ReconcileCursor.objects.update(until=cursor.until + timedelta(minutes=minutes))
    assert bool(payments.reconcile("stripe")) is is_found
    worked()
    assert (again(order).state == State.REFUNDED) is is_found
    payments.sweep("stripe")
    worked()
    assert again(order).state == State.REFUNDED


def test_s22_the_sweep_asks_about_every_payment_also_without_an_event(card, alice):
    order, other = paid(card, alice), paid(card, alice)
    payments.reconcile("stripe")
    card.set_webhook_faults(drop=1)
    card.refund(session(order))
    for event in card.events():
        card.alter(event["id"], created=0)
    told(card)
    assert payments.reconcile("stripe") == []
    assert again(order).state == State.CREDITED
    (found,) = payments.sweep("stripe")
    assert (found.order, "refunded 1799" in found.what) == (order, True)
    assert (again(order).state, again(other).state, wallet(alice)) == (State.REFUNDED, State.CREDITED, (DGT, 0, 0))
    assert payments.sweep("stripe") == []


def test_s22_it_runs_every_hour_and_for_thirty_days_every_day():
    timetable = {row["task"]: row["schedule"] for row in site_settings.CELERY_BEAT_SCHEDULE.values()}
    assert timetable["payments.reconcile"] == crontab(minute=45)
    assert timetable["payments.sweep"] == crontab(hour=5, minute=10)
    assert timetable["payments.books"] == crontab(hour=5, minute=50)
    assert SWEEP.days == 30
