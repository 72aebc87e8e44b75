"""The main job as a new member does it, over real HTTP: sign up, post, earn XP, level up, get DGT, see why."""

import re

import pytest

from degentalk.accounts.models import Notification, User
from degentalk.forum.models import Post, Thread
from degentalk.rulebook import services as rulebook
from tests.site import Member
from tests.threads import together
from wallet.models import DgtTransaction, UserWallet
from xp.models import UserXp, XpAction, XpLog

KEY = re.compile(r'name="key"[^>]*?value="([^"]+)"|value="([^"]+)"[^>]*?name="key"')
SEEN = re.compile(r'name="seen"[^>]*?value="(\d+)"|value="(\d+)"[^>]*?name="seen"')


@pytest.fixture
def no_cooldown(committed_db):
    """Staff switch the cooldowns off, so that nobody has to wait 15 seconds here."""
    XpAction.objects.update(cooldown_seconds=0)
    rulebook.publish(actor=None, reason="Members type fast today")


def found(pattern, html):
    match = pattern.search(html)
    assert match, html[:3000]
    return next(group for group in match.groups() if group)


def start_thread(member: Member, title="Is the basis trade dead?") -> Thread:
    form = member.get("/threads/new").text
    answer = member.post("/threads/new", {"title": title, "body": "Funding says **yes**.", "key": found(KEY, form)})
    assert answer.status_code == 200
    return Thread.objects.get(title=title)


def reply(member: Member, thread: Thread, body: str, *, key: str | None = None, htmx: bool = True):
    page = member.get(thread.get_absolute_url()).text
    fields = {"body": body, "key": key or found(KEY, page), "seen": found(SEEN, page)}
    return member.post(f"/thread/{thread.pk}/reply", fields, htmx=htmx), fields


def test_sign_up_post_earn_level_up_get_dgt_see_why(site, no_cooldown):
    alice = site.member("alice")
    thread = start_thread(alice)

    first, _fields = reply(alice, thread, "Reply one")
    second, _fields = reply(alice, thread, "Reply two")
    third, _fields = reply(alice, thread, "Reply three")

    assert ["+10 XP" in answer.text for answer in (first, second, third)] == [True, True, True]
    assert ["<b>Level 2</b>" in answer.text for answer in (first, second, third)] == [False, True, False]
    assert "Lurker. 20 DGT are yours." in second.text
    assert 'hx-swap-oob="beforeend:#toasts"' in second.text

    user = User.objects.get(username="alice")
    assert (UserXp.objects.of(user).xp, UserXp.objects.of(user).level) == (60, 2)
    entry = DgtTransaction.objects.of(user).get()
    assert (entry.amount, entry.balance_after, entry.transaction_type, entry.description) == (
        20,
        20,
        "level_reward",
        "Reached level 2",
    )

    profile = alice.get("/profile/alice").text
    for text in ("Lurker", "Reply written", "Thread started", "Daily visit"):
        assert text in profile
    assert re.search(r"Base\s*</dt>\s*<dd>\s*10\s*</dd>", profile)
    wallet_page = alice.get("/wallet").text
    assert "Reached level 2" in wallet_page

    standing = alice.get("/api/xp/me").json()
    assert (standing["xp"], standing["level"], standing["to_go"], standing["position"]) == (60, 2, 90, 1)
    assert alice.get("/api/wallet/me").json()["balance"] == 20
    log = alice.get("/api/xp/me/log").json()["results"]
    assert [row["points"] for row in log] == [10, 10, 10, 20, 10]
    assert log[0]["why"] == {"base": 10, "multipliers": [], "result": 10, "scale": None, "limit": None}
    board = site.visitor().get("/api/xp/leaderboard").json()["results"]
    assert [(row["position"], row["username"], row["xp"]) for row in board] == [(1, "alice", 60)]

    assert Notification.objects.get(user=user, kind="level_up").text == "You reached level 2, Lurker. 20 DGT are yours."
    assert "You reached level 2" in alice.get("/account/notifications").text


def test_the_same_request_sent_twice_changes_nothing(site, no_cooldown):
    alice = site.member("alice")
    thread = start_thread(alice)
    first, fields = reply(alice, thread, "Only once")
    again = alice.post(f"/thread/{thread.pk}/reply", fields, htmx=True)
    assert (first.status_code, again.status_code) == (200, 200)
    assert Post.objects.filter(thread=thread, body="Only once").count() == 1
    assert (UserXp.objects.get().xp, XpLog.objects.count()) == (40, 3)


def test_fifty_parallel_replies_with_one_key_post_and_award_once(site, no_cooldown):
    alice = site.member("alice")
    thread = start_thread(alice)
    page = alice.get(thread.get_absolute_url()).text
    fields = {"body": "Clicked in anger", "key": found(KEY, page), "seen": found(SEEN, page)}

    def click():
        browser = Member(alice.base, "alice")
        browser.session.cookies.update(alice.session.cookies)
        return browser.post(f"/thread/{thread.pk}/reply", fields, htmx=True).status_code

    statuses = together([click for _ in range(50)])
    assert set(statuses) == {200}
    assert Post.objects.filter(thread=thread).count() == 2
    assert (UserXp.objects.get().xp, XpLog.objects.count()) == (40, 3)


def test_a_plain_form_without_script_does_the_same(site, no_cooldown):
    alice = site.member("alice")
    thread = start_thread(alice)
    answer, _fields = reply(alice, thread, "No script here", htmx=False)
    assert answer.history[0].status_code == 303
    assert "No script here" in answer.text
    assert "+10 XP" in answer.text


def test_a_reply_within_the_cooldown_is_posted_and_quietly_earns_nothing(site):
    alice = site.member("alice")
    thread = start_thread(alice)
    reply(alice, thread, "First")
    second, _fields = reply(alice, thread, "Second")
    assert "Second" in second.text
    assert "XP</b>" not in second.text
    assert UserXp.objects.get().xp == 40


def test_signing_out_ends_it(site):
    alice = site.member("alice")
    assert alice.get("/api/wallet/me").status_code == 200
    alice.post("/account/logout/")
    assert alice.get("/api/wallet/me").status_code == 401
    assert UserWallet.objects.count() == 0
