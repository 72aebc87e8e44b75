"""What moderators see and do on the site, and what everybody else sees of it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from degentalk.accounts.models import User
from degentalk.forum import services as forum
from degentalk.forum.models import Post, Thread
from degentalk.forum.views.act_list import ACTS_PER_PAGE
from tests import make
from tests.forum.tipping import member, post_by, tip

HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(db) -> Post:
    return make.thread(make.user("alice"), title="Gas", body="Gas is cheap").posts.get()


@pytest.fixture
def reply(post) -> Post:
    return forum.reply(author=make.user("bob"), thread=post.thread, body="Buy my coin").post


@pytest.fixture
def moderator(db) -> User:
    return make.moderator()


@pytest.fixture
def desk(sign_in, moderator) -> Client:
    """The moderator's browser."""
    return sign_in(moderator)


def moderate(client, post, act="hide", *, htmx=False, reason="Advertising"):
    fields = {"act": act, "reason": reason}
    return client.post(f"/post/{post.pk}/moderate", fields, headers=HTMX if htmx else {})


def page(client, post):
    return client.get(post.thread.get_absolute_url()).content.decode()


# ── On the page of a thread ──


def test_moderators_have_a_menu_on_the_posts_of_others(desk, moderator, post):
    own = forum.reply(author=moderator, thread=post.thread, body="Mine").post
    shown = page(desk, post)
    assert f'action="/post/{post.pk}/moderate"' in shown
    assert f'action="/post/{own.pk}/moderate"' not in shown


def test_members_and_visitors_have_none(sign_in, post):
    for client in (Client(), sign_in(make.user("mallory")), sign_in(make.user("clerk", is_staff=True))):
        assert "/moderate" not in page(client, post)


def test_hiding_leads_back_to_the_post(desk, reply):
    answer = moderate(desk, reply)
    assert (answer.status_code, answer["Location"]) == (303, reply.get_absolute_url())
    assert "10 XP were taken back." in page(desk, reply)


def test_htmx_gets_the_post_as_it_is_now(desk, reply):
    shown = moderate(desk, reply, htmx=True).content.decode()
    assert re.search(r'<article[^>]* id="post-2"', shown)
    assert "A moderator hid this post." in shown
    assert 'value="restore"' in shown


def test_around_a_first_post_htmx_draws_the_page_anew(desk, post):
    assert moderate(desk, post, htmx=True)["HX-Refresh"] == "true"


@pytest.mark.parametrize("fields", [{"reason": " "}, {"act": "erase"}, {"act": ""}, {"reason": "x" * 301}])
def test_a_form_that_says_too_little_changes_nothing(desk, reply, fields):
    for htmx in (False, True):
        answer = moderate(desk, reply, htmx=htmx, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert Post.objects.get(pk=reply.pk).is_visible


def test_htmx_gets_a_refused_form_open_and_in_place(desk, reply):
    answer = moderate(desk, reply, htmx=True, reason="")
    assert answer["HX-Retarget"] == f"#moderate-{reply.pk}"
    assert re.search(rf'<details[^>]* id="moderate-{reply.pk}"\s+open', answer.content.decode())


def test_a_refusal_of_the_rules_is_a_sentence(desk, reply):
    forum.delete_post(post=reply, author=reply.author)
    assert "Its author deleted this post." in moderate(desk, reply).content.decode()


@pytest.mark.parametrize("who", ["mallory", "clerk"])
def test_only_moderators_moderate(sign_in, reply, who):
    client = sign_in(make.user(who, is_staff=who == "clerk"))
    for answer in (moderate(client, reply), client.get("/moderation"), client.get("/moderation/members/bob/ban")):
        assert answer.status_code == 403
    assert Post.objects.get(pk=reply.pk).is_visible


def test_visitors_are_led_to_sign_in(reply):
    for path in ("/moderation", f"/post/{reply.pk}/moderate", "/moderation/members/bob/ban"):
        assert Client().get(path)["Location"] == f"/account/login/?next={path}"


# ── What the others see ──


def test_members_see_a_note_instead_of_a_hidden_post(sign_in, desk, post, reply):
    moderate(desk, reply)
    for client in (Client(), sign_in(post.author)):
        shown = page(client, post)
        assert "A moderator hid this post." in shown
        assert "Buy my coin" not in shown
        assert "Advertising" not in shown


def test_its_author_sees_text_and_reason(sign_in, desk, reply):
    moderate(desk, reply, "spam")
    shown = page(sign_in(reply.author), reply)
    assert "A moderator removed this post as spam." in shown
    assert "Reason: Advertising" in shown
    assert "Buy my coin" in shown


def test_moderators_see_text_and_reason(desk, reply):
    moderate(desk, reply)
    shown = page(desk, reply)
    assert "Reason: Advertising" in shown
    assert "Buy my coin" in shown


def test_a_deleted_post_is_read_by_moderators_only(sign_in, desk, reply):
    forum.delete_post(post=reply, author=reply.author)
    assert "Buy my coin" in page(desk, reply)
    assert "Buy my coin" not in page(sign_in(reply.author), reply)


# ── Removed threads ──


@pytest.fixture
def removed(post, reply, moderator) -> Thread:
    forum.hide(post=post, moderator=moderator, reason="Scam")
    return Thread.objects.get()


def test_a_removed_thread_is_on_no_list(sign_in, removed, post):
    for client in (Client(), sign_in(make.user("mallory"))):
        for path in ("/threads", "/"):
            assert "Gas" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["{url}", "/thread/{pk}/x", "/post/{post}", "/post/{post}/like"])
def test_a_removed_thread_is_gone_and_says_nothing_of_itself(removed, post, path):
    answer = Client().get(path.format(url=removed.get_absolute_url(), pk=removed.pk, post=post.pk))
    shown = answer.content.decode()
    assert answer.status_code == 410
    assert "This thread was removed" in shown
    assert "Gas" not in shown
    assert "Scam" not in shown


def test_nobody_replies_to_a_removed_thread(sign_in, removed):
    mallory = sign_in(make.user("mallory"))
    assert mallory.post(f"/thread/{removed.pk}/reply", {"body": "Yes", "key": "k1"}).status_code == 410
    assert removed.posts.count() == 2


def test_its_author_reads_the_reason(sign_in, removed, post):
    answer = sign_in(post.author).get(removed.get_absolute_url())
    shown = answer.content.decode()
    assert answer.status_code == 410
    assert "Reason: Scam" in shown
    assert "Gas is cheap" in shown


def test_moderators_go_on_reading_it(desk, removed):
    answer = desk.get(removed.get_absolute_url())
    assert answer.status_code == 200
    assert "This thread is removed, because its first post is." in answer.content.decode()


def test_a_title_of_a_removed_thread_leaves_the_histories_of_xp(sign_in, removed, reply):
    assert "Gas" not in Client().get("/profile/alice").content.decode()
    assert "Gas" not in sign_in(reply.author).get("/me").content.decode()


def test_removed_posts_are_not_counted_on_profiles(removed):
    assert re.search(r"\b0 posts", Client().get("/profile/alice").content.decode())


# ── The list of acts ──


def test_the_list_says_who_did_what_why_and_what_it_cost(desk, reply, moderator):
    forum.flag_spam(post=reply, moderator=moderator, reason="Advertising")
    shown = " ".join(re.sub(r"<[^>]*>", " ", desk.get("/moderation").content.decode()).split())
    assert "Flagged as spam: post #2 in “Gas” by bob Advertising moderator ·" in shown
    assert "−10 XP" in shown


def reasons(answer):
    return re.findall(r'<span class="why">(.*?)</span>', answer.content.decode())


def test_the_list_is_filtered_by_its_address(desk, post, reply, moderator):
    forum.hide(post=reply, moderator=moderator, reason="One")
    forum.restore(post=reply, moderator=make.moderator("other"), reason="Two")
    forum.hide(post=post, moderator=moderator, reason="Three")
    assert reasons(desk.get("/moderation")) == ["Three", "Two", "One"]
    assert reasons(desk.get("/moderation?act=hide")) == ["Three", "One"]
    assert reasons(desk.get("/moderation?member=BOB")) == ["Two", "One"]
    assert reasons(desk.get("/moderation?moderator=moderator&member=bob")) == ["One"]
    assert "Nothing found" in desk.get("/moderation?member=nobody").content.decode()


def undone_tip(moderator, *, dgt, reason):
    """A tip from carol to dave that a moderator undid."""
    carol, dave = (User.objects.filter(username=name).first() for name in ("carol", "dave"))
    carol, dave = carol or member("carol", dgt=500), dave or member("dave")
    given = tip(post_by(dave, title="Merge"), carol, dgt).tip
    return forum.undo_tip(tip=given, actor=moderator, reason=reason)


def test_undone_tips_are_a_kind_of_the_filter(desk, reply, moderator):
    admin = make.user("root", is_staff=True, is_superuser=True)
    undone_tip(admin, dgt=50, reason="A thief")
    tip(post_by(User.objects.get(username="dave")), User.objects.get(username="carol"), 5)
    forum.hide(post=reply, moderator=moderator, reason="One")
    answer = desk.get("/moderation?act=tips")
    shown = " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())
    assert '<option value="tips" selected>Tips undone</option>' in answer.content.decode()
    assert reasons(answer) == ["A thief"]
    assert "Tip undone: post #1 in “Merge” , from carol to dave A thief root ·" in shown
    assert "50 DGT went back" in shown


def test_undone_tips_are_filtered_by_either_member_and_by_who_undid_them(desk):
    root, other = (make.user(name, is_staff=True, is_superuser=True) for name in ("root", "other"))
    undone_tip(root, dgt=50, reason="One")
    undone_tip(other, dgt=60, reason="Two")
    assert reasons(desk.get("/moderation?act=tips")) == ["Two", "One"]
    assert reasons(desk.get("/moderation?act=tips&member=CAROL")) == ["Two", "One"]
    assert reasons(desk.get("/moderation?act=tips&member=dave&moderator=ROOT")) == ["One"]
    assert "Nothing found" in desk.get("/moderation?act=tips&member=bob").content.decode()


def test_a_tip_that_was_undone_with_its_post_is_among_them(desk, moderator):
    root = make.user("root", is_staff=True, is_superuser=True)
    author = member("dave")
    post = post_by(author)
    tip(post, member("carol", dgt=500), 50)
    forum.hide(post=post, moderator=root, reason="Scam", undoes_tips=True)
    assert reasons(desk.get("/moderation?act=tips")) == ["Scam"]


def test_the_list_of_undone_tips_costs_the_same_however_long(desk):
    root = make.user("root", is_staff=True, is_superuser=True)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get("/moderation?act=tips")
        return len(captured)

    undone_tip(root, dgt=5, reason="One")
    few = min(queries() for _ in range(3))
    for dgt in range(6, 10):
        undone_tip(root, dgt=dgt, reason="More")
    assert min(queries() for _ in range(3)) == few <= 9


def test_the_list_of_undone_tips_goes_on_in_pages(desk):
    root = make.user("root", is_staff=True, is_superuser=True)
    undone_tip(root, dgt=5, reason="First")
    post = post_by(User.objects.get(username="dave"))
    for _time in range(ACTS_PER_PAGE):
        tip(post, User.objects.get(username="carol"), 1)
    forum.hide(post=post, moderator=root, reason="Scam", undoes_tips=True)
    first = desk.get("/moderation?act=tips")
    (following,) = re.findall(r'rel="next"\s+href="([^"]*)"', first.content.decode())
    assert reasons(first) == ["Scam"] * ACTS_PER_PAGE
    assert reasons(desk.get("/moderation" + following.replace("&amp;", "&"))) == ["First"]


def test_a_wrong_filter_is_said(desk):
    answer = desk.get("/moderation?act=erase")
    assert answer.status_code == 422
    assert "erase is not one of the available choices" in answer.content.decode()


def test_the_list_goes_on_in_pages_and_keeps_its_filter(desk, reply, moderator):
    for n in range(15):
        forum.hide(post=reply, moderator=moderator, reason=f"Hide {n}")
        forum.restore(post=reply, moderator=moderator, reason=f"Restore {n}")
    first = desk.get("/moderation?member=bob")
    (following,) = re.findall(r'rel="next"\s+href="([^"]*)"', first.content.decode())
    assert len(reasons(first)) == 25
    assert reasons(desk.get("/moderation" + following.replace("&amp;", "&"))) == [
        "Restore 2", "Hide 2", "Restore 1", "Hide 1", "Restore 0", "Hide 0",
    ][1:]  # fmt: skip
    assert "member=bob" in following
    assert desk.get("/moderation?cursor=x")["Location"] == "/moderation"


def test_the_list_costs_the_same_however_long(desk, reply, moderator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get("/moderation")
        return len(captured)

    forum.hide(post=reply, moderator=moderator, reason="One")
    few = min(queries() for _ in range(3))
    for n in range(6):
        forum.restore(post=reply, moderator=moderator, reason=f"{n}")
        forum.hide(post=reply, moderator=moderator, reason=f"{n}")
    assert min(queries() for _ in range(3)) == few <= 9


def test_the_menu_of_moderators_leads_to_it(sign_in, desk):
    assert 'href="/moderation"' in desk.get("/threads").content.decode()
    assert 'href="/moderation"' not in sign_in(make.user("mallory")).get("/threads").content.decode()


# ── Bans ──


def test_profiles_lead_moderators_to_ban_and_unban(sign_in, desk, moderator):
    mallory = make.user("mallory")
    assert 'href="/moderation/members/mallory/ban"' in desk.get("/profile/mallory").content.decode()
    assert "/ban" not in sign_in(make.user("carol")).get("/profile/mallory").content.decode()
    assert "/ban" not in desk.get("/profile/moderator").content.decode()
    forum.ban(member=mallory, moderator=moderator, reason="Farming", takes_back_xp=False)
    assert 'href="/moderation/members/mallory/unban"' in desk.get("/profile/mallory").content.decode()


@pytest.mark.parametrize("username", ["nobody", "%00", "x" * 200])
def test_nobody_of_that_name_is_banned(desk, username):
    assert desk.get(f"/moderation/members/{username}/ban").status_code == 404


def test_pages_that_have_nothing_to_do_say_so(desk, moderator):
    mallory = make.user("mallory")
    assert "This account is not suspended." in desk.get("/moderation/members/mallory/unban").content.decode()
    forum.ban(member=mallory, moderator=moderator, reason="Farming", takes_back_xp=False)
    assert "This account is suspended already." in desk.get("/moderation/members/mallory/ban").content.decode()
    assert "only an admin bans" in desk.get("/moderation/members/moderator/ban").content.decode()
