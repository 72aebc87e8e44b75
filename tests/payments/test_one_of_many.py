"""One payment that cannot be read never keeps the others waiting, and is named."""

from datetime import timedelta

import pytest

from degentalk.core import clock
from payments import services as payments
from payments.errors import PaymentMissing
from payments.models import ProviderEvent
from payments.states import State
from tests import make
from tests.payments.buying import again, ordered, paid, session, told, wallet, worked
from tests.wallet.test_ledger import drift
from wallet import services as wallets
from wallet.errors import WalletFrozen


@pytest.fixture
def forgotten(owner):
    """A session that Stripe has no more: of another account, or of a test mode that was emptied."""

    def forget(order):
        owner.execute("update stripe_dgt_sessions set session_id = 'cs_test_gone' where order_id = %s", [order.pk])

    return forget


def test_a_paid_session_that_stripe_has_no_more_is_named_and_the_others_are_swept(card, alice, forgotten):
    gone, other = paid(card, alice), paid(card, alice)
    forgotten(gone)
    card.refund(session(other))
    found = payments.sweep("stripe")
    assert [(one.order.pk, "could not be looked at" in one.what) for one in found if one.order == gone] == [
        (gone.pk, True)
    ]
    assert again(other).state == State.REFUNDED
    assert wallet(alice) == (1_300, 0, 0)
    assert drift() == []
    with pytest.raises(PaymentMissing):
        payments.look(gone, because="asked")


def test_an_unpaid_order_whose_session_is_gone_is_closed_when_its_time_is_over(card, alice, forgotten):
    order = ordered(alice)
    forgotten(order)
    assert payments.look(order, because="asked").state == State.PENDING
    with over(order):
        assert payments.close_expired() == 1
    assert again(order).state == State.EXPIRED


def test_one_order_that_cannot_be_asked_about_does_not_keep_others_open(card, alice, monkeypatch):
    broken, other = ordered(alice), ordered(alice)
    _break_looking(monkeypatch, broken)
    card.advance(70 * 60)
    with over(other):
        assert payments.close_expired() == 1
    assert (again(broken).state, again(other).state) == (State.PENDING, State.EXPIRED)


def test_s25_an_event_about_a_session_that_stripe_does_not_know_is_ignored(card, alice):
    order = ordered(alice)
    document = card.get(session(order)) | {"id": "cs_test_nobodys"}
    event = card.announce("checkout.session.completed", document)
    told(card)
    stored = ProviderEvent.objects.get(event_id=event["id"])
    assert (stored.state, stored.attempts) == (ProviderEvent.State.IGNORED, 1)


def test_s25_an_event_with_the_longest_names_is_kept(card, alice):
    order = ordered(alice)
    event = card.announce("x" * 255, session(order), api_version="v" * 255)
    told(card)
    worked()
    assert ProviderEvent.objects.get(event_id=event["id"]).state == ProviderEvent.State.IGNORED


@pytest.mark.parametrize("places", [True, False])
def test_who_has_a_frozen_wallet_is_not_asked_for_money(card, alice, places):
    order = ordered(alice)
    wallets.freeze(user=alice, actor=make.moderator(), reason="a drill")
    with pytest.raises(WalletFrozen, match="Your wallet is frozen: what you buy could not be credited"):
        ordered(alice) if places else payments.pay(order)


def over(order):
    """A while after the order's time to pay."""
    return clock.at(order.expires_at + timedelta(minutes=10))


def _break_looking(monkeypatch, broken):
    from payments.providers import stripe

    real = stripe.look

    def look(order):
        if order.pk == broken.pk:
            raise ValueError("a bug of ours")
        return real(order)

    monkeypatch.setattr(stripe, "look", look)
