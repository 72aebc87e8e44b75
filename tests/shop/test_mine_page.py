"""What members have: wearing it and taking it off with a way back, using it, and what their page says of it."""

import re

import pytest
from django.utils import timezone

from degentalk.accounts.models import User
from shop import services as shop
from shop.models import DgtUnlockLog
from tests import make
from tests.html import html_of, main_of
from tests.shop.selling import buy, rich, unlock
from xp.models import XpBoost

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MINE = "/me?tab=unlocks"


@pytest.fixture
def alice():
    return rich("alice", 900)


@pytest.fixture
def bob():
    return rich("bob", 900)


@pytest.fixture
def page(window, alice):
    """Alice's browser."""
    return window(alice)


def look(member):
    return User.objects.get(pk=member.pk).look


def worn(member, kind="avatar_frame", **fields):
    """Something this member bought and wears."""
    return shop.equip(user=member, item_id=buy(member, unlock(kind, cost=1, **fields)).pk)


def act(client, item, how, *, htmx=False, **fields):
    return client.post(f"/shop/mine/{item.pk}/{how}", fields, headers=HTMX if htmx else {})


def words(shown):
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


# ── Wearing ──


def test_wearing_something_leads_to_ones_own_and_says_so(page, alice):
    item = buy(alice, unlock())
    answer = act(page, item, "wear")
    assert (answer.status_code, answer["Location"]) == (303, f"{MINE}#history")
    assert look(alice) == {"avatar_frame": "gold"}
    assert "You wear “Test avatar_frame” now Undo" in words(html_of(page.get(MINE)))


def test_the_toast_can_be_undone_for_eight_seconds(page, alice):
    item = buy(alice, unlock())
    shown = html_of(act(page, item, "wear", htmx=True))
    assert 'data-seconds="8"' in shown
    assert f'hx-post="/shop/mine/{item.pk}/take-off"' in shown
    act(page, item, "take-off", htmx=True)
    assert look(alice) == {}


def test_undoing_puts_on_again_what_was_worn_before(page, alice):
    before, item = worn(alice), buy(alice, unlock(name="Neon", unlock_data={"frame": "neon"}))
    shown = html_of(act(page, item, "wear", htmx=True))
    assert f'hx-post="/shop/mine/{before.pk}/wear"' in shown


def test_taking_something_off_can_be_undone_too(page, alice):
    item = worn(alice)
    shown = html_of(act(page, item, "take-off", htmx=True))
    assert (look(alice), f'hx-post="/shop/mine/{item.pk}/wear"' in shown) == ({}, True)


@pytest.mark.parametrize("how", ["wear", "take-off"])
def test_pressed_twice_it_is_told_once(page, alice, how):
    item = worn(alice) if how == "take-off" else buy(alice, unlock())
    told = [html_of(act(page, item, how, htmx=True)).count("Undo") for _ in range(2)]
    assert told == [1, 0]


def test_the_shelves_hear_of_it_and_the_face_in_the_header_changes(page, alice):
    answer = act(page, buy(alice, unlock()), "wear", htmx=True)
    assert answer["HX-Trigger"] == '{"shop-changed": {}}'
    assert '<span hx-swap-oob="innerHTML:.menu>summary"><span class="avatar frame-gold">' in html_of(answer)


@pytest.mark.parametrize("how", ["wear", "take-off", "use"])
def test_what_is_somebody_elses_does_not_exist(page, bob, how):
    assert act(page, worn(bob), how).status_code == 404
    assert look(bob) == {"avatar_frame": "gold"}


def test_what_was_taken_back_cannot_be_worn(page, alice):
    item = buy(alice, unlock("streak_freeze"))
    act(page, item, "wear")
    assert (look(alice), "This is nothing to wear." in html_of(page.get(MINE))) == ({}, True)


@pytest.mark.parametrize("how", ["wear", "take-off", "use"])
def test_somebody_who_is_signed_out_is_asked_to_sign_in(client, alice, how):
    item = buy(alice, unlock("xp_boost"))
    assert [act(client, item, how, htmx=htmx).status_code for htmx in (False, True)] == [303, 401]


@pytest.mark.parametrize("how", ["wear", "take-off"])
def test_a_link_wears_nothing(page, alice, how):
    assert page.get(f"/shop/mine/{buy(alice, unlock()).pk}/{how}").status_code == 405


# ── Using ──


def test_using_says_first_what_it_does_and_then_what_happened(page, alice):
    item = buy(alice, unlock("xp_boost"))
    assert "×2 on all XP for 24 hours from the moment you start it." in main_of(page.get(f"/shop/mine/{item.pk}/use"))
    answer = act(page, item, "use")
    assert (answer.status_code, XpBoost.objects.filter(user=alice).count()) == (303, 1)
    assert "Your boost runs: ×2 on all XP until" in html_of(page.get(MINE))


def test_a_second_click_uses_nothing_more(page, alice):
    item, other = (buy(alice, unlock("xp_boost")) for _ in range(2))
    for _ in range(2):
        act(page, item, "use")
    assert XpBoost.objects.filter(user=alice).count() == 1
    other.refresh_from_db()
    assert other.state == "owned"


def test_a_refusal_is_said_beside_the_form(page, alice):
    first, second = (buy(alice, unlock("xp_boost")) for _ in range(2))
    act(page, first, "use")
    answer = act(page, second, "use")
    assert (answer.status_code, "A boost of yours runs until" in html_of(answer)) == (422, True)


def test_a_thread_to_highlight_is_chosen_from_ones_own(page, alice, bob):
    mine, theirs = make.thread(alice, title="Gas at 3 gwei"), make.thread(bob, title="Not mine")
    item = buy(alice, unlock("thread_highlight"))
    shown = main_of(page.get(f"/shop/mine/{item.pk}/use"))
    assert (f'<option value="{mine.pk}"' in shown, f'value="{theirs.pk}"' in shown) == (True, False)
    assert act(page, item, "use", target=str(theirs.pk)).status_code == 422
    assert act(page, item, "use", target=str(mine.pk)).status_code == 303


def test_without_anything_to_use_it_on_there_is_no_button(page, alice):
    item = buy(alice, unlock("thread_highlight"))
    shown = main_of(page.get(f"/shop/mine/{item.pk}/use"))
    assert ("You have nothing to use it on yet." in shown, "Use it now" in shown) == (True, False)


def test_what_works_by_itself_has_no_form(page, alice):
    assert page.get(f"/shop/mine/{buy(alice, unlock('streak_freeze')).pk}/use").status_code == 404


# ── My page ──


def test_nothing_unlocked_leads_to_the_shop(page):
    shown = main_of(page.get(MINE))
    assert ("Nothing unlocked yet" in shown, 'href="/shop">To the shop' in shown) == (True, True)


def test_what_i_wear_comes_first_and_what_i_use_is_counted(page, alice):
    buy(alice, unlock("title", name="Seer"))
    worn(alice, name="Golden")
    boost = unlock("xp_boost", name="Day boost")
    for _ in range(3):
        buy(alice, boost)
    shown = words(main_of(page.get(MINE)))
    assert shown.index("Golden") < shown.index("Seer") < shown.index("Day boost")
    assert "×3 Use Day boost" in shown


def test_a_gift_says_from_whom_and_why(page, alice, bob):
    buy(bob, unlock("title", name="Seer"), to=alice, note="For the help")
    assert "A gift from bob: “For the help”" in words(main_of(page.get(MINE)))


def test_what_staff_gave_says_so(page, alice):
    root = make.user("root", is_staff=True, is_superuser=True)
    shop.grant(user=alice, unlock=unlock("title"), actor=root, reason="A contest", key="k")
    assert "Given by staff: A contest" in words(main_of(page.get(MINE)))


def test_what_is_used_up_says_what_for(page, alice):
    item = buy(alice, unlock("xp_boost", name="Day boost"))
    shop.use(user=alice, item_id=item.pk)
    shown = words(main_of(page.get(MINE)))
    assert "Used up Day boost Your boost runs: ×2 on all XP" in shown
    assert "To use" not in shown


def test_a_freeze_that_covered_a_day_is_among_what_is_used_up(page, alice):
    from xp.models import StreakFreeze

    buy(alice, unlock("streak_freeze", name="A freeze"))
    StreakFreeze.objects.filter(user=alice).update(used_for=timezone.now().date())
    shown = words(main_of(page.get(MINE)))
    assert "Used up A freeze It has done its work." in shown


def test_what_was_taken_back_says_why(page, alice):
    root = make.user("root", is_staff=True, is_superuser=True)
    shop.refund(item=buy(alice, unlock("title", name="Seer")), actor=root, reason="A mistake")
    assert re.search("Used up Seer Taken back .* · A mistake", words(main_of(page.get(MINE))))


def test_what_left_the_shop_is_kept_without_a_link(page, alice):
    row = unlock("title", name="Seer")
    buy(alice, row)
    type(row).objects.update(is_listed=False)
    shown = main_of(page.get(MINE))
    assert ("Seer" in shown, row.get_absolute_url() in shown) == (True, False)


@pytest.mark.parametrize("pieces", [1, 12])
def test_my_unlocks_cost_as_much_however_many_there_are(page, alice, bob, pieces, django_assert_num_queries):
    for number in range(pieces):
        worn(alice, name=f"Frame {number}")
        shop.use(
            user=alice, item_id=buy(alice, unlock("thread_highlight", cost=1)).pk, target=str(make.thread(alice).pk)
        )
        for kind in ("streak_freeze", "path_switch", "title"):
            buy(bob, unlock(kind, cost=1), to=alice)
    page.get(MINE)
    with django_assert_num_queries(12):
        page.get(MINE)


def test_items_of_others_are_not_on_my_page(page, bob):
    worn(bob, name="Golden")
    assert "Golden" not in main_of(page.get(MINE))
    assert DgtUnlockLog.objects.of(bob).count() == 1
