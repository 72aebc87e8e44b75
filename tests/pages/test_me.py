"""My own page."""

from datetime import timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.html import html_of, main_of
from tests.paths.standing import choose, only
from tests.xp.test_events import on_now
from tests.xp.test_refusals import refused
from tests.xp.test_views import awards
from xp import services as xp
from xp.models import SpecialEvent

pytestmark = pytest.mark.django_db


def sign_in(client, member):
    """A member whose visit today is counted already: no XP comes in between."""
    client.force_login(member)
    session = client.session
    session["visited"] = "9999-12-31"
    session.save()
    return member


@pytest.fixture
def alice(client):
    return sign_in(client, make.user("alice"))


@pytest.fixture
def root():
    return make.user("root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("path", ["/me", "/me?tab=refusals"])
def test_a_visitor_is_asked_to_sign_in(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].startswith("/account/login/?next=/me")) == (302, True)


def test_an_empty_history_offers_to_start_a_thread(client, alice):
    page = html_of(client.get("/me"))
    assert '<a class="btn primary" href="/threads/new">Start a thread</a>' in page


def test_my_history_goes_on_behind_next(client, alice):
    awards(alice, 30)
    first = client.get("/me")
    second = client.get("/me", {"cursor": first.context["page"].next})
    assert [len(page.context["awards"]) for page in (first, second)] == [25, 5]


@pytest.mark.parametrize("tab", ["xp", "refusals"])
def test_a_made_up_cursor_is_a_bad_request(client, alice, tab):
    assert client.get("/me", {"tab": tab, "cursor": "made.up"}).status_code == 400


# ── tabs ──


@pytest.mark.parametrize(
    ("query", "tab"), [("", "xp"), ("?tab=xp", "xp"), ("?tab=refusals", "refusals"), ("?tab=x", "xp")]
)
def test_the_tab_is_in_the_address_and_marked(client, alice, query, tab):
    page = main_of(client.get(f"/me{query}"))
    assert f'<a href="?tab={tab}#history" aria-current="page">' in page
    assert page.count('aria-current="page"') == 1


def test_what_earned_nothing_links_the_post_and_pages_keep_the_tab(client, alice):
    thread = make.thread(alice, title="Gas at 3 gwei")
    post = thread.posts.get()
    refused(alice, post.pk)
    for number in range(post.pk + 1, post.pk + 28):
        refused(alice, number)
    last = main_of(client.get("/me", {"tab": "refusals", "cursor": _next(client)}))
    assert f'<a href="{post.get_absolute_url()}">Reply written</a>' in last
    assert "tab=refusals&amp;cursor=" in last


def _next(client):
    return client.get("/me", {"tab": "refusals"}).context["page"].next


# ── the history ──


def test_an_adjustment_by_staff_shows_its_reason_to_me(client, alice, root):
    xp.adjust(user=alice, points=500, reason="Found a <bug>", actor=root, key="adjustment:1")
    assert "Reason: Found a &lt;bug&gt;" in main_of(client.get("/me"))


@pytest.mark.parametrize("path", ["/profile/alice", "/xp/users/{}/history"])
def test_nobody_else_reads_the_reason(client, root, path):
    alice = make.user("alice")
    xp.adjust(user=alice, points=500, reason="Found a bug", actor=root, key="adjustment:1")
    sign_in(client, make.user("mallory"))
    page = client.get(path.format(alice.pk)).text
    assert ("Adjustment by staff" in page, "Found a bug" in page) == (True, False)
    sign_in(client, alice)
    assert "Found a bug" in client.get(path.format(alice.pk)).text


def test_an_event_is_named_and_linked_where_it_paid_and_where_it_multiplied(client, alice):
    event = on_now(name="Halving party", participation_xp=30, multiplier_bps=15_000)
    xp.join_event(user=alice, event=event)
    make.thread(alice)
    page = main_of(client.get("/me"))
    assert f'<a href="/events/{event.slug}">Special event</a>' in page
    assert "<dt>Event “Halving party”</dt><dd>×1.5</dd>" in page


def test_a_day_is_written_as_a_date(client, alice):
    xp.award(user=alice, action="daily_login", key=f"login:{alice.pk}:2026-11-22", cause=("day", "2026-11-22"))
    assert "22 Nov 2026" in main_of(client.get("/me"))


def test_what_was_taken_back_and_granted_again_says_why(client, alice):
    xp.award(user=alice, action="post_created", key="post:91", cause=("post", 91))
    xp.reverse(because="post_hidden:91", causes=[("post", 91)], reason="Off topic")
    xp.restore(because="post_hidden:91")
    page = main_of(client.get("/me"))
    assert page.index("Restored by a moderator") < page.index("Hidden by a moderator") < page.index("Reason: Off topic")


def test_a_like_that_was_taken_back_does_not_say_whose(client, alice):
    mallory = make.verified(make.user("mallory"))
    xp.award(user=alice, action="like_received", key=f"like:1:{mallory.pk}", cause=("post", 1), giver=mallory)
    xp.reverse(because=f"unlike:1:{mallory.pk}", keys=[f"like:1:{mallory.pk}"], actor=mallory)
    page = main_of(client.get("/me"))
    assert ("The like was taken back" in page, "mallory" in page) == (True, False)


@pytest.mark.parametrize("cause", [("post", "abc"), ("event", "9" * 30), ("day", "soon"), ("moon", "1")])
def test_a_cause_that_is_none_of_ours_is_shown_without_a_link(client, alice, cause):
    xp.award(user=alice, action="special_event", key="outside:1", cause=cause, base=5)
    page = main_of(client.get("/me"))
    assert "<span>Special event</span>" in page


# ── what multiplies ──


def boost(member, bps, number, *, starts=-1, ends=5):
    now = clock.database_time()
    xp.grant_boost(
        user=member,
        multiplier_bps=bps,
        starts_at=now + timedelta(hours=starts),
        ends_at=now + timedelta(hours=ends),
        source=f"test_boost:{number}",
    )


def test_without_boosts_and_events_it_says_so_and_leads_to_the_events(client, alice):
    page = main_of(client.get("/me"))
    assert "No boost and no event is on for you" in page
    assert '<a class="btn sm" href="/events">' in page


def test_boosts_say_until_when_and_which_one_counts(client, alice):
    (
        boost(alice, 20_000, 1),
        boost(alice, 15_000, 2),
        boost(alice, 30_000, 3, starts=2),
        boost(alice, 90_000, 4, ends=-0.5),
    )
    shown = client.get("/me").context["multipliers"]
    assert [(item.times, item.is_on, item.counts) for item in shown] == [
        ("×2", True, True),
        ("×1.5", True, False),
        ("×3", False, False),
    ]
    assert "waits for a stronger boost to end" in main_of(client.get("/me"))


def test_events_that_are_on_and_joined_are_in_force(client, alice):
    joined, _other = on_now(name="Joined", multiplier_bps=15_000), on_now(name="Not joined")
    xp.join_event(user=alice, event=joined)
    shown = client.get("/me").context["multipliers"]
    assert [(item.name, item.times, item.url) for item in shown] == [("Joined", "×1.5", f"/events/{joined.slug}")]
    SpecialEvent.objects.update(is_cancelled=True)
    assert client.get("/me").context["multipliers"] == []


def test_what_is_missing_of_a_profile_says_what_it_pays(client, alice):
    page = main_of(client.get("/me"))
    assert ("Complete your profile" in page, "+50 XP" in page) == (True, True)


@pytest.mark.parametrize("tab", ["xp", "refusals"])
def test_it_costs_at_most_twelve_queries(client, alice, django_assert_max_num_queries, warm, tab):
    event = on_now(participation_xp=30, multiplier_bps=15_000)
    xp.join_event(user=alice, event=event)
    boost(alice, 20_000, 1)
    thread = make.thread(alice, replies=3)
    refused(alice, thread.posts.first().pk)
    choose(alice, *only(("test-sage", {})))
    warm("/me")
    with django_assert_max_num_queries(12):
        client.get("/me", {"tab": tab})


def test_my_streak_is_on_the_page(client):
    client.force_login(make.user("alice"))
    assert client.get("/me").context["streak"].current == 1
