"""The shop over the API: reading, buying with a key, wearing and using."""

import pytest
import requests
from django.urls import reverse

from degentalk.accounts.models import User
from shop.models import DgtUnlock, DgtUnlockLog
from tests import make
from tests.shop.selling import balance, buy, rich, unlock
from tests.signing_in import sign_in
from tests.threads import together
from wallet import services as wallet

UNLOCKS, MINE = "/api/shop/unlocks", "/api/shop/me/unlocks"


def purchase(client, row, key="k-1", **body):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"price": row.cost_dgt} | body
    return client.post(f"/api/shop/purchase/{row.pk}", body, content_type="application/json", headers=headers)


def bearer(user, *scopes):
    return {"Authorization": f"Bearer {make.api_token(user, *scopes)}"}


@pytest.fixture
def alice(committed_db, client):
    return sign_in(client, rich())


def test_everybody_reads_what_is_for_sale(db, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        found = client.get(UNLOCKS).json()["results"]
    assert len(found) == 12
    one = client.get(f"{UNLOCKS}/{found[0]['id']}").json()
    assert one == found[0]
    assert (one["state"], one["gap"] >= 0, one["says"] != "") == ("available", True, True)


def page_after_page(client, link):
    """The ids of each page, from this one to the last."""
    pages = []
    while link:
        answer = client.get(link).json()
        pages.append([found["id"] for found in answer["results"]])
        link = answer["next"]
    return pages


def test_the_shelf_comes_in_pages_of_fifty_in_its_order(db, client):
    for number in range(45):
        unlock(name=f"More {number}", position=number % 3)
    shelf = list(DgtUnlock.objects.order_by("position", "id").values_list("pk", flat=True))
    assert page_after_page(client, UNLOCKS) == [shelf[:50], shelf[50:]]


def test_a_page_link_of_the_shelf_keeps_its_filter_and_leads_back(db, client):
    for number in range(51):
        unlock("badge", name=f"Gold {number}", rarity="legendary")
    first = client.get(f"{UNLOCKS}?rarity=legendary&type=badge").json()
    second = client.get(first["next"]).json()
    assert {found["rarity"] for found in second["results"]} == {"legendary"}
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_a_page_link_that_is_none_is_refused(db, client):
    answer = client.get(f"{UNLOCKS}?cursor=nonsense")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


def test_what_left_the_shop_is_not_found(db, client):
    row = unlock(is_listed=False)
    assert client.get(f"{UNLOCKS}/{row.pk}").status_code == 404
    assert client.get(f"{UNLOCKS}/999999").status_code == 404


@pytest.mark.parametrize("query", ["type=hologram", "rarity=mythic", "affordable=yes", "owned=2", "colour=red"])
def test_a_filter_that_does_not_exist_is_refused(db, client, query):
    assert client.get(f"{UNLOCKS}?{query}").status_code == 400


def test_filters_ask_by_type_rarity_purse_and_possession(client, alice):
    DgtUnlock.objects.all().update(is_listed=False)
    frame, dear = unlock("avatar_frame", cost=40), unlock("title", cost=400, rarity="epic")
    buy(alice, frame)

    def names(query):
        return [found["id"] for found in client.get(f"{UNLOCKS}?{query}").json()["results"]]

    assert names("type=title") == names("rarity=epic") == names("affordable=0") == names("owned=0") == [dear.pk]
    assert names("owned=1") == names("affordable=1") == names("type=avatar_frame&rarity=common") == [frame.pk]
    assert names("type=title&owned=1") == []


def test_buying_answers_with_the_piece_and_the_balance(client, alice):
    row = unlock()
    answer = purchase(client, row)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["balance_after"], body["item"]["name"], body["item"]["state"]) == (60, row.name, "owned")
    assert client.get(MINE).json()["results"] == [body["item"]]


def test_l11_without_a_key_nothing_is_bought(client, alice):
    assert purchase(client, unlock(), key=None).status_code == 400
    assert balance(alice) == 100


def test_l9_the_same_key_and_body_is_one_purchase(client, alice):
    row = unlock("streak_freeze")
    first, again = purchase(client, row), purchase(client, row)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (balance(alice), DgtUnlockLog.objects.count()) == (60, 1)


def test_l10_the_same_key_with_another_body_is_refused(client, alice):
    row = unlock("streak_freeze")
    purchase(client, row)
    assert purchase(client, row, note="other").status_code == 422
    assert purchase(client, unlock("path_switch")).status_code == 422
    assert balance(alice) == 60


def test_l12_a_refused_purchase_stays_refused_for_its_key(client, alice):
    row = unlock("streak_freeze", cost=140)
    refused = purchase(client, row)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-enough-dgt")
    wallet.credit(user=alice, amount=100, source="rewards", key="more:1", description="More")
    assert purchase(client, row).status_code == 422
    assert purchase(client, row, key="k-2").status_code == 201


def test_l18_a_changed_price_is_refused_with_the_new_one(client, alice):
    row = unlock()
    refused = purchase(client, row, price=39)
    assert (refused.status_code, refused.json()["code"], refused.json()["price"]) == (409, "price-changed", 40)
    assert balance(alice) == 100


@pytest.mark.parametrize(
    "body",
    [
        {"price": "40"}, {"price": 40.0}, {"price": True}, {"price": None}, {"price": 0}, {"price": -40},
        {"price": 10**30}, {"price": "１２"}, {"to": 7}, {"note": "x" * 281}, {"gift": True},
    ],
)  # fmt: skip
def test_l8_w6_what_is_not_plainly_a_purchase_is_refused_and_moves_nothing(client, alice, body):
    assert purchase(client, unlock(), **body).status_code == 400
    assert (balance(alice), DgtUnlockLog.objects.count()) == (100, 0)


def test_a_gift_names_its_receiver_without_regard_to_case(client, alice):
    bob = rich("bob", 0)
    row = unlock()
    assert purchase(client, row, to="BOB", note="Hi").status_code == 201
    assert DgtUnlockLog.objects.get().user == bob
    refused = purchase(client, row, key="k-2", to="nobody_here")
    assert (refused.status_code, refused.json()["code"]) == (422, "cannot-receive")


def test_wearing_taking_off_and_using(client, alice):
    frame, boost = buy(alice, unlock()), buy(alice, unlock("xp_boost"))
    assert client.post(f"{MINE}/{frame.pk}/equip").json()["worn_as"] == "avatar_frame"
    assert client.post(f"{MINE}/{frame.pk}/unequip").json()["worn_as"] is None
    said = client.post(f"{MINE}/{boost.pk}/use", {}, content_type="application/json")
    assert (said.status_code, "Your boost runs" in said.json()["said"]) == (200, True)
    assert client.post(f"{MINE}/999999/equip").status_code == 404
    assert client.post(f"{MINE}/{boost.pk}/equip").status_code == 422


def test_visitors_and_tokens_without_the_scope_buy_nothing(committed_db, client):
    bob, row = rich("bob"), unlock()
    assert purchase(client, row).status_code in {401, 403}
    body, path = {"price": 40}, f"/api/shop/purchase/{row.pk}"
    headers = {"Idempotency-Key": "k-1"}
    read = client.post(path, body, content_type="application/json", headers=headers | bearer(bob, "shop:read"))
    assert read.status_code == 403
    buys = client.post(path, body, content_type="application/json", headers=headers | bearer(bob, "shop:purchase"))
    assert buys.status_code == 201


def test_l9_fifty_at_once_with_one_key_buy_once(site, committed_db):
    site.member("alice")
    alice = User.objects.get(username="alice")
    wallet.credit(user=alice, amount=100, source="rewards", key="gift:1", description="For tests")
    row = unlock("streak_freeze")
    token = {"Authorization": f"Bearer {make.api_token(alice, 'shop:purchase')}", "Idempotency-Key": "k-1"}
    address = f"{site.base}/api/shop/purchase/{row.pk}"
    answers = together([lambda: requests.post(address, json={"price": 40}, headers=token, timeout=60)] * 50)
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert (balance(alice), DgtUnlockLog.objects.count()) == (60, 1)


def test_addresses_are_those_of_the_plan():
    assert reverse("api-shop-unlocks") == "/api/shop/unlocks"
    assert reverse("api-shop-unlock", args=[7]) == "/api/shop/unlocks/7"
    assert reverse("api-shop-me") == "/api/shop/me/unlocks"
    assert reverse("api-shop-purchase", args=[7]) == "/api/shop/purchase/7"
