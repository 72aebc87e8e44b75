"""The first request of a member's day is their visit, seen from a browser: once, with a toast, and then for free."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from degentalk.core import clock
from degentalk.rulebook import services as rulebook
from tests import make
from tests.html import html_of
from tests.threads import together
from xp import services as xp
from xp.middleware import VISITED
from xp.models import StreakDay, UserStreak, UserXp, XpAction, XpLog

NOON = datetime(2126, 11, 30, 12, tzinfo=UTC)
"""A century ahead: the clock of the process never says that this day is over."""
FIRST_QUERIES = 17
"""What the first request of a day costs more than the others. Savepoints are among them; they are transactions here."""


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def browser(alice):
    return browser_of(alice)


def browser_of(user):
    """A browser that the member signed in with."""
    browser = Client()
    browser.force_login(user)
    return browser


def logins():
    return XpLog.objects.filter(action__name="daily_login").count()


def test_the_first_page_of_the_day_shows_what_the_visit_earned(browser):
    page = browser.get("/")
    assert "<b>+10 XP</b><p>Daily visit</p>" in html_of(page)
    assert UserXp.objects.get().xp == 10


def test_the_next_page_says_nothing_of_it(browser):
    browser.get("/")
    assert "Daily visit</p>" not in html_of(browser.get("/"))
    assert logins() == 1


def test_days_in_a_row_are_shown(alice):
    for day in range(5):
        with clock.at(NOON + timedelta(days=day)):
            page = html_of(browser_of(alice).get("/"))
    assert "<b>+10 XP</b><p>Daily visit: 5 days in a row</p>" in page


def test_a_milestone_is_shown(alice):
    for day in range(3):
        with clock.at(NOON + timedelta(days=day)):
            page = html_of(browser_of(alice).get("/"))
    assert "<b>+15 XP</b><p>Streak kept: 3 days in a row</p>" in page


def test_a_level_that_a_visit_brings_is_shown(alice, browser):
    xp.adjust(user=alice, points=45, reason="a test", actor=make.user("root"), key="adjust:1")
    page = html_of(browser.get("/"))
    assert "<b>Level 2</b><p>Lurker. 20 DGT are yours.</p>" in page


def test_freezes_that_were_used_are_shown(alice):
    for source in ("test:1", "test:2"):
        xp.grant_streak_freeze(user=alice, source=source)
    with clock.at(NOON):
        browser_of(alice).get("/")
    with clock.at(NOON + timedelta(days=3)):
        page = html_of(browser_of(alice).get("/"))
    assert "2 streak freezes covered the days you missed." in page


def test_where_visits_pay_nothing_no_toast_says_so(browser):
    XpAction.objects.filter(name="daily_login").update(is_enabled=False)
    rulebook.publish(actor=None, reason="test")
    assert "Daily visit</p>" not in html_of(browser.get("/"))
    assert StreakDay.objects.count() == 1


# ── Which requests ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_api_in_a_browser_is_a_visit_and_the_next_page_says_so(browser):
    assert browser.get("/api/xp/me").json()["xp"] == 10
    assert "Daily visit</p>" in html_of(browser.get("/"))


def test_a_script_with_a_token_is_no_visit(client, alice):
    answer = client.get("/api/xp/me", headers={"Authorization": f"Bearer {make.api_token(alice, 'xp:read')}"})
    assert (answer.status_code, StreakDay.objects.count()) == (200, 0)


def test_a_visitor_is_no_member(client, db):
    client.get("/")
    assert not StreakDay.objects.exists()


def test_a_form_counts_as_well(browser):
    browser.post("/account/settings", {"about": "gm", "time_zone": "UTC", "theme": "auto"})
    assert logins() == 1


# ── Once, and then for free ─────────────────────────────────────────────────────────────────────────────────────────


def test_later_requests_of_the_day_cost_nothing(alice, browser, django_assert_num_queries):
    browser.get("/")
    with django_assert_num_queries(2):  # session and member, as before
        browser.get("/api/nothing-here")


def test_the_first_request_of_a_day_costs_a_fixed_number_of_queries(alice, browser, django_assert_num_queries):
    xp.award(user=alice, action="post_created", key="post:1", cause=("post", 1))
    with django_assert_num_queries(2 + FIRST_QUERIES):
        browser.get("/api/nothing-here")


def test_a_second_browser_on_the_same_day_earns_nothing(alice, browser):
    browser.get("/")
    page = html_of(browser_of(alice).get("/"))
    assert ("Daily visit</p>" in page, logins()) == (False, 1)


def test_the_session_remembers_the_day_that_the_database_counted(alice, browser):
    """Not the one on the process's clock: were that ahead, the next day would never be counted."""
    with clock.at(NOON):
        browser.get("/")
    assert browser.session[VISITED] == "2126-11-30"


def test_a_process_whose_clock_is_ahead_loses_no_day(alice):
    browser = browser_of(alice)
    with clock.at(NOON - timedelta(days=36_525 * 2)):  # the database is two centuries behind
        browser.get("/")
        yesterday = browser.session[VISITED]
        browser.get("/")
    browser.get("/")
    assert browser.session[VISITED] > yesterday
    assert StreakDay.objects.count() == 2


def test_after_a_change_of_zone_today_is_not_counted_again(alice, browser):
    browser.get("/")
    settings = {"about": "", "time_zone": "Pacific/Kiritimati", "theme": "auto"}
    browser.post("/account/settings", settings)
    browser.get("/")
    assert logins() == 1
    assert browser.session[VISITED] == UserStreak.objects.of(alice).last_day.isoformat()


def test_a7_fifty_first_requests_at_once_count_once(site):
    alice = make.user("alice")
    first = browser_of(alice)

    def ask():
        browser = Client()
        browser.cookies = first.cookies
        return browser.get("/api/xp/levels").status_code

    assert set(together([ask] * 50)) == {200}
    assert (logins(), StreakDay.objects.count(), UserXp.objects.get().xp) == (1, 1, 10)


# ── Never in the way ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_shown_although_the_visit_cannot_be_counted_now(impatient, owner, caplog):
    alice = make.user("alice")
    browser = browser_of(alice)
    xp.lock_members([alice])  # makes the row that is locked next
    with owner.transaction():
        owner.execute("select from user_xp where user_id = %s for update", [alice.pk])
        assert browser.get("/api/xp/levels").status_code == 200
        assert f"the visit of member {alice.pk} was not counted" in caplog.text
        assert VISITED not in browser.session
    assert browser.get("/api/xp/me").json()["xp"] == 10
