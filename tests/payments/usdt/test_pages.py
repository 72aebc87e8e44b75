"""The page of an order that is paid with USDT: where, how much, what has come; and the way there."""

import re

import pytest

from degentalk.core.switches import set_switch
from payments import services as payments
from payments.models import Order
from payments.states import State
from tests import make
from tests.html import main_of
from tests.payments.buying import wallet
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched, where
from tests.payments.usdt.entries import entry_of
from tests.payments.usdt.test_treasury import TREASURY, key, signed

QUERIES = 10


@pytest.fixture
def buyer(committed_db, usdt, client):
    opened()
    alice = make.verified(make.user("alice"))
    client.force_login(alice)
    return alice


@pytest.fixture
def order(buyer):
    return ordered(buyer)


def page(client, order, **headers) -> str:
    return client.get(order.get_absolute_url(), headers=headers).content.decode()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def hidden(html: str, button: str) -> dict[str, str]:
    """What the form with this button sends."""
    form = next(part for part in html.split("<form")[1:] if f'id="{button}"' in part.split("</form>")[0])
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))


# ── Ordering ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_package_can_be_bought_on_each_chain_once(client, usdt, buyer):
    html = client.get("/buy").content.decode()
    assert "17.99 USDT on Sandbox" in text(html)
    form = hidden(html, "usdt-trader-31337")
    answers = [client.post("/buy", form) for _ in range(2)]
    order = Order.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, order.get_absolute_url())] * 2
    assert (order.provider, order.state, order.price, order.currency) == ("usdt", "pending", 17_990_000, "usdt")


def test_a_price_that_changed_is_said_in_usdt_and_nothing_is_ordered(client, usdt, buyer):
    form = hidden(client.get("/buy").content.decode(), "usdt-trader-31337")
    refused = client.post("/buy", form | {"price": "1000000"})
    assert refused.status_code == 422
    assert "it is 1,300 DGT for 17.99 USDT now" in text(refused.content.decode())
    assert Order.objects.count() == 0


@pytest.mark.parametrize("change", [{"chain": "5"}, {"chain": "x"}, {"chain": ""}, {"package": "no"}])
def test_a_form_that_was_tampered_with_orders_nothing(client, usdt, buyer, change):
    form = hidden(client.get("/buy").content.decode(), "usdt-trader-31337")
    assert client.post("/buy", form | change).status_code == 422
    assert Order.objects.count() == 0


def test_where_no_chain_is_open_there_is_no_button_and_a_reason(client, usdt, buyer, clock):
    clock.move(minutes=20)
    html = client.get("/buy").content.decode()
    assert "usdt-trader-31337" not in html
    assert "No chain can be paid on right now" in text(html)


def test_a17_switched_off_there_is_no_button_and_a_reason(client, usdt, buyer):
    root = make.user("root", is_staff=True, is_superuser=True)
    set_switch(name="usdt", is_on=False, actor=root, reason="A drill")
    html = client.get("/buy").content.decode()
    assert "usdt-trader-31337" not in html
    assert "USDT:" in text(html)


def test_without_usdt_the_page_says_nothing_of_it(client, db, settings):
    settings.USDT_CHAINS = []
    assert "USDT" not in main_of(client.get("/buy"))


# ── The order ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u19_the_page_has_the_whole_address_the_amount_the_chain_and_a_code(client, usdt, order):
    html, deposit = page(client, order), where(order)
    assert f'id="usdt-address">{deposit.address}</p>' in html
    assert f'value="{deposit.address}"' in html
    assert 'value="17.99"' in html
    assert "USDT on Sandbox" in text(html)
    assert f"<title>QR code of the address {deposit.address}</title>" in html
    assert "minutes left to pay" in text(html)
    assert set(re.findall(r"(?<!\w)0x[0-9a-fA-F]{4,}", html)) == {deposit.address}


def test_u19_nothing_on_it_is_from_a_history(client, usdt, order, buyer):
    other = ordered(buyer)
    pay(usdt, other)
    usdt.poison(usdt.address(), where(order).address)
    settled(usdt, other)
    html = page(client, order)
    assert where(other).address not in html
    assert usdt.address() not in html
    assert "Not paid yet" in text(html)


def test_states_are_told_as_they_come(client, usdt, order):
    usdt.mine(9)
    assert "Nothing has come yet" in text(page(client, order))
    tx = pay(usdt, order)
    watched()
    seen = text(page(client, order))
    assert "Being confirmed" in seen
    assert "1 confirmation " in seen
    assert "4 blocks until it is final" in seen
    assert tx in page(client, order)
    usdt.mine(2)
    watched()
    assert "3 confirmations" in text(page(client, order))
    usdt.mine(FINAL)
    watched()
    done = text(page(client, order))
    assert "Its DGT are in your wallet" in done
    assert "Receipt" in done
    assert "minutes left" not in done


def test_u13_what_is_missing_is_said_to_the_last_digit(client, usdt, order):
    pay(usdt, order, part=where(order).amount - 1)
    settled(usdt, order)
    html = page(client, order)
    assert "17.989999 USDT have come" in text(html)
    assert 'value="0.000001"' in html


def test_u13_what_was_too_much_is_on_the_receipt(client, usdt, order):
    pay(usdt, order, mode="over")
    settled(usdt, order)
    assert "Paid above the price 1.799 USDT" in text(page(client, order))


def test_u19_dust_is_not_shown(client, usdt, order):
    pay(usdt, order, part=1)
    settled(usdt, order)
    assert "0.000001" not in page(client, order)


def test_u17_while_the_chain_cannot_be_read_that_is_said(client, usdt, order, clock):
    pay(usdt, order)
    watched()
    for name in ("main", "second"):
        usdt.set_faults(name, mode="500")
    clock.move(minutes=5)
    watched()
    said = text(page(client, order))
    assert "cannot be read right now" in said
    assert "Being confirmed" in said


def test_when_the_time_is_over_the_address_is_gone_and_what_to_do_is_said(client, usdt, order, clock):
    clock.move(hours=2)
    usdt.mine()
    watched()
    payments.close_expired()
    html = page(client, order)
    assert 'id="usdt-address"' not in html
    assert "found and credited" in text(html)
    assert "Order again" in text(html)


def test_u13_where_a_part_came_the_address_stays_after_the_time(client, usdt, order, clock):
    pay(usdt, order, mode="short")
    settled(usdt, order)
    clock.move(hours=2)
    html = page(client, order)
    assert where(order).address in html
    assert "minutes left" not in text(html)


def test_the_part_that_is_live_asks_again_until_there_is_nothing_to_wait_for(client, usdt, order):
    html = page(client, order)
    assert 'hx-trigger="every 3s"' in html
    pay(usdt, order)
    settled(usdt, order)
    asks_again = {"HX-Request": "true", "HX-Target": "usdt-live"}
    answer = client.get(order.get_absolute_url(), headers=asks_again)
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#order", "#order")
    assert 'hx-trigger="every 3s"' not in answer.content.decode()
    assert 'hx-swap-oob="outerHTML:.chip-balance .num"' in answer.content.decode()


def test_pages_ask_the_database_a_fixed_number_of_questions(client, usdt, order, django_assert_num_queries):
    page(client, order)  # the first visit of the day earns something
    with django_assert_num_queries(QUERIES):
        page(client, order)
    for _ in range(3):
        pay(usdt, order, part=20_000)
    watched()
    with django_assert_num_queries(QUERIES):
        page(client, order)


def test_an_order_of_another_is_none(client, usdt, order):
    client.force_login(make.verified(make.user("mallory")))
    addresses = [order.get_absolute_url() + part for part in ("", "/statement?wallet=0x")]
    forms = [order.get_absolute_url() + part for part in ("/transaction", "/wallet", "/play", "/pay")]
    assert {client.get(one).status_code for one in addresses} == {404}
    assert {client.post(one).status_code for one in forms} == {404}


# ── Hints ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u22_the_same_is_said_of_every_transaction(client, usdt, order):
    foreign = usdt.pay("0x" + "ab" * 20, 1)
    for tx in ("0x" + "12" * 32, foreign, pay(usdt, order)):
        answer = client.post(f"{order.get_absolute_url()}/transaction", {"tx_hash": tx}, follow=True)
        assert "If it pays this order, it shows here within a minute" in text(answer.content.decode())


def test_what_is_no_hash_is_said_beside_the_field(client, usdt, order):
    answer = client.post(f"{order.get_absolute_url()}/transaction", {"tx_hash": "nonsense"})
    assert answer.status_code == 422
    assert "That is no transaction hash" in text(answer.content.decode())
    assert where(order).address in answer.content.decode()


# ── Wallets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u18_a_treasury_is_shown_after_the_wallet_was_proved(client, usdt, buyer, settings):
    settings.USDT_CHAINS = [entry_of(usdt, xpub="", treasury=TREASURY)]
    opened()
    order, wallet_of_buyer = ordered(buyer), key(usdt)
    html = page(client, order)
    assert TREASURY not in html
    assert "Show first which wallet is yours" in text(html)
    wrong = client.get(f"{order.get_absolute_url()}/statement", {"wallet": "0x12"})
    assert wrong.status_code == 422
    asked = client.get(f"{order.get_absolute_url()}/statement", {"wallet": wallet_of_buyer.address})
    assert str(order.public_id) in asked.content.decode()
    form = {"wallet": wallet_of_buyer.address, "signature": "0x" + "11" * 65}
    refused = client.post(f"{order.get_absolute_url()}/wallet", form)
    assert refused.status_code == 422
    assert "This signature is not of that wallet" in text(refused.content.decode())
    form["signature"] = signed(order, wallet_of_buyer)
    assert client.post(f"{order.get_absolute_url()}/wallet", form).status_code == 303
    html = page(client, order)
    assert f'id="usdt-address">{TREASURY}</p>' in html
    assert f"Pay from your wallet {wallet_of_buyer.address} only" in text(html)


# ── The sandbox ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "state"), [("exact", State.CREDITED), ("short", State.UNDERPAID), ("over", State.CREDITED)]
)
def test_in_development_the_sandbox_wallet_pays(client, usdt, order, settings, mode, state):
    settings.USDT_SANDBOX_URL = usdt.home
    assert "Pay from the sandbox wallet" in text(page(client, order))
    assert client.post(f"{order.get_absolute_url()}/play", {"mode": mode}).status_code == 303
    assert settled(usdt, order).state == state


def test_in_development_it_pays_late_too(client, usdt, order, settings):
    settings.USDT_SANDBOX_URL = usdt.home
    client.post(f"{order.get_absolute_url()}/play", {"mode": "late"})
    assert [held["to"] for held in usdt.held()] == [where(order).address]


def test_where_no_sandbox_stands_in_nobody_plays(client, usdt, order, settings):
    assert settings.USDT_SANDBOX_URL == ""
    assert "sandbox wallet" not in page(client, order)
    assert client.post(f"{order.get_absolute_url()}/play", {"mode": "exact"}).status_code == 404


def test_a_sandbox_that_does_not_answer_is_said(client, usdt, order, settings):
    settings.USDT_SANDBOX_URL = "http://127.0.0.1:9"
    answer = client.post(f"{order.get_absolute_url()}/play", {"mode": "exact"}, follow=True)
    assert "The sandbox does not answer" in text(answer.content.decode())
    assert (again(order).state, wallet(order.user)) == (State.PENDING, (0, 0, 0))
