"""Ordering with USDT over the API, hints, proofs, and the history of both ways to pay."""

import pytest
import requests

from degentalk.core import outbox
from degentalk.core.switches import set_switch
from payments.models import Order, UsdtDeposit
from payments.states import State
from tests import make
from tests.payments.buying import paid, wallet
from tests.payments.usdt.buying import FINAL, again, opened, pay, settled, watched
from tests.payments.usdt.entries import entry_of
from tests.payments.usdt.test_treasury import TREASURY, key, signed
from tests.threads import together

PURCHASE, PROOF, HISTORY = "/api/dgt/purchase/usdt", "/api/dgt/purchase/usdt/proof", "/api/dgt/purchase/history"
SEEN = {"package_id": "trader", "chain_id": 31337, "price_micro_usdt": 17_990_000, "dgt": 1_300}


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


def send(client, body, key="k-1", to=PURCHASE):
    return client.post(to, body, content_type="application/json", headers={"Idempotency-Key": key} if key else {})


@pytest.fixture
def buyer(committed_db, usdt, client):
    opened()
    alice = make.verified(make.user("alice"))
    client.force_login(alice)
    return alice


def test_an_order_says_what_to_pay_where_and_on_which_chain(client, usdt, buyer):
    answer = send(client, SEEN)
    body, deposit = answer.json()["order"], UsdtDeposit.objects.get()
    assert (answer.status_code, body["state"], body["currency"], body["price"]) == (201, "pending", "usdt", 17_990_000)
    assert body["usdt"] == {
        "chain_id": 31337,
        "chain": "Sandbox",
        "symbol": "USDT",
        "token": usdt.token,
        "decimals": 6,
        "address": deposit.address,
        "amount": "17990000",
        "amount_text": "17.99",
        "payer": None,
        "needs_proof": False,
        "surplus": 0,
        "transfers": [],
    }


def test_l9_the_same_key_is_the_same_order_and_address(client, usdt, buyer):
    first = send(client, SEEN).json()
    assert send(client, SEEN).json() == first
    pay(usdt, Order.objects.get())
    settled(usdt, Order.objects.get())
    later = send(client, SEEN).json()["order"]
    assert (later["state"], later["usdt"]["address"]) == ("credited", first["order"]["usdt"]["address"])
    assert send(client, SEEN | {"package_id": "whale"}).json()["code"] == "key-reused"
    assert Order.objects.count() == 1


def test_u10_ten_at_once_get_ten_addresses_and_with_one_key_one(committed_db, usdt, live):
    opened()
    buyer = make.verified(make.user("alice"))
    keys = [*[f"k-{number}" for number in range(6)], *["k-same"] * 4]
    header = bearer(buyer, "dgt:purchase")
    ask = lambda key: requests.post(  # noqa: E731
        f"{live}{PURCHASE}", json=SEEN, headers=header | {"Idempotency-Key": key}, timeout=30
    )
    answers = together([lambda key=key: ask(key) for key in keys])
    assert {answer.status_code for answer in answers} == {201}
    addresses = [answer.json()["order"]["usdt"]["address"] for answer in answers]
    assert len(set(addresses)) == 7
    assert len(set(addresses[6:])) == 1


def test_a_package_that_changed_is_not_ordered(client, buyer):
    refused = send(client, SEEN | {"price_micro_usdt": 17_980_000})
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["price_micro_usdt"]) == ("quote-changed", 17_990_000)
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"chain_id": 5}, 404, "no-such-chain"),
        ({"package_id": "nothing"}, 404, "no-such-package"),
        ({"chain_id": "one"}, 400, "invalid"),
        ({"chain_id": 0}, 400, "invalid"),
        ({"price_micro_usdt": 1.5}, 400, "invalid"),
        ({"surprise": 1}, 400, "invalid"),
    ],
)
def test_what_cannot_be_ordered_is_said(client, buyer, change, status, code):
    refused = send(client, SEEN | change)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_it_takes_a_key_and_somebody_who_is_signed_in(client, usdt, buyer):
    assert send(client, SEEN, key=None).status_code == 400
    client.logout()
    assert send(client, SEEN).status_code in (401, 403)


def test_a17_switched_off_nothing_is_ordered_and_payments_are_credited_all_the_same(client, usdt, buyer):
    send(client, SEEN)
    set_switch(name="usdt", is_on=False, actor=make.user("root", is_staff=True, is_superuser=True), reason="A drill")
    assert send(client, SEEN, key="k-2").json()["code"] == "switched-off"
    assert client.get("/api/dgt/packages").json()["chains"] == []
    order = Order.objects.get()
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_packages_name_the_chains_that_can_be_paid_on(client, usdt, buyer):
    found = client.get("/api/dgt/packages").json()
    assert found["chains"] == [
        {"chain_id": 31337, "name": "Sandbox", "symbol": "USDT", "token": usdt.token, "decimals": 6}
    ]


def test_u22_a_hint_is_answered_alike_whatever_it_names(client, usdt, buyer):
    order = send(client, SEEN).json()["order"]
    foreign = usdt.pay("0x" + "ab" * 20, 1)
    usdt.automine(False)
    pending = pay(usdt, Order.objects.get())
    answers = [
        send(client, {"order_id": order["id"], "tx_hash": tx}, key=None) for tx in ("0x" + "12" * 32, foreign, pending)
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert [answer.json() for answer in answers] == [{"order": order}] * 3
    outbox.deliver_due()
    assert again(Order.objects.get()).state == State.PENDING


def test_u9_a_hint_is_for_ones_own_orders(client, usdt, buyer):
    mine = send(client, SEEN).json()["order"]["id"]
    client.force_login(make.verified(make.user("mallory")))
    refused = send(client, {"order_id": mine, "tx_hash": "0x" + "12" * 32}, key=None)
    assert (refused.status_code, refused.json()["code"]) == (404, "no-such-order")


def test_a_hint_that_is_no_hash_is_said_so(client, usdt, buyer):
    mine = send(client, SEEN).json()["order"]["id"]
    assert send(client, {"order_id": mine, "tx_hash": "nonsense"}, key=None).json()["code"] == "no-transaction-hash"
    assert send(client, {"order_id": "x", "tx_hash": "nonsense"}, key=None).status_code == 400


def test_u18_a_treasury_is_named_once_a_wallet_is_proved(client, usdt, buyer, settings):
    settings.USDT_CHAINS = [entry_of(usdt, xpub="", treasury=TREASURY)]
    opened()
    order = send(client, SEEN).json()["order"]
    assert (order["state"], order["usdt"]["address"], order["usdt"]["needs_proof"]) == ("created", None, True)
    wallet = key(usdt)
    asked = send(client, {"order_id": order["id"], "wallet": wallet.address}, key=None, to=PROOF)
    assert wallet.address in asked.json()["statement"]
    wrong = send(client, {"order_id": order["id"], "wallet": wallet.address, "signature": "0x12"}, key=None, to=PROOF)
    assert wrong.status_code == 422
    signature = signed(Order.objects.get(), wallet)
    proved = send(
        client, {"order_id": order["id"], "wallet": wallet.address, "signature": signature}, key=None, to=PROOF
    ).json()["order"]
    assert (proved["state"], proved["usdt"]["address"], proved["usdt"]["payer"]) == (
        "pending",
        TREASURY,
        wallet.address,
    )


def test_the_history_has_both_ways_of_paying_in_a_fixed_number_of_queries(
    committed_db, live, card, client, usdt, buyer, django_assert_num_queries
):
    paid(card, buyer)
    for number in range(2):
        send(client, SEEN, key=f"k-{number}")
    for order in Order.objects.filter(provider="usdt"):
        pay(usdt, order)
    watched()
    with django_assert_num_queries(QUERIES):
        found = client.get(HISTORY).json()["results"]
    assert [(row["provider"], row["usdt"] is None) for row in found] == [("usdt", False)] * 2 + [("stripe", True)]
    assert [len(row["usdt"]["transfers"]) for row in found[:2]] == [1, 1]
    assert found[0]["usdt"]["transfers"][0]["state"] == "seen"
    send(client, SEEN, key="k-3")
    with django_assert_num_queries(QUERIES):
        client.get(HISTORY)


QUERIES = 4
"""Session, member, orders with their deposits, transfers."""


def test_the_whole_purchase_over_http(committed_db, usdt, live):
    """What a script of a member does, from the price to the DGT."""
    opened()
    buyer = make.verified(make.user("alice"))
    session = requests.Session()
    session.headers.update(bearer(buyer, "dgt:purchase", "dgt:read"))
    offers = session.get(f"{live}/api/dgt/packages", timeout=30).json()
    package, chain = offers["results"][2], offers["chains"][0]
    body = {"package_id": package["id"], "chain_id": chain["chain_id"], "price_micro_usdt": 17_990_000, "dgt": 1_300}
    made = session.post(f"{live}{PURCHASE}", json=body, headers={"Idempotency-Key": "k-1"}, timeout=30)
    order = made.json()["order"]
    assert (made.status_code, order["state"]) == (201, "pending")
    tx = usdt.pay(order["usdt"]["address"], int(order["usdt"]["amount"]))
    hinted = session.post(f"{live}{PURCHASE}", json={"order_id": order["id"], "tx_hash": tx}, timeout=30)
    assert hinted.status_code == 202
    outbox.deliver_due()
    [seen] = session.get(f"{live}{HISTORY}", timeout=30).json()["results"]
    assert (seen["state"], seen["usdt"]["transfers"][0]["tx_hash"]) == ("processing", tx)
    usdt.mine(FINAL)
    watched()
    [done] = session.get(f"{live}{HISTORY}", timeout=30).json()["results"]
    assert (done["state"], done["credited_dgt"], done["usdt"]["transfers"][0]["state"]) == ("credited", 1_300, "final")
    assert wallet(buyer) == (1_300, 0, 0)
