"""What members wear is seen wherever their name stands, and costs no query there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from degentalk.accounts.unlocks.avatar_frame import FRAMES
from degentalk.accounts.unlocks.badge import ICONS
from degentalk.accounts.unlocks.name_style import STYLES
from degentalk.accounts.unlocks.profile_theme import THEMES
from shop import services as shop
from tests import make
from tests.html import html_of, main_of
from tests.shop.selling import DATA, buy, rich, unlock
from wallet import services as wallet

pytestmark = pytest.mark.django_db
WORN = ("name_style", "title", "avatar_frame", "profile_theme", "badge")
NAME = '<span class="called"><b class="name-lime">alice</b>'
FACE = '<span class="avatar frame-gold">'


@pytest.fixture
def alice():
    """She wears one of everything."""
    member = rich("alice", 900)
    for kind in WORN:
        shop.equip(user=member, item_id=buy(member, unlock(kind, cost=1)).pk)
    member.refresh_from_db()
    return member


@pytest.fixture
def bob(window):
    """Bob's browser."""
    return window(make.user("bob"))


def test_a_post_shows_all_of_it(bob, alice):
    page = main_of(bob.get(make.thread(alice).get_absolute_url()))
    assert (NAME in page, FACE in page) == (True, True)
    assert '<span class="worn-title">Whale watcher</span>' in page
    assert '<span class="member-badge" title="Early bird">' in page


@pytest.mark.parametrize("query", ["", "?period=week", "?board=dgt-balance"])
def test_boards_show_it(bob, alice, query):
    make.thread(alice)
    wallet.refresh_board()
    page = main_of(bob.get(f"/leaderboards{query}"))
    assert (NAME in page, FACE in page, "Whale watcher" in page) == (True, True, True)


def test_the_profile_shows_it_on_its_own_ground(bob, alice):
    page = html_of(bob.get("/profile/alice"))
    assert re.search(r'<main id="main" class="wrap page theme-terminal"', page)
    assert '<h1><span class="name-lime">alice</span></h1>' in page
    assert '<span class="avatar xl frame-gold">' in page
    assert "Whale watcher" in page


def test_a_shelf_on_the_profile_names_what_is_worn(bob, alice):
    buy(alice, unlock("title", name="In the drawer"))
    page = main_of(bob.get("/profile/alice"))
    shelf = page.split(">Wears</h2>")[1].split("</section>")[0]
    assert sorted(re.findall(r'<a class="title" href="/shop/\d+">Test (\w+)', shelf)) == sorted(WORN)
    assert "In the drawer" not in page


def test_who_wears_nothing_looks_as_ever(bob):
    page = html_of(bob.get("/profile/bob"))
    assert ("Wears" in page, 'class="wrap page "' in page) == (False, True)


def test_the_list_of_threads_shows_name_and_face(bob, alice):
    make.thread(alice)
    page = main_of(bob.get("/threads"))
    assert ('<span class="name-lime">alice</span>' in page, FACE in page) == (True, True)


def test_a_title_stays_text(bob, alice):
    row = unlock("title", cost=1, unlock_data={"text": "<script>{{ 7|add:7 }}"})
    shop.equip(user=alice, item_id=buy(alice, row).pk)
    page = html_of(bob.get(make.thread(alice).get_absolute_url()))
    assert ("&lt;script&gt;{{ 7|add:7 }}" in page, "<script>{{" in page) == (True, False)


def test_what_is_worn_costs_a_thread_no_query(bob, alice):
    counts = []
    for author in (alice, rich("carol", 0)):
        url = make.thread(author, replies=2).get_absolute_url()
        bob.get(url)
        with CaptureQueriesContext(connection) as seen:
            bob.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_every_look_that_can_be_sold_is_drawn():
    """A name in a schema without its class in the stylesheet would be sold and not seen."""
    css = "".join(path.read_text() for path in Path(settings.BASE_DIR, "static/css").rglob("*.css"))
    icons = Path(settings.BASE_DIR, "static/img/icons.svg").read_text()
    classes = [f".name-{name}" for name in STYLES] + [f".frame-{name}" for name in FRAMES]
    classes += [f".theme-{name}" for name in THEMES]
    assert [name for name in classes if not re.search(rf"{re.escape(name)}\b", css)] == []
    assert [name for name in ICONS if f'id="{name}"' not in icons] == []
    assert set(WORN) <= set(DATA)
