"""Buying over requests: what is confirmed, sent once or twice, refused, given to somebody else."""

import dataclasses
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from degentalk.core import switches
from degentalk.core.templatetags.degen import moment
from paths import services as paths
from paths.models import PathPolicy, XpPath
from shop import services as shop
from shop.api import purchase
from shop.models import DgtUnlock, DgtUnlockLog, ShopPolicy
from shop.services.acquiring import BUYING
from shop.views import buying
from tests import make
from tests.html import html_of, main_of
from tests.shop.selling import balance, buy, rich, unlock
from wallet import services as wallet
from xp.models import XpBoost

pytestmark = pytest.mark.usefixtures("committed_db")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice(committed_db):
    return rich("alice", 100)


@pytest.fixture
def bob(committed_db):
    return rich("bob", 100)


@pytest.fixture
def page(window, alice):
    """Alice's browser."""
    return window(alice)


def send(client, row, *, price=None, key="", htmx=False, how="buy", **fields):
    price = row.cost_dgt if price is None else price
    sent = {"price": price, "key": key or f"form-{make.serial()}", **fields}
    return client.post(f"/shop/{row.pk}/{how}", sent, headers=HTMX if htmx else {})


def give(client, row, to="bob", **fields):
    return send(client, row, how="give", to=to, **fields)


def figures(shown):
    return [int(figure.replace(",", "")) for figure in re.findall(r'<dd class="num">.*?([\d,]+) DGT</dd>', shown)]


def key_in(shown):
    return re.search(r'name="key" value="([^"]*)"', shown)[1]


def price_in(shown):
    return re.search(r'name="price" value="([^"]*)"', shown)[1]


# ── Confirming ──


def test_the_price_and_both_balances_are_shown_before_anything_is_bought(page, alice):
    row = unlock(cost=40)
    shown = main_of(page.get(f"/shop/{row.pk}/buy"))
    assert figures(shown) == [40, 100, 60]
    assert "Unlock for 40 DGT" in shown
    assert (price_in(shown), balance(alice)) == ("40", 100)


@pytest.mark.parametrize(
    ("days", "words"), [(14, "Within 14 days staff can"), (1, "Within a day staff can"), (0, "Purchases are final")]
)
def test_the_rule_of_refunds_is_said_before(page, days, words):
    ShopPolicy.objects.update(refund_days=days)
    assert words in main_of(page.get(f"/shop/{unlock().pk}/buy"))


def test_a_boost_that_runs_is_said_before_another_is_bought(page, alice, bob):
    row, words = unlock("xp_boost"), "A boost of yours runs until"
    first = buy(alice, row)
    assert words not in main_of(page.get(f"/shop/{row.pk}/buy"))
    shop.use(user=alice, item_id=first.pk)
    ends_at = moment(XpBoost.objects.get().ends_at)
    assert f"{words} {ends_at}: you can start this one then." in main_of(page.get(f"/shop/{row.pk}/buy"))
    assert words in html_of(page.get(f"/shop/{row.pk}/buy", headers=HTMX))
    assert words not in main_of(page.get(f"/shop/{row.pk}/give"))
    assert send(page, row).status_code == 303


def test_a_boost_that_is_over_or_of_somebody_else_says_nothing(page, alice, bob):
    row = unlock("xp_boost")
    shop.use(user=bob, item_id=buy(bob, row).pk)
    XpBoost.objects.create(
        user=alice, multiplier_bps=20_000, source="unlock:0", created_at=timezone.now(),
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    assert "A boost of yours" not in main_of(page.get(f"/shop/{row.pk}/buy"))


def test_a_path_switch_says_when_switching_is_free(page, alice):
    row, words = unlock("path_switch"), "Choosing another path is free for you at the moment"
    assert words in main_of(page.get(f"/shop/{row.pk}/buy"))
    paths.choose_primary(user=alice, path_id=XpPath.objects.first().pk)
    assert words not in main_of(page.get(f"/shop/{row.pk}/buy"))
    PathPolicy.objects.update(switch_cooldown_hours=0)
    assert words in main_of(page.get(f"/shop/{row.pk}/buy"))
    assert words not in main_of(page.get(f"/shop/{row.pk}/give"))
    assert send(page, row).status_code == 303


def test_htmx_gets_a_dialog(page):
    shown = html_of(page.get(f"/shop/{unlock().pk}/buy", headers=HTMX))
    assert shown.startswith('<dialog class="modal" aria-labelledby="dialog-heading">')


def test_what_cannot_be_bought_has_no_button_to_confirm(page):
    rows = [unlock(cost=101), unlock(min_level=9), unlock(stock=0)]
    shown = [main_of(page.get(f"/shop/{row.pk}/buy")) for row in rows]
    assert [text.count('id="purchase"') for text in shown] == [0, 0, 0]
    assert "1 short" in shown[0]


# ── Bought ──


def test_a_purchase_leads_to_the_unlock_and_says_so(page, alice):
    row = unlock(cost=40)
    answer = send(page, row)
    assert (answer.status_code, answer["Location"], balance(alice)) == (303, row.get_absolute_url(), 60)
    shown = html_of(page.get(row.get_absolute_url()))
    assert "“Test avatar_frame” is yours" in shown
    item = DgtUnlockLog.objects.get()
    assert f'action="/shop/mine/{item.pk}/wear"' in shown


def test_htmx_gets_the_new_balance_and_the_shelves_hear_of_it(page):
    answer = send(page, unlock(cost=40), htmx=True)
    shown = html_of(answer)
    assert '<span class="num" hx-swap-oob="outerHTML:.chip-balance .num">60</span>' in shown
    assert "is yours" in shown
    assert answer["HX-Trigger"] == '{"shop-changed": {}}'


def test_l9_the_same_form_sent_again_is_one_purchase_and_the_same_answer(page, alice):
    row = unlock("xp_boost", cost=40)
    first, second = (send(page, row, key="form-1") for _ in range(2))
    assert (second.status_code, second["Location"]) == (first.status_code, first["Location"])
    assert (DgtUnlockLog.objects.count(), balance(alice)) == (1, 60)
    assert html_of(page.get(row.get_absolute_url())).count("is yours") == 1


def test_l10_a_key_with_another_price_moves_nothing(page, alice):
    row = unlock("xp_boost", cost=40)
    send(page, row, key="form-1")
    answer = send(page, row, price=41, key="form-1")
    assert (answer.status_code, balance(alice)) == (422, 60)


@pytest.mark.parametrize("key", ["", " ", "ключ", "x" * 201])
def test_l11_without_a_usable_key_nothing_moves_and_the_form_brings_one(page, alice, key):
    row = unlock(cost=40)
    answer = page.post(f"/shop/{row.pk}/buy", {"price": 40, "key": key})
    assert (answer.status_code, balance(alice)) == (422, 100)
    shown = html_of(answer)
    assert "This form had lost a part on the way." in shown
    assert send(page, row, key=key_in(shown)).status_code == 303


@pytest.mark.parametrize("price", ["", "0", "-40", "4e1", "40.0", str(10**30)])
def test_a_price_that_is_none_buys_nothing_and_the_form_shows_the_real_one(page, alice, price):
    answer = send(page, unlock(cost=40), price=price)
    assert (answer.status_code, balance(alice), price_in(html_of(answer))) == (422, 100, "40")


def test_an_address_that_somebody_kept_buys_nothing(page, alice):
    row = unlock()
    page.get(f"/shop/{row.pk}/buy", {"price": 40, "key": "k"})
    assert balance(alice) == 100


# ── Refused ──


def test_l18_a_changed_price_is_confirmed_again_with_the_new_one(page, alice):
    row = unlock(cost=40)
    DgtUnlock.objects.filter(pk=row.pk).update(cost_dgt=55)
    answer = send(page, row, price=40, key="form-1")
    shown = main_of(answer)
    assert (answer.status_code, balance(alice)) == (422, 100)
    assert "The price has changed: it is 55 DGT now. Nothing was bought." in shown
    assert (price_in(shown), figures(shown), key_in(shown) != "form-1") == ("55", [55, 100, 45], True)
    assert send(page, row, price=55, key=key_in(shown)).status_code == 303


def test_the_last_one_that_somebody_else_took_is_said_beside_the_form(page, alice):
    row = unlock(cost=40, stock=0)
    shown = main_of(send(page, row))
    assert "Sold out: somebody else took the last one." in shown
    assert ('id="purchase"' in shown, balance(alice)) == (False, 100)


def test_too_little_dgt_is_said_beside_the_form(page):
    shown = main_of(send(page, unlock(cost=250)))
    assert "You have 100 DGT; this needs 250: 150 DGT short." in shown
    assert "How to get DGT" in shown


def test_a_closed_gate_is_said_beside_the_form(page):
    shown = main_of(send(page, unlock(min_level=9)))
    assert "Reach level 9 first: you have level 1." in shown


def test_what_one_has_already_is_said_and_can_be_worn(page, alice):
    row = unlock()
    buy(alice, row)
    shown = main_of(send(page, row))
    assert "You have it already." in shown
    assert "/wear" in shown


@pytest.mark.parametrize("how", ["buy", "give"])
def test_a_closed_shop_says_so_whatever_was_sent(page, bob, how):
    row, root = unlock(), make.user("root", is_staff=True, is_superuser=True)
    switches.set_switch(name="shop", is_on=False, actor=root, reason="Prices are wrong")
    shown = main_of(send(page, row, how=how, **({"to": "bob"} if how == "give" else {})))
    assert "Switched off for the moment: The shop." in shown
    assert 'id="purchase"' not in shown


def test_a_frozen_wallet_says_so_whatever_was_sent(page, alice):
    wallet.freeze(user=alice, actor=make.user("root", is_staff=True, is_superuser=True), reason="We look into it")
    answer = send(page, unlock())
    assert answer.status_code == 422
    assert 'role="alert"' in html_of(answer)
    assert DgtUnlockLog.objects.count() == 0


def test_somebody_who_is_signed_out_is_asked_to_sign_in(client):
    row = unlock()
    answers = [client.post(f"/shop/{row.pk}/buy", {"price": 40}, headers=headers) for headers in ({}, HTMX)]
    assert [answer.status_code for answer in answers] == [303, 401]


# ── Gifts ──


def test_a_gift_reaches_the_other_with_the_note(page, alice, bob):
    row = unlock(cost=40)
    answer = give(page, row, "@BOB", note="For the\u202e help")
    assert (answer.status_code, balance(alice)) == (303, 60)
    item = DgtUnlockLog.objects.get()
    assert (item.user, item.payer, item.kind, item.note) == (bob, alice, "gift", "For the help")
    assert "bob has “Test avatar_frame” from you now" in html_of(page.get(row.get_absolute_url()))
    assert bob.notifications.get(kind="shop").text == "alice gave you “Test avatar_frame”. They say: For the help"


def test_the_form_of_a_gift_suggests_members(page):
    shown = main_of(page.get(f"/shop/{unlock().pk}/give"))
    assert 'hx-get="/wallet/recipients"' in shown
    assert '<datalist id="recipients">' in shown
    assert "Give for 40 DGT" in shown


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("nobody", "There is no member called “nobody”."),
        ("alice", "A gift is for somebody else: buy it for yourself instead."),
        ("", "Say who gets it."),
    ],
)
def test_who_cannot_be_given_anything_is_said_beside_the_name(page, alice, bob, to, words):
    answer = give(page, unlock(), to, note="For you")
    assert (answer.status_code, balance(alice)) == (422, 100)
    shown = html_of(answer)
    assert re.search(rf'id="id_to_error"[^>]*>.*?{words}', shown)
    assert 'value="For you"' in shown


def test_a_receiver_who_has_it_already_is_said_beside_the_name(page, alice, bob):
    row = unlock()
    buy(bob, row)
    answer = give(page, row)
    assert (answer.status_code, balance(alice)) == (422, 100)
    assert re.search(r'id="id_to_error"[^>]*>.*?bob has it already', html_of(answer))


def test_what_is_no_gift_is_said_in_place_of_the_button(page, bob):
    row = unlock(is_giftable=False)
    assert 'id="purchase"' not in main_of(page.get(f"/shop/{row.pk}/give"))
    assert "This cannot be given as a gift." in main_of(give(page, row))


def test_a_gate_is_judged_for_whoever_gets_it(page, alice, bob):
    row = unlock(cost=40, min_level=2)
    shown = html_of(give(page, row))
    assert "bob needs level 2 and has level 1." in shown


def test_a_note_that_is_too_long_is_said_beside_it(page, alice, bob):
    answer = give(page, unlock(), note="x" * 281)
    assert (answer.status_code, balance(alice)) == (422, 100)
    assert 'id="id_note_error"' in html_of(answer)


def test_l12_a_refused_purchase_stays_refused_for_its_key(page, alice):
    row = unlock(cost=140)
    send(page, row, key="form-1")
    wallet.credit(user=alice, amount=100, source="rewards", key="gift:more", description="")
    assert send(page, row, key="form-1").status_code == 422
    assert balance(alice) == 200


def test_who_tries_too_often_is_told_when_to_go_on(page):
    row = unlock(cost=1_000)
    answers = [send(page, row) for _ in range(31)]
    assert "That was too often." in html_of(answers[-1])


def test_a_sale_that_ended_meanwhile_costs_what_it_costs_now(page, alice):
    now = timezone.now()
    row = unlock(cost=40, sale_cost_dgt=20, sale_starts_at=now.replace(year=2020), sale_ends_at=now.replace(year=2021))
    shown = main_of(send(page, row, price=20))
    assert "it is 40 DGT now" in shown
    assert balance(alice) == 100


@pytest.mark.parametrize("how", ["buy", "give"])
def test_the_whole_page_of_a_form_is_left_once_it_is_done(page, alice, bob, how):
    row = unlock("xp_boost", cost=40)
    here = {**HTMX, "HX-Current-URL": f"http://testserver/shop/{row.pk}/{how}"}
    to = {"to": "bob"} if how == "give" else {}
    answer = page.post(f"/shop/{row.pk}/{how}", {"price": 40, "key": "form-whole", **to}, headers=here)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"/shop/{row.pk}")
    assert "DGT paid." in html_of(page.get(f"/shop/{row.pk}"))
    assert balance(alice) == 60


def test_attempts_on_pages_and_over_the_api_are_counted_together(page, client, alice, monkeypatch):
    few = dataclasses.replace(BUYING, most=2)
    for module in (buying, purchase):
        monkeypatch.setattr(module, "BUYING", few)
    row = unlock("xp_boost", cost=10)
    headers = {"Idempotency-Key": "one", "Authorization": f"Bearer {make.api_token(alice, 'shop:purchase')}"}
    api = client.post(f"/api/shop/purchase/{row.pk}", {"price": 10}, content_type="application/json", headers=headers)
    assert api.status_code == 201
    assert send(page, row).status_code == 303
    assert "too often" in main_of(send(page, row))
    assert balance(alice) == 80
