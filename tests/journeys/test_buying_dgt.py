"""A member buys DGT as a browser without script does it, over real HTTP, from the packages to the receipt; then the
money goes back. And the same by a program over the API."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from django.core import mail

from degentalk.accounts.models import Notification, User
from payments.models import Order
from tests import make
from tests.html import main_of
from tests.payments.buying import told, worked
from wallet.models import DgtTransaction

FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
PURCHASE = "/api/dgt/purchase/stripe"
SEEN = {"package_id": "trader", "price_cents": 1_799, "dgt": 1_300}


def chosen(page: str, package: str) -> dict[str, str]:
    """The hidden fields of the form of a package."""
    [form] = [form for form in FORM.findall(page) if f'value="{package}"' in form]
    return dict(FIELD.findall(form))


def listed(page: str) -> str:
    """What the list of orders says, in words."""
    rows = page.split('<ul class="rows orders">')[1].split("</ul>", maxsplit=1)[0]
    return " ".join(TAG.sub(" ", rows).split())


def pays(session: requests.Session, checkout: requests.Response) -> str:
    """Press the first button of the hosted page, without script; where it leads to afterwards."""
    assert "Pay with test card" in checkout.text
    here = urlsplit(checkout.url)
    answer = session.post(
        checkout.url, {"way": "pay"}, headers={"Origin": f"{here.scheme}://{here.netloc}"}, allow_redirects=False
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


@pytest.fixture
def alice(site, card):
    return site.member("alice")


def test_from_the_packages_to_the_receipt_and_back(alice, card):
    # She chooses a package, and is led to the page where it is paid.
    packages = alice.get("/buy").text
    checkout = alice.post("/buy", chosen(packages, "trader"))
    assert [answer.status_code for answer in checkout.history] == [303]
    assert checkout.url.startswith(f"{card.url}/c/pay/cs_test_")
    for words in ("Trader", "$17.99"):
        assert words in checkout.text
    order = Order.objects.get()
    own_page = f"/buy/orders/{order.public_id}"
    assert "Nothing was charged." in alice.get(own_page).text

    # She pays there. The webhook comes, a worker does the rest, and the page that she lands on says so.
    landing = pays(alice.session, checkout)
    assert landing.startswith(f"{alice.base}{own_page}/paid?session=")
    worked()  # the mail that greets a new member leaves first
    mail.outbox.clear()
    told(card)
    assert "1,300 DGT are yours" in main_of(alice.get(landing.removeprefix(alice.base)))

    # Every page says the same.
    assert "Bought: Trader" in alice.get("/wallet").text
    assert alice.get("/api/wallet/me").json()["balance"] == 1_300
    assert listed(alice.get("/buy/orders").text).startswith("Trader: 1,300 DGT ")
    assert listed(alice.get("/buy/orders").text).endswith(f" · $17.99 · {order.short_id} Paid")
    receipt = alice.get(own_page).text
    for words in (f"Receipt {order.short_id}", "+1,300 DGT", "$17.99", "Payment received"):
        assert words in receipt
    [message] = mail.outbox
    assert (message.to, message.subject) == (["alice@example.com"], "Receipt: 1,300 DGT")
    assert f"{alice.base}{own_page}" in message.body
    assert "You have 1,300 DGT more: your order is paid." in alice.get("/account/notifications").text

    # The history over the API and the ledger agree.
    [row] = alice.get("/api/dgt/purchase/history").json()["results"]
    assert (row["id"], row["state"], row["credited_dgt"], row["taken_dgt"]) == (
        str(order.public_id),
        "credited",
        1_300,
        0,
    )
    assert entries("alice") == [("purchase", 1_300)]

    # The money goes back, and with it the DGT.
    card.refund(order.stripe_session.session_id)
    told(card)
    receipt = alice.get(own_page).text
    for words in ("Refunded", "-1,300 DGT", "Taken back"):
        assert words.replace("-", "−") in receipt
    assert listed(alice.get("/buy/orders").text).endswith("1,300 DGT taken back Refunded")
    assert alice.get("/api/wallet/me").json()["balance"] == 0
    assert "Taken back: Trader was paid back" in alice.get("/wallet").text
    [row] = alice.get("/api/dgt/purchase/history").json()["results"]
    assert (row["state"], row["refunded"], row["taken_dgt"]) == ("refunded", 1_799, 1_300)
    assert entries("alice") == [("purchase", 1_300), ("clawback", -1_300)]
    texts = Notification.objects.filter(user__username="alice", kind="order").order_by("id")
    assert list(texts.values_list("text", flat=True)) == [
        "You have 1,300 DGT more: your order is paid.",
        "Your order was refunded: its 1,300 DGT were taken back.",
    ]


def entries(username: str) -> list[tuple[str, int]]:
    rows = DgtTransaction.objects.of(User.objects.get(username=username)).order_by("id")
    return list(rows.values_list("transaction_type", "amount"))


def test_a_program_that_asks_twice_with_one_key_buys_once(live, card):
    bob = make.verified(make.user("bob"))
    token = make.api_token(bob, "dgt:purchase", "dgt:read", "wallet:read")
    headers = {"Authorization": f"Bearer {token}"}

    def ask() -> requests.Response:
        return requests.post(f"{live}{PURCHASE}", json=SEEN, headers={**headers, "Idempotency-Key": "k-1"}, timeout=30)

    first, second = ask(), ask()
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()

    with requests.Session() as browser:
        pays(browser, browser.get(first.json()["pay_url"]))
    told(card)
    later = ask().json()
    assert (later["pay_url"], later["order"]["state"]) == (None, "credited")
    history = requests.get(f"{live}/api/dgt/purchase/history", headers=headers, timeout=30).json()["results"]
    assert [(row["id"], row["credited_dgt"]) for row in history] == [(first.json()["order"]["id"], 1_300)]
    assert requests.get(f"{live}/api/wallet/me", headers=headers, timeout=30).json()["balance"] == 1_300
    assert entries("bob") == [("purchase", 1_300)]
