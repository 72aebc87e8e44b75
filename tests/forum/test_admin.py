"""What staff may do with threads and posts."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client

from degentalk.forum import services as forum
from degentalk.forum.models import Like, ModerationAct, PostRevision, Thread
from tests import make
from tests.forum.tipping import member, post_by, tip

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread() -> Thread:
    return make.thread(make.user("alice"), title="Gas is cheap", replies=1)


def staff(*permissions: str) -> Client:
    user = make.user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def moderator() -> Client:
    return staff("view_thread", "change_thread", "view_post", "change_post")


def act(client, action, thread):
    return client.post("/admin/forum/thread/", {"action": action, "_selected_action": [thread.pk]}, follow=True)


@pytest.mark.parametrize(("action", "before", "after"), [("lock", False, True), ("unlock", True, False)])
def test_locking_is_written_down(moderator, thread, action, before, after):
    Thread.objects.update(is_locked=before)
    act(moderator, action, thread)
    thread.refresh_from_db()
    assert thread.is_locked is after
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id, entry.change_message) == (
        "staff",
        str(thread.pk),
        f"{action.capitalize()}ed.",
    )


def test_locking_what_is_locked_is_not_written_down(moderator, thread):
    Thread.objects.update(is_locked=True)
    act(moderator, "lock", thread)
    assert not LogEntry.objects.exists()


def test_staff_who_may_only_look_cannot_lock(thread):
    act(staff("view_thread"), "lock", thread)
    thread.refresh_from_db()
    assert not thread.is_locked


def test_no_text_of_a_member_can_be_changed(moderator, thread):
    post = thread.posts.get(number=1)
    fields = {"body": "Changed", "html": "Changed", "number": "7", "title": "Changed"}
    moderator.post(f"/admin/forum/post/{post.pk}/change/", fields)
    moderator.post(f"/admin/forum/thread/{thread.pk}/change/", fields)
    post.refresh_from_db()
    assert (post.body, post.number, post.thread.title) == ("Hello", 1, "Gas is cheap")


@pytest.mark.parametrize("path", ["thread/add/", "post/add/", "thread/{thread}/delete/", "post/{post}/delete/"])
def test_nothing_is_added_or_deleted_here(thread, path):
    admin = Client()
    admin.force_login(make.user("root", is_staff=True, is_superuser=True))
    path = path.format(thread=thread.pk, post=thread.posts.first().pk)
    assert admin.get(f"/admin/forum/{path}").status_code == 403


@pytest.fixture
def history(thread) -> dict[str, int]:
    """A row of each kind that is only looked at, by the name of its model."""
    post = thread.posts.get(number=1)
    forum.like(member=make.user("bob"), post=post)
    forum.edit_post(post=post, author=post.author, body="Gas is dear", revision=0)
    forum.hide(post=post, moderator=make.moderator(), reason="Off topic")
    rows = (Like, PostRevision, ModerationAct)
    return {model._meta.model_name: model.objects.get().pk for model in rows}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make.user("root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", ["like", "postrevision", "moderationact"])
def test_w18_what_happened_is_shown_and_stays(admin, history, model):
    row = f"/admin/forum/{model}/{history[model]}"
    assert [admin.get(path).status_code for path in (f"/admin/forum/{model}/", f"{row}/change/")] == [200, 200]
    answers = [
        admin.get(f"/admin/forum/{model}/add/"),
        admin.post(f"{row}/change/", {"reason": "Changed", "body": "Changed", "is_active": ""}),
        admin.post(f"{row}/delete/", {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.parametrize("model", ["like", "postrevision", "moderationact"])
def test_what_happened_is_found_by_the_author_of_the_post(admin, history, model):
    found = admin.get(f"/admin/forum/{model}/", {"q": "alice"}).context["cl"].queryset
    assert [row.pk for row in found] == [history[model]]
    assert admin.get(f"/admin/forum/{model}/", {"q": "nobody"}).status_code == 200


def test_a_post_shows_its_state_and_what_it_said_before(admin, thread, history):
    post = thread.posts.get(number=1)
    shown = admin.get(f"/admin/forum/post/{post.pk}/change/").content.decode()
    assert "Hello" in shown
    assert "Gas is dear" in shown
    found = admin.get("/admin/forum/post/?state__exact=hidden").context["cl"].queryset
    assert list(found) == [post]


def test_moderators_read_earlier_texts_and_acts_but_not_who_likes_what(history):
    client = Client()
    client.force_login(make.moderator("another"))
    models = ("postrevision", "moderationact", "like")
    assert [client.get(f"/admin/forum/{model}/").status_code for model in models] == [200, 200, 403]


@pytest.mark.parametrize("path", ["thread/?q=gas", "post/?q=hello", "thread/?q=alice", "post/?q=alice"])
def test_threads_and_posts_are_found_by_words_and_author(moderator, thread, path):
    assert "Gas is cheap" in moderator.get(f"/admin/forum/{path}").content.decode()


# ── Tips ──


@pytest.mark.parametrize("group", ["moderator", "economist"])
def test_staff_look_at_tips_and_change_none(group):
    row = tip(post_by(member("alice")), member("bob", dgt=10), 5).tip
    user = make.user("staff", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    shown = client.get("/admin/forum/tip/", {"q": "BOB"}).content.decode()
    assert f'href="/admin/forum/tip/{row.pk}/change/' in shown
    page = client.get(f"/admin/forum/tip/{row.pk}/change/").content.decode()
    assert f'href="/post/{row.post_id}/tips"' in page
    assert "readonly" in page
    for path in ("add/", f"{row.pk}/delete/"):
        assert client.get(f"/admin/forum/tip/{path}").status_code == 403


def test_a_tip_leads_to_its_journal_which_is_not_reversed_there():
    row = tip(post_by(member("alice")), member("bob", dgt=10), 5).tip
    client = Client()
    client.force_login(make.user("admin", is_staff=True, is_superuser=True))
    journal = f"/admin/wallet/dgtjournal/{row.journal_id}/"
    assert f'href="{journal}change/"' in client.get(f"/admin/forum/tip/{row.pk}/change/").content.decode()
    assert f"{journal}reverse/" not in client.get(f"{journal}change/").content.decode()
