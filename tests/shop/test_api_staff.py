"""Staff stock the shop over the API: what cannot be right names its key, and a retry adds nothing."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from shop.models import DgtUnlock
from tests import make
from tests.shop.selling import DATA, buy, rich, unlock
from tests.signing_in import sign_in

UNLOCKS = "/api/admin/dgt/unlocks"


@pytest.fixture
def otto(committed_db, client):
    otto = make.user("otto", is_staff=True)
    otto.groups.add(Group.objects.get(name="economist"))
    return sign_in(client, otto)


def post(client, key="k-1", **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(UNLOCKS, body, content_type="application/json", headers=headers)


def new(kind="title", **fields):
    return {"name": "New", "type": kind, "cost_dgt": 50, "unlock_data": DATA[kind]} | fields


def test_an_economist_adds_one_of_every_type_and_it_can_be_bought(client, otto):
    for kind in DATA:
        answer = post(client, key=kind, **new(kind))
        assert answer.status_code == 201, answer.json()
        row = DgtUnlock.objects.get(pk=answer.json()["id"])
        assert (row.type, row.unlock_data, row.cost_dgt, row.stock, row.is_listed) == (kind, DATA[kind], 50, None, True)
    assert buy(rich(), row).dgt_spent == 50
    assert LogEntry.objects.filter(user=otto).count() == len(DATA)


def test_with_an_id_only_what_is_named_changes(client, otto):
    row = unlock("avatar_frame", cost=40, stock=3)
    had = buy(rich(), row)
    answer = post(client, id=row.pk, cost_dgt=70, unlock_data={"frame": "neon"})
    assert (answer.status_code, answer.json()["cost_dgt"], answer.json()["stock"]) == (200, 70, 2)
    row.refresh_from_db()
    had.refresh_from_db()
    assert (row.cost_dgt, row.stock, row.name) == (70, 2, "Test avatar_frame")
    assert (row.unlock_data, had.unlock_data) == ({"frame": "neon"}, {"frame": "gold"})
    logged = LogEntry.objects.get(user=otto)
    assert "cost_dgt: 40 → 70" in logged.change_message


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"unlock_data": {"txt": "x"}}, "unlock_data.txt"),
        ({"unlock_data": {"text": 7}}, "unlock_data.text"),
        ({"unlock_data": {"text": "x" * 33}}, "unlock_data.text"),
        ({"unlock_data": {}}, "unlock_data.text"),
        ({"unlock_data": [1]}, "unlock_data"),
        ({"type": "xp_boost", "unlock_data": {"multiplier_bps": True, "hours": 2}}, "unlock_data.multiplier_bps"),
        ({"type": "xp_boost", "unlock_data": {"multiplier_bps": 15_000, "hours": 0}}, "unlock_data.hours"),
        ({"type": "hologram"}, "type"),
        ({"rarity": "mythic"}, "rarity"),
        ({"cost_dgt": 0}, "cost_dgt"),
        ({"cost_dgt": "50"}, "cost_dgt"),
        ({"cost_dgt": 5.0}, "cost_dgt"),
        ({"stock": -1}, "stock"),
        ({"is_listed": "yes"}, "is_listed"),
        ({"required_path": "nowhere"}, "required_path"),
        ({"prize": 50}, "prize"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_right_names_its_key_and_nothing_is_written(client, otto, fields, named):
    before = DgtUnlock.objects.count()
    answer = post(client, **new(**fields))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert any(key == named or key.startswith(f"{named}.") for key in answer.json()["errors"]), answer.json()
    assert DgtUnlock.objects.count() == before


def test_a_sale_needs_both_ends_and_a_lower_price(client, otto):
    sale = {"sale_cost_dgt": 40, "sale_starts_at": "2030-01-01T00:00:00Z", "sale_ends_at": "2030-01-02T00:00:00Z"}
    wrong = [{name: value for name, value in sale.items() if name != missing} for missing in sale]
    wrong += [sale | {"sale_cost_dgt": 50}, sale | {"sale_ends_at": sale["sale_starts_at"]}]
    for number, fields in enumerate(wrong):
        answer = post(client, key=f"k-{number}", **new(**fields))
        assert (answer.status_code, "A sale has a lower price" in str(answer.json()["errors"])) == (400, True)
    assert post(client, key="right", **new(**sale)).status_code == 201


def test_the_type_of_an_unlock_never_changes_and_a_missing_one_is_not_found(client, otto):
    row = unlock("title")
    assert "type" in post(client, id=row.pk, type="badge").json()["errors"]
    assert post(client, key="k-2", id=10**9, cost_dgt=5).status_code == 404


def test_the_same_key_adds_one(client, otto):
    before = DgtUnlock.objects.count()
    first, again = post(client, **new()), post(client, **new())
    assert (first.status_code, again.json()) == (201, first.json())
    assert DgtUnlock.objects.count() == before + 1
    assert post(client, **new(cost_dgt=51)).status_code == 422
    assert post(client, key=None, **new()).status_code == 400


def test_only_staff_with_the_permission_and_no_token(committed_db, client):
    alice, moderator, root = rich(), make.moderator(), make.user("root", is_staff=True, is_superuser=True)
    assert post(client, **new()).status_code == 401
    for member in (alice, moderator):
        sign_in(client, member)
        assert post(client, **new()).status_code == 403
    client.logout()
    token = make.api_token(root, "shop:purchase")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    assert client.post(UNLOCKS, new(), content_type="application/json", headers=headers).status_code == 403
    assert not DgtUnlock.objects.filter(name="New").exists()


@pytest.mark.parametrize("name", ["sale_ends_at", "available_from", "available_until"])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_moment_that_not_every_time_zone_has_is_refused(client, otto, name, moment):
    sale = {"sale_cost_dgt": 20, "sale_starts_at": "2026-01-01T00:00:00Z", "sale_ends_at": "2026-02-01T00:00:00Z"}
    answer = post(client, **new(**sale | {name: moment}))
    assert (answer.status_code, DgtUnlock.objects.filter(name="New").count()) == (400, 0)
    assert "The year must be" in str(answer.json()["errors"][name])
