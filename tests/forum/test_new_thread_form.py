"""The form that starts a thread."""

import re

import pytest
from django.test import Client

from degentalk.forum.models import Thread
from tests import make
from xp.models import XpLog

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def alice(committed_db) -> Client:
    client = Client()
    client.force_login(make.user("alice"))
    return client


def send(client, **fields):
    return client.post("/threads/new", {"title": "Gas is cheap", "body": "Very", "key": "k1"} | fields)


def test_a_new_thread_is_shown_with_what_it_earned(alice):
    answer = send(alice)
    thread = Thread.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/thread/{thread.pk}/gas-is-cheap")
    shown = alice.get(answer["Location"]).content.decode()
    assert "<h1>Gas is cheap</h1>" in shown
    assert "<b>+20 XP</b><p>Thread started</p>" in shown


def test_sending_the_form_twice_starts_one_thread(alice):
    assert send(alice)["Location"] == send(alice)["Location"]
    assert Thread.objects.count() == XpLog.objects.filter(action__name="thread_created").count() == 1


def test_each_form_shown_has_a_key_of_its_own(alice):
    shown = [alice.get("/threads/new").content.decode() for _ in range(2)]
    (first,), (second,) = (re.findall(r'name="key" value="([^"]+)"', page) for page in shown)
    assert first != second


def test_a_title_is_one_line_without_control_characters(alice):
    send(alice, title="  Gas\u202e is\r\n\x00 cheap\t ")
    assert Thread.objects.get().title == "Gas is cheap"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": "   "}, "Give the thread a title."),
        ({"title": "\u200b\u200b\u200b\u200b"}, "Give the thread a title."),
        ({"title": "Gas"}, "at least 4 characters"),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"body": " \n "}, "Write something first."),
        ({"body": "x" * 10_001}, "at most 10000 characters"),
        ({"body": "[a]: http://b"}, "Nothing of this would be seen."),
    ],
)
def test_a_form_that_is_refused_says_why(alice, fields, sentence):
    answer = send(alice, **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Thread.objects.exists()


def test_a_refused_form_keeps_what_was_written(alice):
    shown = send(alice, title="Gas", body="A <long> text").content.decode()
    assert 'value="Gas"' in shown
    assert "A &lt;long&gt; text</textarea>" in shown


def test_a_visitor_is_led_to_sign_in_and_back(committed_db):
    assert send(Client())["Location"] == "/account/login/?next=/threads/new"
