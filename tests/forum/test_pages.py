"""The list of threads, and a thread page by page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from degentalk.forum import rules
from degentalk.forum import services as forum
from degentalk.forum.models import Post
from degentalk.forum.views import THREADS_PER_PAGE
from tests import make
from xp import services as xp

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def bob():
    client = Client()
    client.force_login(make.user("bob"))
    return client


def numbers(answer):
    return [int(number) for number in re.findall(r'<article[^>]* id="post-(\d+)"', answer.content.decode())]


def titles(answer):
    return re.findall(r'<a class="title"[^>]*>(.*?)</a>', answer.content.decode())


def link(answer, rel):
    found = re.search(rf'rel="{rel}"\s+href="([^"]*)"', answer.content.decode())
    return found and found[1].replace("&amp;", "&")


def long_thread(*, posts):
    """Written straight into the tables: how replies are written is not what these tests are about."""
    thread = make.thread(make.user("alice"))
    rows = [
        Post(thread=thread, author=thread.author, number=number, body="Yes", html="<p>Yes</p>")
        for number in range(2, posts + 1)
    ]
    Post.objects.bulk_create(rows)
    thread.reply_count = posts - 1
    thread.save(update_fields=["reply_count"])
    return thread


def cost(client, url):
    """Queries of one request. The least of three: now and then one of them refills a cache of the process."""
    return min(queries(client, url) for _ in range(3))


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# ── The list ──


def test_an_empty_forum_offers_the_one_thing_to_do(visitor):
    shown = visitor.get("/threads").content.decode()
    assert "No threads yet" in shown
    assert shown.count('href="/threads/new"') == 1


def test_the_most_recently_active_thread_is_first(visitor):
    alice = make.user("alice")
    for title in ("First", "Second", "Third"):
        make.thread(alice, title=title)
    # One transaction has one time; the replies of real members have their own.
    with connection.cursor() as cursor:
        cursor.execute("update threads set last_post_at = last_post_at - interval '1 hour' where title <> 'Second'")
    assert titles(visitor.get("/threads")) == ["Second", "Third", "First"]


def test_older_and_newer_lead_through_all_threads(visitor):
    alice = make.user("alice")
    for n in range(THREADS_PER_PAGE + 2):
        make.thread(alice, title=f"Thread {n}")
    first = visitor.get("/threads")
    second = visitor.get("/threads" + link(first, "next"))
    assert (len(titles(first)), titles(second)) == (THREADS_PER_PAGE, ["Thread 1", "Thread 0"])
    assert (link(first, "prev"), link(second, "next")) == (None, None)
    assert titles(visitor.get("/threads" + link(second, "prev"))) == titles(first)


def test_an_invented_cursor_starts_again(visitor):
    assert visitor.get("/threads?cursor=x")["Location"] == "/threads"


def test_a_thread_shows_how_many_replies_it_has(visitor):
    thread = long_thread(posts=22)
    shown = visitor.get("/threads").content.decode()
    assert re.search(rf'<a class="replies" href="{re.escape(thread.newest_url)}">.*?>21</span>', shown, re.DOTALL)


# ── A thread ──


def test_a_page_has_twenty_posts_and_the_next_the_rest(visitor):
    thread = long_thread(posts=25)
    assert numbers(visitor.get(thread.url_of_page(1))) == list(range(1, 21))
    assert numbers(visitor.get(thread.url_of_page(2))) == list(range(21, 26))


def test_pages_lead_to_their_neighbours(visitor):
    thread = long_thread(posts=rules.POSTS_PER_PAGE * 2 + 1)
    first, second, third = (visitor.get(thread.url_of_page(page)) for page in (1, 2, 3))
    assert (link(first, "prev"), link(first, "next")) == (None, thread.url_of_page(2))
    assert (link(second, "prev"), link(second, "next")) == (thread.url_of_page(1), thread.url_of_page(3))
    assert (link(third, "prev"), link(third, "next")) == (thread.url_of_page(2), None)


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "", "1.5", "٢", "9" * 19, "9" * 5000])
def test_a_page_that_does_not_exist_is_not_found(visitor, page):
    thread = make.thread(make.user("alice"))
    assert visitor.get(thread.get_absolute_url(), {"page": page}).status_code == 404


@pytest.mark.parametrize("number", ["999", "9223372036854775808", "9" * 100])
def test_a_thread_that_does_not_exist_is_not_found(visitor, number):
    assert visitor.get(f"/thread/{number}/x").status_code == 404


def test_a_wrong_name_leads_to_the_right_one_for_good(visitor):
    thread = make.thread(make.user("alice"), title="Gas is cheap")
    answer = visitor.get(f"/thread/{thread.pk}/gas-is-free?page=1")
    assert (answer.status_code, answer["Location"]) == (301, f"/thread/{thread.pk}/gas-is-cheap?page=1")


def test_titles_are_shown_as_they_were_typed(visitor):
    thread = make.thread(make.user("alice"), title="<script>alert('x')</script> {{ x }} & <c-user />")
    escaped = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; {{ x }} &amp; &lt;c-user /&gt;"
    assert f"<h1>{escaped}</h1>" in visitor.get(thread.get_absolute_url()).content.decode()
    assert titles(visitor.get("/threads")) == [escaped]


def test_what_looks_like_a_template_in_a_post_stays_text(visitor):
    thread = make.thread(make.user("alice"), body="{{ request }} {% load i18n %} <c-user />")
    assert (
        "<p>{{ request }} {% load i18n %} &lt;c-user /&gt;</p>"
        in visitor.get(thread.get_absolute_url()).content.decode()
    )


def test_every_post_shows_its_authors_level(visitor):
    thread = make.thread(make.user("alice"))
    carol = make.user("carol")
    # 12 events earn 1,200 XP: level 7 begins at 1,050.
    for n in range(12):
        xp.award(user=carol, action="special_event", key=f"test:{n}", cause=("test", n))
    forum.reply(author=carol, thread=thread, body="Yes")
    shown = visitor.get(thread.get_absolute_url()).content.decode()
    assert re.findall(r'data-tier="(\w+)"[^>]* aria-label="([^"]*)"', shown) == [
        ("lurker", "Lurker, level 1"),
        ("shrimp", "Shrimp, level 7"),
    ]


def test_a_visitor_is_offered_to_sign_in_where_a_member_replies(visitor, bob):
    thread = make.thread(make.user("alice"))
    assert (
        f'href="/account/login/?next={thread.get_absolute_url()}"'
        in visitor.get(thread.get_absolute_url()).content.decode()
    )
    assert 'id="reply"' not in visitor.get(thread.get_absolute_url()).content.decode()
    assert 'id="reply"' in bob.get(thread.get_absolute_url()).content.decode()


def test_a_locked_thread_offers_no_reply(bob):
    thread = make.thread(make.user("alice"))
    forum.set_lock(thread=thread, is_locked=True)
    shown = bob.get(thread.get_absolute_url()).content.decode()
    assert "This thread is locked" in shown
    assert 'id="reply"' not in shown


# ── What a page costs ──


@pytest.mark.parametrize("who", ["visitor", "bob"])
def test_a_thread_page_costs_the_same_however_many_posts(request, who):
    client, thread = request.getfixturevalue(who), make.thread(make.user("alice"))
    one = cost(client, thread.get_absolute_url())
    for n in range(9):
        forum.reply(author=make.user(f"member{n}"), thread=thread, body="Yes")
    many = cost(client, thread.get_absolute_url())
    assert one == many <= 10


@pytest.fixture
def moderator():
    client = Client()
    client.force_login(make.moderator())
    return client


@pytest.mark.parametrize("who", ["visitor", "bob", "moderator"])
def test_a_page_of_liked_edited_and_removed_posts_costs_the_same_however_many(request, who):
    client, thread = request.getfixturevalue(who), make.thread(make.user("alice"))
    judge, carol = make.moderator("judge"), make.user("carol")

    def write(author):
        liked, edited, hidden, deleted = [
            forum.reply(author=author, thread=thread, body=f"{text} of {author}").post
            for text in ("Liked", "Edited", "Hidden", "Deleted")
        ]
        forum.like(member=carol, post=liked)
        forum.edit_post(post=edited, author=author, body="Changed", revision=0)
        forum.hide(post=hidden, moderator=judge, reason="Off topic")
        forum.delete_post(post=deleted, author=author)

    write(make.user("member"))
    few = cost(client, thread.get_absolute_url())
    for n in range(3):
        write(make.user(f"member{n}"))
    many = cost(client, thread.get_absolute_url())
    assert few == many <= 12


@pytest.mark.parametrize("who", ["visitor", "bob"])
def test_the_list_costs_the_same_however_many_threads(request, who):
    client = request.getfixturevalue(who)
    make.thread(make.user("alice"))
    one = cost(client, "/threads")
    for n in range(9):
        make.thread(make.user(f"member{n}"))
    many = cost(client, "/threads")
    assert one == many <= 8


def test_a_late_page_reads_one_page_of_rows():
    thread = long_thread(posts=60)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    plan = thread.posts.numbered(*rules.numbers_on(3)).explain()
    assert "posts_number_once" in plan
    assert "Sort" not in plan
