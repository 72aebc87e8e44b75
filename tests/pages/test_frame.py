"""What stands around every page."""

import pytest
from django.core.cache import cache

from degentalk.accounts import services as accounts
from degentalk.forum import services as forum
from degentalk.pages import economy
from tests import make
from tests.html import html_of
from tests.wallet.test_ledger import give
from tests.xp.test_boards import member_with
from wallet import services as wallet

pytestmark = pytest.mark.django_db


def test_the_economy_is_counted_from_the_books():
    alice, bob = make.user("alice"), make.user("bob", is_active=False)
    give(alice, 100)
    wallet.debit(user=alice, amount=30, to="shop", key="fine:1", description="A fine")
    forum.start_thread(author=alice, title="Gas", body="Words.")
    assert bob.is_active is False
    assert economy.measure() == economy.Economy(supply=70, minted=100, burned=30, xp=20, posts=1, members=1)


def test_a_transfer_neither_mints_nor_burns():
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 100)
    before = economy.measure()
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    assert economy.measure() == before


def test_burning_is_shown_once_something_burns():
    labels = [label for label, _ in economy.Economy(1, 2, 0, 3, 4, 5).strip()]
    more = [label for label, _ in economy.Economy(1, 2, 6, 3, 4, 5).strip()]
    assert [label for label in more if label not in labels] == ["Burned 24 h"]


def test_the_economy_is_measured_once_a_minute(django_assert_num_queries):
    first = economy.recent()
    member_with(10, "alice")
    with django_assert_num_queries(0):
        assert economy.recent() == first
    cache.delete(economy.CACHE_KEY)
    assert economy.recent().xp == first.xp + 10


def test_a_member_sees_balance_and_unread_notifications(client):
    alice = make.user("alice")
    give(alice, 1_234)
    accounts.notify(user=alice, kind="reply", text="Bob replied.", key="reply:1")
    client.force_login(alice)
    page = html_of(client.get("/leaderboards"))
    assert ('<span class="num">1,234</span>' in page, "Notifications, 1 unread" in page) == (True, True)


@pytest.mark.parametrize(("cookie", "theme"), [("light", "light"), ("dark", "dark"), ('"><script>', "auto")])
def test_a_visitor_keeps_the_theme_of_this_browser(client, cookie, theme):
    client.cookies["theme"] = cookie
    assert f'data-theme="{theme}"' in html_of(client.get("/"))


def test_a_member_has_the_theme_of_their_settings(client):
    client.force_login(make.user("alice", theme="light"))
    client.cookies["theme"] = "dark"
    assert 'data-theme="light"' in html_of(client.get("/"))


def test_an_api_answer_pays_nothing_for_the_frame(client, django_assert_num_queries):
    client.get("/api/xp/levels")
    with django_assert_num_queries(0):
        client.get("/api/nothing-here")
