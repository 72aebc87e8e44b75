"""A17: staff stop buying by card within a moment; what was paid is credited all the same."""

import pytest
import requests
from django.urls import reverse

from degentalk.core import switches
from payments import services as payments
from payments.models import Order, ProviderEvent
from payments.states import State
from tests import make
from tests.html import main_of
from tests.payments.buying import TRADER, again, ordered, session, told, wallet
from tests.payments.signing import event, posted
from tests.payments.test_api import PURCHASE, SEEN

SWITCH = reverse("admin:core_switch_change", args=["stripe"])


@pytest.fixture
def turn(window, card):
    """What staff press: `turn("off")`."""
    page = window(make.user("root", is_staff=True, is_superuser=True))

    def press(way):
        answer = page.post(SWITCH, {"turn": way, "reason": "Cards are being tested with us"}, follow=True)
        assert f"Switched {way}: Buying DGT by card." in answer.text

    return press


@pytest.fixture
def send(live, alice):
    """Alice orders on the site over HTTP, in threads of its own: the answer's status and code."""
    headers = {"Authorization": f"Bearer {make.api_token(alice, 'dgt:purchase')}"}

    def order(key):
        answer = requests.post(f"{live}{PURCHASE}", json=SEEN, headers=headers | {"Idempotency-Key": key}, timeout=30)
        return answer.status_code, answer.json().get("code")

    return order


def test_a17_a_site_that_sold_a_moment_ago_sells_no_more_and_again(turn, send):
    answers = [send("k-1")]
    turn("off")
    answers += [send("k-2")]
    turn("on")
    answers += [send("k-3")]
    assert answers == [(201, None), (422, "switched-off"), (201, None)]
    assert Order.objects.count() == 2


def test_a17_an_order_from_before_is_not_paid_either(turn, send, alice, window, card):
    order = payments.place(user=alice, package_id=TRADER[0], provider="stripe")
    turn("off")
    answer = window(alice).post(f"{order.get_absolute_url()}/pay")
    assert (answer.status_code, answer["Location"]) == (303, order.get_absolute_url())
    assert (again(order).state, card.books()) == (State.CREATED, {})
    assert not hasattr(again(order), "stripe_session")


def test_a17_what_was_paid_is_credited_all_the_same_and_taken_back_too(turn, alice, card):
    order = ordered(alice)
    turn("off")
    card.pay(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (TRADER[2], 0, 0))
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))


def test_a17_only_cards_stand_still(turn, alice, card):
    turn("off")
    assert {name: switches.is_on(name) for name in switches.registered} == {
        name: name != "stripe" for name in switches.registered
    }


def test_a17_where_stripe_is_not_set_up_there_is_no_button_and_every_route_says_so(window, alice, card, settings):
    page, order = window(alice), ordered(alice)
    buttons = [("/buy", "Buy for $17.99"), (order.get_absolute_url(), "Pay $17.99 by card")]
    assert [words in main_of(page.get(path)) for path, words in buttons] == [True, True]
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert [words in main_of(page.get(path)) for path, words in buttons] == [False, False]
    bought = page.post(PURCHASE, SEEN, content_type="application/json", headers={"Idempotency-Key": "k-1"})
    for answer in (bought, posted(event())):
        assert (answer.status_code, answer.json()["code"]) == (503, "provider-off")
        assert answer["Content-Type"] == "application/problem+json"
    assert (Order.objects.count(), ProviderEvent.objects.count()) == (1, 0)
