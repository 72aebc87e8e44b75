"""Types of unlocks: one file each, found by themselves; what their data may be; and one that no app knows any more."""

import sys
from pathlib import Path
from textwrap import dedent

import pytest
from django.apps import AppConfig, apps
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from degentalk import unlocks
from degentalk.accounts.unlocks import avatar_frame, badge, name_style, profile_theme
from degentalk.unlocks import registry
from shop import services as shop
from shop.catalogue import cards
from shop.errors import NotWearable, UsedUp
from shop.filters import Filters
from shop.models import DgtUnlock, DgtUnlockLog
from tests import make
from tests.shop.selling import DATA, balance, buy, rich, unlock

ROOT = Path(__file__).resolve().parents[2]
HOURS_MAX = 24 * 30
JSON = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40)


def judged(name, data):
    """The keys that the schema complains about."""
    kind = unlocks.find(name)
    try:
        kind.data.checked(data)
    except ValidationError as refused:
        return set(refused.detail)
    return set()


# ── schemas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_types_of_the_plan_are_there_in_their_families():
    families = {kind.name: type(kind) for kind in unlocks.types()}
    assert families == {
        "name_style": unlocks.Wearable, "title": unlocks.Wearable, "avatar_frame": unlocks.Wearable,
        "profile_theme": unlocks.Wearable, "badge": unlocks.Wearable, "xp_boost": unlocks.Usable,
        "thread_highlight": unlocks.Usable, "streak_freeze": unlocks.Delivered, "path_switch": unlocks.Delivered,
    }  # fmt: skip
    assert {kind.slot for kind in unlocks.types() if isinstance(kind, unlocks.Wearable)} == {
        "name_style", "title", "avatar_frame", "profile_theme", "badge",
    }  # fmt: skip


@pytest.mark.parametrize("name", DATA)
@given(key=st.text(min_size=1, max_size=20), value=JSON)
def test_a_key_that_a_type_does_not_know_is_refused_by_its_name(name, key, value):
    if key not in unlocks.find(name).data().fields:
        assert judged(name, DATA[name] | {key: value}) == {key}


@pytest.mark.parametrize("name", DATA)
def test_nothing_that_a_type_needs_may_be_left_out(name):
    for key in DATA[name]:
        assert judged(name, {other: value for other, value in DATA[name].items() if other != key}) == {key}


@given(hours=JSON, bps=JSON)
def test_a_boost_has_whole_basis_points_and_hours_in_their_range(hours, bps):
    right = {
        "hours": type(hours) is int and 1 <= hours <= HOURS_MAX,
        "multiplier_bps": type(bps) is int and 10_000 < bps <= 100_000,
    }
    expected = {key for key, is_right in right.items() if not is_right}
    assert judged("xp_boost", {"hours": hours, "multiplier_bps": bps}) == expected


@pytest.mark.parametrize(("hours", "bps"), [(1, 10_001), (HOURS_MAX, 100_000)])
def test_the_ends_of_a_boosts_ranges_belong_to_them(hours, bps):
    assert judged("xp_boost", {"hours": hours, "multiplier_bps": bps}) == set()
    assert judged("xp_boost", {"hours": (hours - 1) * 2 or 0, "multiplier_bps": 10_000}) >= {"multiplier_bps"}


@given(hours=JSON)
def test_a_highlight_lasts_whole_hours_up_to_thirty_days(hours):
    assert (judged("thread_highlight", {"hours": hours}) == set()) == (type(hours) is int and 1 <= hours <= HOURS_MAX)


@given(value=JSON)
@pytest.mark.parametrize(
    ("name", "key", "known"),
    [
        ("name_style", "color", name_style.STYLES),
        ("avatar_frame", "frame", avatar_frame.FRAMES),
        ("profile_theme", "theme", profile_theme.THEMES),
    ],
)
def test_looks_are_chosen_from_the_stylesheets_own(name, key, known, value):
    assert (judged(name, {key: value}) == set()) == (isinstance(value, str) and value in known)
    assert all(judged(name, {key: style}) == set() for style in known)


def test_every_look_and_icon_is_drawn():
    drawn = (ROOT / "static/css/tokens.css").read_text()
    looks = {"name": name_style.STYLES, "frame": avatar_frame.FRAMES, "theme": profile_theme.THEMES}
    assert [f".{kind}-{look}" for kind in looks for look in looks[kind] if f".{kind}-{look}" not in drawn] == []
    symbols = (ROOT / "static/img/icons.svg").read_text()
    icons = [*badge.ICONS, *(kind.icon for kind in unlocks.types())]
    assert [icon for icon in icons if f'id="{icon}"' not in symbols] == []


@given(text=st.text(max_size=80))
def test_a_title_is_one_to_thirty_two_characters(text):
    is_right = 1 <= len(text.strip()) <= 32 and "\0" not in text
    assert (judged("title", {"text": text}) == set()) == is_right


# ── one file each ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def known_types(monkeypatch):
    """Those that the test adds are forgotten after it."""
    monkeypatch.setattr(registry, "_types", dict(registry._types))


HOLOGRAM = """
    from degentalk import unlocks
    from degentalk.core.fields import StrictIntegerField

    class HologramData(unlocks.UnlockData):
        size = StrictIntegerField(min_value=1)

    TYPE = unlocks.register(unlocks.Wearable(
        name="hologram", label="Hologram", icon="eye", data=HologramData, slot="hologram",
        says=lambda data: f"A hologram of size {data['size']}.", look=lambda data: data["size"],
    ))
"""


def test_a_new_type_is_one_new_file(db, tmp_path, monkeypatch, known_types):
    package = tmp_path / "hologram_app" / "unlocks"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "hologram.py").write_text(dedent(HOLOGRAM))
    monkeypatch.syspath_prepend(tmp_path)
    app = AppConfig.create("hologram_app")
    app.apps, app.models = apps, {}
    monkeypatch.setitem(apps.app_configs, "hologram_app", app)
    try:
        unlocks.discover()
    finally:
        for name in [name for name in sys.modules if name.startswith("hologram_app")]:
            del sys.modules[name]
    assert judged("hologram", {"size": 0}) == {"size"}
    alice = rich()
    row = DgtUnlock.objects.create(name="My hologram", type="hologram", cost_dgt=40, unlock_data={"size": 3})
    assert [card.says for card in cards(alice, Filters(type="hologram"))] == ["A hologram of size 3."]
    shop.equip(user=alice, item_id=buy(alice, row).pk)
    alice.refresh_from_db()
    assert alice.look == {"hologram": 3}


def test_two_types_of_one_name_are_a_mistake(known_types):
    kind = unlocks.find("title")
    assert unlocks.register(kind) is kind
    with pytest.raises(ValueError, match="“title”"):
        unlocks.register(type(kind)(**(vars(kind) | {"label": "Another"})))


# ── gone ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def leftover(client, db, monkeypatch, known_types):
    """Alice wears one thing and has another whose types no app registers any more."""
    alice = make.signed_in(client, rich(dgt=1_000))
    worn, kept = buy(alice, unlock("title", name="Old title")), buy(alice, unlock("xp_boost", name="Old boost"))
    shop.equip(user=alice, item_id=worn.pk)
    for name in ("title", "xp_boost"):
        del registry._types[name]
    return alice, worn, kept


def test_what_no_app_knows_any_more_is_not_for_sale(client, leftover):
    assert not {"Old title", "Old boost"} & {card.unlock.name for card in cards(leftover[0], Filters())}
    for path in (reverse("shop:shop"), "/api/shop/unlocks"):
        answer = client.get(path)
        assert (answer.status_code, "Old boost" in answer.content.decode()) == (200, False)
    for row in DgtUnlock.objects.filter(name__startswith="Old"):
        assert client.get(reverse("shop:unlock", args=[row.pk])).status_code == 404


def test_who_has_a_piece_of_it_still_sees_its_name_and_takes_it_off(client, leftover):
    alice, worn, kept = leftover
    for path in ("/me", "/me?tab=unlocks", "/api/shop/me/unlocks"):
        assert client.get(path).status_code == 200
    names = [item["name"] for item in client.get("/api/shop/me/unlocks").json()["results"]]
    assert names == ["Old boost", "Old title"]
    with pytest.raises(UsedUp):
        shop.use(user=alice, item_id=kept.pk)
    with pytest.raises(NotWearable):
        shop.equip(user=alice, item_id=kept.pk)
    shop.unequip(user=alice, item_id=worn.pk)
    alice.refresh_from_db()
    assert alice.look == {}


def test_staff_still_read_it_and_can_refund_it(client, leftover):
    alice, worn, kept = leftover
    otto = make.user("otto", is_staff=True, is_superuser=True)
    client.force_login(otto)
    for page, pk in (("dgtunlock", worn.unlock_id), ("dgtunlocklog", worn.pk)):
        assert client.get(reverse(f"admin:shop_{page}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:shop_{page}_change", args=[pk])).status_code == 200
    for item in (worn, kept):
        shop.refund(item=item, actor=otto, reason="It is not made any more")
    alice.refresh_from_db()
    assert (alice.look, balance(alice), DgtUnlockLog.objects.filter(state="refunded").count()) == ({}, 1_000, 2)
