"""The wallet page's history: filters in the address, pages, and what stands above it when something is the matter."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.html import main_of
from tests.wallet.test_ledger import give
from tests.wallet.test_views import lines
from wallet import services as wallet
from wallet.models import WalletPolicy

pytestmark = pytest.mark.django_db
BEGINNING = datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.fixture
def alice(client):
    return make.signed_in(client, make.verified(make.user("alice")))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def amounts(answer):
    return [entry.amount for entry in answer.context.get("entries") or []]


def a_life(alice, bob):
    """Three days at 23:00 UTC: +100, −40 to bob, +15 from bob."""
    with clock.at(BEGINNING):
        give(alice, 100)
    with clock.at(BEGINNING + timedelta(days=1)):
        wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    with clock.at(BEGINNING + timedelta(days=2)):
        wallet.transfer(sender=bob, receiver=alice, amount=15, key="transfer:2")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [15, -40, 100]),
        ("kind=&direction=&since=&until=", [15, -40, 100]),
        ("kind=transfer", [15, -40]),
        ("kind=credit", [100]),
        ("direction=in", [15, 100]),
        ("direction=out", [-40]),
        ("since=2026-11-21", [15, -40]),
        ("until=2026-11-21", [-40, 100]),
        ("since=2026-11-21&until=2026-11-21", [-40]),
        ("kind=transfer&direction=in&since=2026-11-22", [15]),
        ("utm_source=mail", [15, -40, 100]),
    ],
)
def test_l26_the_address_says_what_is_listed(client, alice, bob, query, expected):
    a_life(alice, bob)
    assert amounts(client.get(f"/wallet?{query}")) == expected


def test_days_are_those_of_the_members_time_zone(client, alice, bob):
    a_life(alice, bob)
    alice.time_zone = "Asia/Tokyo"  # where each of these moments is on the next day
    alice.save()
    assert amounts(client.get("/wallet?since=2026-11-22&until=2026-11-22")) == [-40]


def test_active_filters_are_counted_and_one_click_clears_them(client, alice, bob):
    a_life(alice, bob)
    page = main_of(client.get("/wallet?kind=transfer&direction=in"))
    assert "2 active" in page
    assert '<a class="btn ghost" id="filter-clear" href="/wallet?">Clear</a>' in page
    assert '<details class="filter-box" open>' in page


def test_without_a_filter_there_is_nothing_to_clear(client, alice):
    page = main_of(client.get("/wallet"))
    assert ("filter-clear" in page, '<details class="filter-box">' in page) == (False, True)


def test_the_form_shows_what_is_filtered(client, alice):
    page = main_of(client.get("/wallet?kind=tip&since=2026-11-21"))
    assert '<option value="tip" selected>Tip</option>' in page
    assert '<input type="date" name="since" value="2026-11-21"' in page


def test_a_filter_that_finds_nothing_says_so(client, alice):
    give(alice, 100)
    page = main_of(client.get("/wallet?kind=tip"))
    assert ("No movement of DGT fits this filter." in page, "No DGT has moved yet" in page) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        "kind=gift",
        "direction=sideways",
        "since=yesterday",
        "since=2026-02-30",
        "until=9999-12-31",
        "since=%00",
    ],
)
def test_a_filter_that_cannot_be_right_says_so_beside_the_field(client, alice, query):
    give(alice, 100)
    answer = client.get(f"/wallet?{query}")
    name = query.split("=")[0]
    assert (answer.status_code, list(answer.context["filter"].errors), amounts(answer)) == (422, [name], [])
    assert "filter-clear" in main_of(answer)


def test_days_in_the_wrong_order_are_said_beside_the_later_one(client, alice):
    give(alice, 100)
    answer = client.get("/wallet?since=2026-11-22&until=2026-11-21")
    assert (answer.status_code, amounts(answer)) == (422, [])
    assert dict(answer.context["filter"].errors) == {"until": ["Choose this day or a later one than under “From”."]}


@pytest.mark.parametrize("query", ["account=zzz", "account=zzz&kind=tip"])
def test_an_account_that_is_none_is_said_where_the_list_would_be(client, alice, query):
    give(alice, 100)
    answer = client.get(f"/wallet?{query}")
    page = main_of(answer)
    assert (answer.status_code, amounts(answer)) == (422, [])
    assert ("There is no such account. Choose one of those above." in page, "marked fields" in page) == (True, False)
    assert ('href="?account=member"' in page, 'value="zzz"' in page) == (True, False)


def test_pages_keep_the_filter(client, alice, bob):
    give(alice, 100)
    for serial in range(30):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key=f"transfer:{serial}")
    first = client.get("/wallet?kind=transfer")
    link = f"/wallet?kind=transfer&amp;cursor={first.context['page'].next}"
    assert link.removeprefix("/wallet") in main_of(first).replace("%3A", ":")
    second = client.get(link.replace("&amp;", "&"))
    assert (amounts(first), amounts(second)) == ([-1] * 25, [-1] * 5)


def test_a_made_up_page_is_a_bad_request(client, alice):
    assert client.get("/wallet?cursor=forged").status_code == 400


def test_held_and_owed_dgt_have_histories_of_their_own(client, alice):
    give(alice, 100)
    wallet.hold(user=alice, amount=30, key="hold:1", description="An order")
    answer = client.get("/wallet?account=held")
    assert amounts(answer) == [30]
    assert '<a id="account-held" href="?account=held" aria-current="true">Held</a>' in main_of(answer)


@pytest.mark.parametrize(
    ("account", "sentence"), [("held", "Nothing was ever set aside"), ("debt", "You have never owed anything")]
)
def test_an_account_that_was_never_used_says_so_in_words_of_its_own(client, alice, account, sentence):
    give(alice, 100)
    page = main_of(client.get(f"/wallet?account={account}"))
    assert (sentence in page, "No DGT has moved yet" in page) == (True, False)
    assert "No movement of DGT fits this filter." in main_of(client.get(f"/wallet?account={account}&kind=tip"))


def test_who_never_held_or_owed_anything_has_nothing_to_choose(client, alice):
    give(alice, 100)
    assert 'id="account-' not in main_of(client.get("/wallet"))


def test_nobody_elses_movements_are_listed(client, alice, bob):
    give(bob, 100)
    assert amounts(client.get("/wallet")) == []


# ── What is the matter ──


def test_dgt_bought_lately_is_named_with_when_it_may_be_sent(client, alice):
    with clock.at(BEGINNING):
        wallet.purchase(user=alice, amount=100, source="stripe", key="purchase:1", description="A pack")
    with clock.at(BEGINNING + timedelta(days=1)):
        page = main_of(client.get("/wallet"))
    assert "100 DGT of your balance were bought lately: you can spend them, but not send them yet." in page
    assert "All of it can be sent from 4 Dec 2026, 23:00 UTC on." in page
    assert "You can send up to 0 DGT now." in page


def test_a_debt_is_named_with_how_it_is_repaid(client, alice):
    give(alice, 100)
    wallet.claw_back(user=alice, amount=1_330, to="stripe", key="clawback:1", description="A dispute")
    page = main_of(client.get("/wallet"))
    assert "You owe 1,230 DGT." in page
    assert "Whatever comes in repays it first" in page
    assert amounts(client.get("/wallet?account=debt")) == [-1_230]


def owing(user, dgt):
    """A member who spent what was taken back."""
    wallet.claw_back(user=user, amount=dgt, to="stripe", key="clawback:1", description="A dispute")


def test_dgt_that_repaid_a_debt_are_in_the_history_of_the_balance_too(client, alice, bob):
    owing(alice, 100)
    give(bob, 200)
    wallet.transfer(sender=bob, receiver=alice, amount=60, key="transfer:1", description="rent")
    wallet.transfer(sender=bob, receiver=alice, amount=70, key="transfer:2")
    assert lines(client.get("/wallet")) == [
        "From bob · Transfer +30 DGT Balance 30",
        "From bob · Transfer · repaid what you owed +40 DGT Debt 0",
        "From bob · Transfer · repaid what you owed · “rent” +60 DGT Debt 40",
        "A dispute · Taken back · you owe it now −100 DGT Debt 100",
    ]
    assert amounts(client.get("/wallet?account=debt")) == [40, 60, -100]
    assert amounts(client.get("/wallet?direction=in&kind=transfer")) == [30, 40, 60]


def test_the_history_alone_has_them_too(client, alice):
    owing(alice, 100)
    give(alice, 60)
    assert lines(client.get(f"/wallet/users/{alice.pk}/history"))[0] == (
        "Welcome · Credit · repaid what you owed +60 DGT Debt 40"
    )


def test_a_frozen_wallet_says_so_with_the_reason_that_staff_gave(client, alice):
    root = make.user("root", is_staff=True, is_superuser=True)
    give(alice, 100)
    wallet.freeze(user=alice, reason="Two accounts, <b>one</b> wallet", actor=root)
    page = main_of(client.get("/wallet"))
    assert "Your wallet is frozen" in page
    assert "Reason: Two accounts, &lt;b&gt;one&lt;/b&gt; wallet" in page


def test_what_the_audit_found_is_not_told_to_the_member(client, alice):
    give(alice, 100)
    wallet.freeze(user=alice, reason="drift of 1 DGT", actor=None)
    page = main_of(client.get("/wallet"))
    assert ("Your wallet is frozen" in page, "drift" in page) == (True, False)


def test_a_wallet_without_any_of_this_shows_no_notice(client, alice):
    give(alice, 100)
    assert 'class="alert' not in main_of(client.get("/wallet"))


def test_the_most_that_can_be_sent_now_is_said(client, alice):
    give(alice, 5_000)
    WalletPolicy.objects.update(transfer_max_dgt=1_200)
    assert "You can send up to 1,200 DGT now." in main_of(client.get("/wallet"))


def test_at_its_worst_the_page_takes_ten_queries(client, alice, bob, django_assert_num_queries):
    root = make.user("root", is_staff=True, is_superuser=True)
    wallet.purchase(user=alice, amount=1_000, source="stripe", key="purchase:1", description="A pack")
    give(alice, 1_000)
    for serial in range(30):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key=f"transfer:{serial}")
    post = make.thread(bob).posts.get()
    wallet.tip(sender=alice, receiver=bob, amount=5, key="tip:1", cause=("post", post.pk))
    wallet.freeze(user=alice, reason="Looked into", actor=root)
    client.get("/wallet")
    with django_assert_num_queries(10):
        client.get("/wallet?since=2026-01-01")
