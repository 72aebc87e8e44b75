"""The shelves: cards in every state, filters in the address, what is said at once, and what it costs to show."""

import re

import pytest

from degentalk.core import switches
from shop.models import DgtUnlock
from tests import make
from tests.html import html_of, main_of
from tests.shop.selling import buy, rich, unlock
from tests.shop.states import every_state
from tests.wallet.test_debt import in_debt
from wallet import services as wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return rich("alice", 420)


@pytest.fixture
def shelf(alice):
    return every_state(alice)


@pytest.fixture
def root():
    return make.user("root", is_staff=True, is_superuser=True)


def card(page, row):
    """The words of one card."""
    found = re.search(rf'<li class="card unlock" id="unlock-{row.pk}".*?</li>', page)
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


def names(page):
    return re.findall(r"<h3><a [^>]*>([^<]*)", page)


def only(*rows):
    """Nothing else is in the shop."""
    DgtUnlock.objects.exclude(pk__in=[row.pk for row in rows]).update(is_listed=False)


# ── States ──


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("available", "7 left Epic Gold frame A frame around your avatar: Gold. 40 DGT Unlock Gold frame"),
        ("short", "1,900 DGT 1,800 short How to get DGT"),
        ("locked", "20 DGT Reach level 45 44 levels to go"),
        ("locked_path", "20 DGT Reach level 5 of Analyst 5 levels to go"),
        ("sold_out", "25 DGT Sold out"),
        ("owned", "Owned Wear Chart Necromancer"),
        ("equipped", "Worn Take off Neon frame"),
        ("sale", "Before: 60 now: 30 DGT until"),
        ("consumable", "You have 2 Common Day boost ×2 on all XP for 24 hours"),
        ("not_yet", "10 DGT From"),
        ("over", "10 DGT Not sold any more"),
        ("limit", "40 DGT You have had the one you can have"),
    ],
)
def test_a_card_says_how_it_stands_and_what_can_be_done(window, alice, shelf, state, words):
    assert words in card(html_of(window(alice).get("/shop")), shelf[state])


def test_a_sale_says_how_much_it_takes_off(window, alice, shelf):
    assert "−50% in the sale" in card(html_of(window(alice).get("/shop")), shelf["sale"])


def test_only_what_can_be_bought_has_a_way_to_buy_it(window, alice, shelf):
    page = html_of(window(alice).get("/shop"))
    ways = {int(found) for found in re.findall(r'href="/shop/(\d+)/buy"', page)}
    assert ways == {shelf[state].pk for state in ("available", "sale", "consumable")}


def test_who_is_short_is_led_to_ways_that_exist(window, alice, shelf):
    page = html_of(window(alice).get("/shop"))
    assert 'href="/shop#get-dgt"' in page
    assert '<section class="card" id="get-dgt"' in page
    assert "Level 2 pays 20 DGT" in page


def test_a_visitor_sees_prices_and_is_asked_to_sign_in(client, alice, shelf):
    page = html_of(client.get("/shop"))
    assert "40 DGT Sign in to unlock : Gold frame" in card(page, shelf["available"])
    assert "id_affordable" not in page
    assert client.get(f"/shop/{shelf['available'].pk}/buy")["Location"].startswith("/account/login/?next=/shop/")


def test_an_unlock_that_left_the_shop_is_not_shown(window, alice):
    row = unlock("badge", name="Gone", is_listed=False)
    page = window(alice)
    assert "Gone" not in names(html_of(page.get("/shop")))
    assert [page.get(f"/shop/{row.pk}{part}").status_code for part in ("", "/buy", "/give")] == [404, 404, 404]


def test_names_of_unlocks_stay_text(window, alice):
    row = unlock("title", name="<b>&{{ 7|add:7 }}", unlock_data={"text": "<i>{{ 7 }}"})
    page = html_of(window(alice).get("/shop"))
    assert "&lt;b&gt;&amp;{{ 7|add:7 }}" in page
    assert "&lt;i&gt;{{ 7 }}" in page
    assert window(alice).get(row.get_absolute_url()).status_code == 200


# ── Filters ──


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?type=badge", {"Crown"}),
        ("?rarity=legendary", {"Aurora name"}),
        ("?type=avatar_frame&rarity=epic", {"Gold frame"}),
        ("?affordable=0", {"Aurora name"}),
        ("?owned=1", {"Chart Necromancer", "Neon frame", "Day boost", "One freeze"}),
        ("?type=avatar_frame&owned=0", {"Gold frame", "Genesis frame"}),
    ],
)
def test_filters_are_in_the_address(window, alice, shelf, query, found):
    assert set(names(html_of(window(alice).get(f"/shop{query}")))) == found


def test_active_filters_are_counted_and_one_click_clears_them(window, alice, shelf):
    page = html_of(window(alice).get("/shop?type=badge&affordable=1"))
    assert '<span class="chip xp">2 filters</span>' in page
    assert 'id="filter-clear" href="/shop">Clear</a>' in page
    assert "filter-clear" not in html_of(window(alice).get("/shop"))


def test_a_filter_keeps_the_others_and_followed_again_is_dropped(window, alice, shelf):
    page = html_of(window(alice).get("/shop?type=badge&affordable=1"))
    assert 'id="filter-rarity-epic" href="/shop?type=badge&amp;rarity=epic&amp;affordable=1"' in page
    assert re.search(r'id="filter-type-badge" href="/shop\?affordable=1" rel="nofollow" aria-current="true"', page)


def test_each_filter_says_how_much_it_would_show(window, alice, shelf):
    page = html_of(window(alice).get("/shop"))
    assert 'Avatar frame<span class="n">3</span>' in page
    assert 'Beyond my balance<span class="n">1</span>' in page


@pytest.mark.parametrize("query", ["type=nothing", "rarity=mythic", "affordable=yes", "owned=2"])
def test_a_filter_that_does_not_exist_is_a_bad_request(client, query):
    assert client.get(f"/shop?{query}").status_code == 400


def test_nothing_found_offers_everything(window, alice, shelf):
    page = main_of(window(alice).get("/shop?type=badge&rarity=common"))
    assert "Nothing in the shop fits these filters." in page
    assert '<a class="btn sm" href="/shop">Show everything</a>' in page


def test_an_empty_shop_says_so(client):
    only()
    assert "The shelves are empty" in main_of(client.get("/shop"))


# ── Said at once ──


def closed_cards(page):
    return re.findall(r'<span class="closed"><svg.*?</svg>([^<]*)</span>', page)


def test_a_closed_shop_says_so_in_place_of_the_buttons(window, alice, root):
    row = unlock()
    only(row)
    switches.set_switch(name="shop", is_on=False, actor=root, reason="Prices are wrong")
    page = main_of(window(alice).get("/shop"))
    assert "The shop is closed for the moment." in page
    assert (closed_cards(page), "/buy" in page) == (["The shop is closed"], False)


def test_a_frozen_wallet_says_so_in_place_of_the_buttons(window, alice, root):
    row = unlock()
    only(row)
    wallet.freeze(user=alice, actor=root, reason="We look into it")
    page = main_of(window(alice).get("/shop"))
    assert "Reason: We look into it" in page
    assert (closed_cards(page), "/buy" in page) == (["Your wallet is frozen"], False)


def test_who_owes_dgt_is_told_so(window, root):
    bob = make.user("bob")
    in_debt(bob)
    page = main_of(window(bob).get("/shop"))
    assert "until it is repaid you can neither spend nor send DGT." in page


# ── One unlock ──


def test_a_page_of_its_own_says_all_there_is(window, alice, shelf):
    page = main_of(window(alice).get(shelf["sale"].get_absolute_url()))
    assert "<h1>Rose name</h1>" in page
    assert "On sale until" in page
    assert f'href="/shop/{shelf["sale"].pk}/give"' in page


@pytest.mark.parametrize("fields", [{"is_giftable": False}, {"cost": 10_000}, {"stock": 0}])
def test_what_cannot_be_given_now_offers_no_gift(window, alice, fields):
    row = unlock(**fields)
    assert "/give" not in main_of(window(alice).get(row.get_absolute_url()))


def test_what_one_owns_can_still_be_given(window, alice):
    row = unlock()
    buy(alice, row)
    assert f"/shop/{row.pk}/give" in main_of(window(alice).get(row.get_absolute_url()))


# ── What it costs ──


@pytest.mark.parametrize("more", [0, 20])
def test_the_shop_costs_twelve_queries_however_much_is_in_it(
    window, alice, shelf, more, django_assert_max_num_queries, settings
):
    for number in range(more):
        unlock("badge", name=f"Badge {number}")
        buy(alice, unlock("xp_boost", cost=1, name=f"Boost {number}"))
    page = window(alice)
    page.get("/shop")
    with django_assert_max_num_queries(12):
        page.get("/shop")


def test_the_shop_costs_a_visitor_four_queries(client, shelf, django_assert_max_num_queries):
    client.get("/shop")
    with django_assert_max_num_queries(4):
        client.get("/shop")


def test_what_its_type_does_not_know_any_more_is_left_out_and_kept_by_who_has_it(client, alice):
    gone = unlock("avatar_frame", name="Gone frame")
    unlock("title", name="Oracle")
    item = buy(alice, gone)
    DgtUnlock.objects.filter(pk=gone.pk).update(unlock_data={"frame": "no-more"})
    make.signed_in(client, alice)
    assert "Oracle" in names(html_of(client.get("/shop")))
    assert "Gone frame" not in html_of(client.get("/shop"))
    assert client.get(f"/shop/{gone.pk}").status_code == 404
    assert {row["id"] for row in client.get("/api/shop/unlocks").json()["results"]}.isdisjoint({gone.pk})
    assert (item.name, client.get("/me?tab=unlocks").status_code) == ("Gone frame", 200)
