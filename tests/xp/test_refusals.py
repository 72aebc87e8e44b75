"""What earned nothing: kept for the member, in words, and shown to nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.html import html_of, main_of
from xp import presentation
from xp import services as xp
from xp.models import XpAction, XpRefusal
from xp.rules import Refusal

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def refused(user, number=1, *, reason="cooldown", again_at=None, action="post_created", other=None, at=NOON):
    """A refusal as the service keeps it."""
    return XpRefusal.objects.create(
        user=user,
        action=XpAction.objects.get(name=action),
        key=f"post:{number}",
        reason=reason,
        again_at=again_at,
        created_at=at + timedelta(minutes=number),
        rule_set_id=1,
        counterparty=other,
        cause_type="post",
        cause_id=str(number),
    )


@pytest.mark.parametrize("reason", list(Refusal))
def test_every_refusal_has_a_sentence_of_its_own(reason):
    words = presentation.why_refused(reason)
    assert words.endswith(".")
    assert [other for other in Refusal if presentation.why_refused(other) == words] == [reason]


def test_a_reason_of_another_version_is_still_a_sentence():
    assert presentation.why_refused("moon-phase") == "It earned nothing."


@pytest.mark.parametrize("reason", [Refusal.TOO_NEW, Refusal.UNVERIFIED])
def test_limits_of_new_accounts_speak_of_who_acted(reason):
    assert presentation.why_refused(reason).startswith("Your ")
    assert presentation.why_refused(reason, other_acts=True).startswith("The account that did it ")


@pytest.mark.django_db
@pytest.mark.parametrize(("action", "start"), [("like_received", "The account that"), ("tip_given", "Your account")])
def test_a_like_speaks_of_the_liker_and_a_tip_of_the_giver(action, start):
    row = refused(make.user("alice"), reason="too-new", action=action, other=make.user("mallory"))
    (entry,) = presentation.refusals([row])
    assert entry.why.startswith(start)


@pytest.mark.django_db
def test_it_says_that_an_action_pays_again():
    alice = make.user("alice")
    now = clock.database_time()
    rows = [
        refused(alice, 1, again_at=now - timedelta(minutes=1)),
        refused(alice, 2, again_at=now + timedelta(hours=3)),
    ]
    assert [entry.pays_again for entry in presentation.refusals(rows)] == [True, False]


# ── the component ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def alice(client):
    alice = make.user("alice")
    client.force_login(alice)
    return alice


@pytest.mark.django_db
def test_a_real_refusal_is_on_my_page_with_its_reason_and_when_it_pays_again(client, alice):
    for number in (1, 2):
        xp.award(user=alice, action="post_created", key=f"post:{number}", cause=("post", number))
    page = html_of(client.get("/me", {"tab": "refusals"}))
    again_at = XpRefusal.objects.get().again_at
    assert "It came too soon after the last time." in page
    assert f'datetime="{again_at.isoformat()}"' in page


@pytest.mark.django_db
def test_a_refusal_is_never_a_toast(client, alice):
    client.get("/me")  # says what the visit earned
    for number in (1, 2):
        xp.award(user=alice, action="post_created", key=f"post:{number}", cause=("post", number))
    page = client.get("/me", {"tab": "refusals"}).text
    assert ("It came too soon" in page, "data-toast" in page.split("<main")[0]) == (True, False)


@pytest.mark.django_db
def test_refusals_are_the_members_own(client, alice):
    refused(make.user("bob"), 7, reason="repost")
    for path in ("/xp/me/refusals", "/me?tab=refusals"):
        page = client.get(path).text
        assert ("You had written the same" in page, "bob" in page) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/xp/me/refusals", "/xp/me/refusals?user=1", "/me?tab=refusals"])
def test_w4_a_visitor_is_asked_to_sign_in(client, path):
    refused(make.user("bob"))
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].startswith("/account/login/")) == (302, True)


@pytest.mark.django_db
def test_refusals_go_on_by_cursor_in_the_fragment_and_on_the_page(client, alice):
    for number in range(1, 31):
        refused(alice, number)
    first = client.get("/xp/me/refusals")
    more = html_of(first).split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(more)
    assert [html_of(page).count("Reply written") for page in (first, second)] == [25, 5]
    assert ("<html" in first.text, "hx-get" in second.text) == (False, False)
    page = client.get("/me", {"tab": "refusals"})
    following = client.get("/me", {"tab": "refusals", "cursor": page.context["page"].next})
    assert [main_of(answer).count("Reply written") for answer in (page, following)] == [25, 5]


@pytest.mark.django_db
def test_the_newest_comes_first_and_one_moment_loses_nobody(client, alice):
    for number in range(1, 31):
        refused(alice, number, at=NOON - timedelta(minutes=number))  # all at the same moment
    first = client.get("/me", {"tab": "refusals"})
    second = client.get("/me", {"tab": "refusals", "cursor": first.context["page"].next})
    seen = [entry.cause_id for page in (first, second) for entry in page.context["refusals"]]
    assert seen == [str(number) for number in range(30, 0, -1)]


@pytest.mark.django_db
def test_nothing_refused_is_said_kindly(client, alice):
    assert "Everything counted" in client.get("/xp/me/refusals").text


@pytest.mark.django_db
def test_a_made_up_cursor_is_a_bad_request(client, alice):
    assert client.get("/xp/me/refusals", {"cursor": "made.up"}).status_code == 400
