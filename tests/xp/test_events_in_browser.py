"""Events and my own page in a real Chromium: joining in place and without a script, and how they look to machines."""

from datetime import timedelta

from degentalk.core import clock
from tests import browsing, make
from tests.browsing import barriers
from tests.extent import in_proof_only
from tests.xp.test_event_pages import coming, ended
from tests.xp.test_events import on_now
from tests.xp.test_refusals import refused
from xp import services as xp
from xp.models import EventParticipation, SpecialEvent

pytestmark = browsing.MARKS


def everything(member) -> SpecialEvent:
    """Events in every state, boosts, refusals, adjustments, awards taken back and granted again."""
    event = on_now(name="Halving week", multiplier_bps=15_000, participation_xp=120, description="Bring\n\nmemes.")
    joined = on_now(name="M" * 60, participation_xp=40)
    coming(name="Bug bash", multiplier_bps=20_000), ended(name="Testnet quest"), on_now(name="Off", is_cancelled=True)
    xp.join_event(user=member, event=joined)
    now = clock.database_time()
    for number, (bps, starts) in enumerate(((20_000, -1), (15_000, -1), (30_000, 24))):
        starts_at = now + timedelta(hours=starts)
        xp.grant_boost(
            user=member,
            multiplier_bps=bps,
            starts_at=starts_at,
            ends_at=now + timedelta(hours=48),
            source=f"test_boost:{number}",
        )
    thread = make.thread(
        member, title="Funding rates and a title that is long enough for two lines on a phone", replies=2
    )
    xp.reverse(because="post_hidden:1", causes=[("thread", thread.pk)], reason="Off topic")
    xp.restore(because="post_hidden:1", reason="A mistake")
    root = make.user("root", is_staff=True)
    xp.adjust(user=member, points=-5, reason="A reason that is long " * 6, actor=root, key="adjustment:1")
    refused(member, 1, reason="daily-cap", again_at=now + timedelta(hours=5), at=now)
    refused(member, 2, reason="repost", at=now)
    return event


def test_joining_changes_the_card_in_place_and_shows_a_toast(windows):
    on_now(name="Halving week", participation_xp=120)
    page = windows.open(make.user("alice"))
    page.goto("/events")
    page.evaluate("window.stays = true")
    page.click(".event-join button")
    page.wait_for_selector(".event-join .did")
    assert "Joining earned you 120 XP." in page.inner_text(".event-join .did")
    assert "+120 XP" in page.inner_text("#toasts")
    assert page.evaluate("[stays, violations]") == [True, []]


def test_joining_works_without_a_script(windows):
    event = on_now(name="Halving week", participation_xp=120)
    page = windows.open(make.user("alice"), java_script_enabled=False)
    page.goto("/")
    page.click(".event-join button")
    assert page.url.endswith(f"/events/{event.slug}")
    assert "Joining earned you 120 XP." in page.inner_text(".event-join .did")
    assert EventParticipation.objects.count() == 1


@in_proof_only
def test_the_pages_have_no_barriers(windows):
    alice = make.user("alice", time_zone="Asia/Tokyo")
    event, page = everything(alice), windows.open(alice)
    for path in ("/", "/events", f"/events/{event.slug}", "/me", "/me?tab=refusals"):
        page.goto(path)
        for summary in page.query_selector_all(".why summary"):
            summary.click()
        assert barriers(page) == []
