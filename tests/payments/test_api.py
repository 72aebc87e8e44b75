"""Packages, ordering by card and the history over the API."""

import pytest
import requests

from degentalk.core.switches import set_switch
from payments.models import DgtPackage, Order
from tests import make
from tests.html import main_of
from tests.payments.buying import TRADER, again, paid, told, wallet
from tests.threads import together
from wallet import services as wallets

PACKAGES, PURCHASE, HISTORY = "/api/dgt/packages", "/api/dgt/purchase/stripe", "/api/dgt/purchase/history"
SEEN = {"package_id": "trader", "price_cents": TRADER[1], "dgt": TRADER[2]}


def order(client, key="k-1", body=SEEN, **headers):
    headers = {"Idempotency-Key": key, **headers} if key else headers
    return client.post(PURCHASE, body, content_type="application/json", headers=headers)


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


@pytest.fixture
def buyer(alice, client):
    client.force_login(alice)
    return alice


def test_everybody_reads_what_is_on_sale(db, client, django_assert_num_queries):
    DgtPackage.objects.filter(pk="whale").update(is_active=False)
    with django_assert_num_queries(1):
        found = client.get(PACKAGES).json()["results"]
    assert [row["id"] for row in found] == ["starter", "regular", "trader", "satoshi"]
    assert (found[2]["price_cents"], found[2]["dgt"], found[2]["currency"]) == (TRADER[1], TRADER[2], "usd")


def test_an_order_says_what_it_is_and_where_to_pay_it(client, card, buyer):
    answer = order(client)
    made, body = Order.objects.get(), answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert (body["order"]["id"], body["order"]["state"], body["order"]["dgt"]) == (str(made.public_id), "pending", 1300)
    assert body["pay_url"] == made.stripe_session.url
    card.pay(made.stripe_session.session_id)
    told(card)
    assert wallet(buyer) == (TRADER[2], 0, 0)


def test_l9_the_same_key_is_the_same_order_also_when_it_is_paid(client, card, buyer):
    first = order(client).json()
    assert order(client).json() == first
    card.pay(Order.objects.get().stripe_session.session_id)
    told(card)
    later = order(client)
    assert (later.status_code, later.json()["pay_url"], later.json()["order"]["state"]) == (201, None, "credited")
    assert order(client, body=SEEN | {"package_id": "whale"}).json()["code"] == "key-reused"


def test_l9_ten_at_once_with_one_key_are_one_order(client, card, buyer, live):
    headers = {"Idempotency-Key": "k-1"} | bearer(buyer, "dgt:purchase")
    answers = together([lambda: requests.post(f"{live}{PURCHASE}", json=SEEN, headers=headers, timeout=30)] * 10)
    assert {(answer.status_code, answer.json()["pay_url"]) for answer in answers} == {
        (201, Order.objects.get().stripe_session.url)
    }


def test_s23_while_stripe_is_down_the_same_key_works_afterwards(client, card, buyer):
    card.fail_next("500", times=3)
    down = order(client)
    assert (down.status_code, down.json()["code"], down["Retry-After"]) == (503, "provider-unreachable", "10")
    up = order(client)
    assert (up.status_code, Order.objects.count()) == (201, 1)


def test_where_cards_are_not_set_up_that_is_said_and_not_kept(client, card, buyer, settings):
    key, settings.STRIPE_SECRET_KEY = settings.STRIPE_SECRET_KEY, ""
    off = order(client)
    assert (off.status_code, off.json()["code"], off["Content-Type"]) == (
        503,
        "provider-off",
        "application/problem+json",
    )
    settings.STRIPE_SECRET_KEY = key
    assert order(client).status_code == 201


def test_a17_what_staff_switched_off_is_refused(client, card, buyer):
    root = make.user("root", is_staff=True, is_superuser=True)
    set_switch(name="stripe", is_on=False, actor=root, reason="A test")
    assert (order(client).json()["code"], Order.objects.count()) == ("switched-off", 0)


def test_l18_another_quote_than_was_seen_orders_nothing(client, card, buyer):
    refused = order(client, body=SEEN | {"price_cents": 1})
    assert (refused.status_code, refused.json()["code"], Order.objects.count()) == (409, "quote-changed", 0)
    assert (refused.json()["price_cents"], refused.json()["dgt"]) == TRADER[1:]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"package_id": 7},
        {"package_id": "trader", "user": 1},
        {"package_id": "trader", "dgt_amount": 10**6},
        {"package_id": "trader", "price_cents": 1_799},
        SEEN | {"price_cents": "1799"},
        SEEN | {"price_cents": 1799.0},
        SEEN | {"dgt": True},
        SEEN | {"dgt": 0},
        [],
    ],
)
def test_w5_w6_what_is_not_plainly_an_order_is_400(db, client, body):
    client.force_login(make.user("alice"))
    assert (order(client, body=body).status_code, Order.objects.count()) == (400, 0)


def test_l11_without_a_key_nothing_is_ordered(client, card, buyer):
    assert (order(client, key=None).status_code, Order.objects.count()) == (400, 0)


def test_a_package_that_is_not_sold_is_not_found(client, card, buyer):
    DgtPackage.objects.filter(pk="whale").update(is_active=False)
    codes = [order(client, key, {"package_id": name}).json()["code"] for key, name in (("a", "whale"), ("b", "none"))]
    assert codes == ["no-such-package"] * 2


def test_a_token_needs_the_scope(card, alice, client):
    assert order(client, **bearer(alice, "dgt:read", "wallet:transfer")).status_code == 403
    assert order(client, **bearer(alice, "dgt:purchase")).status_code == 201
    assert client.get(HISTORY, headers=bearer(alice, "dgt:purchase")).status_code == 403
    assert client.get(HISTORY, headers=bearer(alice, "dgt:read")).status_code == 200
    assert client.get(HISTORY).status_code == 401


def test_w4_the_history_is_the_callers_own(card, alice, client, django_assert_max_num_queries):
    bought = paid(card, alice)
    card.refund(bought.stripe_session.session_id, 500)
    told(card)
    headers = bearer(alice, "dgt:read")
    (mine,) = client.get(HISTORY, headers=headers).json()["results"]
    assert mine["id"] == str(bought.public_id)
    assert (mine["state"], mine["refunded"], mine["taken_dgt"]) == ("partly_refunded", 500, again(bought).taken_dgt)
    paid(card, alice, "whale")
    make.signed_in(client, alice)
    with django_assert_max_num_queries(4):
        assert len(client.get(HISTORY).json()["results"]) == 2
    client.force_login(make.user("mallory"))
    assert client.get(HISTORY).json()["results"] == []


def test_a_frozen_wallet_is_refused_in_the_words_of_the_page(client, card, buyer):
    wallets.freeze(user=buyer, actor=make.moderator(), reason="a drill")
    answer = order(client)
    said = "Your wallet is frozen: what you buy could not be credited."
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (422, "wallet-frozen", said)
    assert said in main_of(client.get("/buy"))
    assert not Order.objects.exists()
