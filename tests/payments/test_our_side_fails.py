"""What is wrong on our side of Stripe: buyers are told to try again, staff are told what it is, and nothing is lost."""

import logging
from datetime import timedelta

import pytest

from degentalk.core import clock
from payments import services as payments
from payments.errors import OrderClosed
from payments.models import Order, ProviderEvent
from tests import make
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet, worked

GONE = "sk_test_rolled_and_gone"


def test_s23_a_key_that_stripe_refuses_is_no_500_for_who_has_paid(card, alice, settings, window, caplog):
    page, order = window(alice), ordered(alice)
    card.pay(session(order))
    settings.STRIPE_SECRET_KEY = GONE
    landed = page.get(f"{order.get_absolute_url()}/paid", {"session": session(order)})
    assert landed.status_code == 200
    assert "our key is refused" in caplog.text
    assert GONE not in caplog.text


def test_s23_a_key_that_stripe_refuses_sends_the_buyer_back_to_the_order(card, alice, settings, window):
    page, order = window(alice), payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    settings.STRIPE_SECRET_KEY = GONE
    answer = page.post(f"{order.get_absolute_url()}/pay", follow=True)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, order.get_absolute_url())
    assert "Nothing was charged. Try again in a moment." in answer.text


def test_s28_what_could_not_be_asked_with_a_refused_key_is_done_with_the_next(card, alice, settings, caplog):
    order, key = ordered(alice), settings.STRIPE_SECRET_KEY
    card.pay(session(order))
    caplog.set_level(logging.CRITICAL)
    settings.STRIPE_SECRET_KEY = GONE
    told(card)
    settings.STRIPE_SECRET_KEY = key
    with clock.at(order.created_at + timedelta(minutes=5)):
        worked()
    assert wallet(alice) == (TRADER[2], 0, 0)


def test_staff_who_ask_about_a_payment_that_stripe_has_no_more_are_told_so(card, alice, owner, client):
    order = paid(card, alice)
    owner.execute("update stripe_dgt_sessions set session_id = 'cs_test_gone' where order_id = %s", [order.pk])
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    page = client.post(f"/admin/payments/order/{order.pk}/ask/", follow=True)
    assert "knows nothing of this payment any more" in page.text
    assert again(order).state == "credited"


def test_an_order_is_closed_before_stripe_would_refuse_its_page_by_a_clock_that_is_ahead(card, alice):
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    card.advance(30 * 60)
    with clock.at(order.expires_at - timedelta(minutes=30, seconds=10)), pytest.raises(OrderClosed):
        payments.pay(Order.objects.get(pk=order.pk))


@pytest.mark.parametrize("length", [200, 255])
def test_s4_an_event_with_the_longest_id_is_kept(card, alice, length):
    order = ordered(alice)
    card.pay(session(order))
    card.set_webhook_faults(drop=1.0)
    card.deliver_all()
    card.clear_faults()
    card.announce("checkout.session.completed", session(order), id="evt_" + "x" * (length - 4))
    told(card)
    assert ProviderEvent.objects.get().state == ProviderEvent.State.DONE
    assert wallet(alice) == (TRADER[2], 0, 0)
