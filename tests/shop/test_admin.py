"""Staff run the shop: data judged by their type, granting, refunding, and the policy."""

import json

import pytest
from django.urls import reverse

from degentalk.rulebook import services as rulebook
from shop.models import DgtUnlock, DgtUnlockLog, ShopPolicy
from tests import make
from tests.shop.selling import DATA, balance, buy, rich, unlock

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto(client):
    otto = make.user("otto", is_staff=True, is_superuser=True)
    client.force_login(otto)
    return otto


def typed(kind="title", **fields):
    data = {
        "name": "New", "type": kind, "rarity": "rare", "cost_dgt": 50, "unlock_data": json.dumps(DATA[kind]),
        "position": 10, "min_level": 1, "min_path_level": 1, "is_listed": "on", "is_giftable": "on",
    }  # fmt: skip
    return data | fields


def add(client, **more):
    return client.post(reverse("admin:shop_dgtunlock_add"), typed(**more))


@pytest.mark.parametrize("kind", DATA)
def test_every_type_can_be_added_with_its_data(client, otto, kind):
    assert add(client, kind=kind).status_code == 302
    assert DgtUnlock.objects.get(name="New").unlock_data == DATA[kind]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("title", '{"txt": "x"}', "txt: There is no such key here. Known: text."),
        ("title", '{"text": 7}', "text: This must be a text."),
        ("title", '{"text": "%s"}' % ("x" * 33), "text: Ensure this field has no more than 32 characters."),
        ("title", "{}", "text: This field is required."),
        ("avatar_frame", '{"frame": "plastic"}', "frame: “plastic”"),
        ("xp_boost", '{"multiplier_bps": 1.5, "hours": 2}', "multiplier_bps: This must be a whole number."),
        ("xp_boost", '{"multiplier_bps": true, "hours": 2}', "multiplier_bps: This must be a whole number."),
        (
            "xp_boost",
            '{"multiplier_bps": 15000, "hours": 0}',
            "hours: Ensure this value is",
        ),
        ("streak_freeze", '{"days": 2}', "days: There is no such key here. Known: none."),
        ("title", "[1]", "This must be an object of names and values."),
        ("title", "{", "Enter a valid JSON."),
    ],
)
def test_data_that_mean_nothing_are_refused_beside_their_field(client, otto, kind, data, words):
    answer = add(client, kind=kind, unlock_data=data)
    assert answer.status_code == 200
    said = " ".join(answer.context["adminform"].form.errors["unlock_data"])
    assert words.replace("“plastic”", '"plastic"') in said
    assert not DgtUnlock.objects.filter(name="New").exists()


def test_a_sale_without_an_end_is_refused_in_words(client, otto):
    answer = add(client, sale_cost_dgt=40)
    assert answer.status_code == 200
    assert "A sale has a lower price" in str(answer.context["adminform"].form.errors)


def test_an_unlock_is_never_deleted_and_keeps_its_type(client, otto):
    row = unlock()
    assert client.post(reverse("admin:shop_dgtunlock_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    page = client.get(reverse("admin:shop_dgtunlock_change", args=[row.pk]))
    assert "type" not in page.context["adminform"].form.fields
    changed = client.post(
        reverse("admin:shop_dgtunlock_change", args=[row.pk]), typed("avatar_frame", name="Renamed", cost_dgt=70)
    )
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.cost_dgt, row.type) == ("Renamed", 70, "avatar_frame")


def ask(client, name, row, **fields):
    page = reverse(name, args=[row.pk])
    key = client.get(page).context["adminform"].form["key"].value()
    return client.post(page, {"key": key, "reason": "First prize"} | fields)


def test_granting_by_page_gives_it_once(client, otto):
    alice, row = rich(dgt=0), unlock("title")
    assert ask(client, "admin:shop_dgtunlock_grant", row, member="ALICE").status_code == 302
    item = DgtUnlockLog.objects.get(user=alice)
    assert (item.kind, item.actor, item.note) == ("grant", otto, "First prize")
    refused = ask(client, "admin:shop_dgtunlock_grant", row, member="nobody")
    assert refused.status_code == 200
    assert DgtUnlockLog.objects.count() == 1


def test_refunding_by_page_gives_the_money_back(client, otto):
    alice = rich()
    item = buy(alice, unlock())
    assert ask(client, "admin:shop_dgtunlocklog_refund", item).status_code == 302
    item.refresh_from_db()
    assert (item.state, balance(alice)) == ("refunded", 100)


def test_who_lacks_the_permission_neither_grants_nor_refunds(client):
    client.force_login(make.moderator())
    row = unlock("title")
    for name, pk in (("dgtunlock_grant", row.pk), ("dgtunlocklog_refund", buy(rich(), row).pk)):
        assert client.get(reverse(f"admin:shop_{name}", args=[pk])).status_code == 403


def test_the_window_of_refunds_is_a_rule(client, otto):
    page = reverse("admin:shop_shoppolicy_change", args=[1])
    assert client.post(page, {"refund_days": 30, "reason": "Generous"}).status_code == 302
    assert ShopPolicy.objects.current().refund_days == 30
    assert rulebook.current().rules["shop"] == {"refund_days": 30}


def test_a_page_that_was_open_while_members_bought_does_not_bring_the_stock_back(client, otto):
    row = unlock("title", stock=3)
    page = reverse("admin:shop_dgtunlock_change", args=[row.pk])
    form = client.get(page).context["adminform"].form
    assert 'name="initial-stock" value="3"' in str(form["stock"])
    buy(rich(), row)
    opened = typed("title", stock=3) | {"initial-stock": 3}
    assert client.post(page, opened | {"name": "Renamed"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.stock) == ("Renamed", 2)
    refused = client.post(page, opened | {"stock": 10})
    assert "the stock is 2 now" in str(refused.context["adminform"].form.errors["stock"])
    assert client.post(page, opened | {"stock": 10, "initial-stock": 2}).status_code == 302
    row.refresh_from_db()
    assert row.stock == 10
