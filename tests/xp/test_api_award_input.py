"""POST /api/xp/award: what cannot be right is a problem in a sentence, and nothing is written."""

import json

import pytest

from tests import make
from tests.xp.asking import PROBLEM, Caller, bearer, may_award, written


@pytest.fixture
def alice(db):
    return make.user("alice")


@pytest.fixture
def forum(client, db):
    return Caller(client, bearer(may_award(make.user("outside_forum")), "xp:award"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"action": "no_such_action"}, "action"),
        ({"action": ""}, "action"),
        ({"action": 7}, "action"),
        ({"action": None}, "action"),
        ({"action": ["post_created"]}, "action"),
        ({"action": "post_created\x00"}, "action"),
        ({"action": "x" * 101}, "action"),
        ({"user_id": "7"}, "user_id"),
        ({"user_id": True}, "user_id"),
        ({"user_id": 7.0}, "user_id"),
        ({"user_id": 0}, "user_id"),
        ({"user_id": -7}, "user_id"),
        ({"user_id": 2**63}, "user_id"),
        ({"user_id": 10**400}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"giver_id": "7"}, "giver_id"),
        ({"giver_id": 2**70}, "giver_id"),
        ({"receiver_id": False}, "receiver_id"),
        ({"giver_id": 7, "receiver_id": 8}, "receiver_id"),
        ({"amount": "5"}, "amount"),
        ({"amount": 5.5}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**12 + 1}, "amount"),
        ({"cause": "post:91"}, "cause.non_field_errors"),
        ({"cause": None}, "cause"),
        ({"cause": {"type": "post"}}, "cause.id"),
        ({"cause": {"id": "91"}}, "cause.type"),
        ({"cause": {"type": "Post", "id": "91"}}, "cause.type"),
        ({"cause": {"type": "a:b", "id": "91"}}, "cause.type"),
        ({"cause": {"type": "x" * 41, "id": "91"}}, "cause.type"),
        ({"cause": {"type": "post", "id": ""}}, "cause.id"),
        ({"cause": {"type": "post", "id": 9.1}}, "cause.id"),
        ({"cause": {"type": "post", "id": True}}, "cause.id"),
        ({"cause": {"type": "post", "id": "x" * 101}}, "cause.id"),
        ({"cause": {"type": "post", "id": "\ud800"}}, "cause.id"),
        ({"cause": {"type": "post", "id": "91", "url": "x"}}, "cause.url"),
        ({"xp": 1_000_000}, "xp"),
        ({"base": 1_000_000}, "base"),
        ({"points": 1_000_000}, "points"),
        ({"is_staff": True}, "is_staff"),
        ({"rule_set": 1}, "rule_set"),
    ],
    ids=str,
)
def test_w5_w6_what_cannot_be_right_is_refused_by_field_and_nothing_is_written(forum, alice, change, field):
    answer = forum.ask(**{"action": "post_created", "user_id": alice.pk} | change)
    assert (answer.status_code, answer["Content-Type"], list(answer.json()["errors"])) == (400, PROBLEM, [field])
    assert written() == [0, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "null", "[]", "7", '"post_created"', "{'action': 'x'}", '{"action": NaN}', "[" * 50_000,
        '{"amount": ' + "9" * 10_000 + "}", "\x00", "\xff",
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_a_body_that_is_no_object_is_a_problem(forum, body):
    answer = forum.send(body.encode("latin-1"))
    assert (answer.status_code, answer["Content-Type"], written()) == (400, PROBLEM, [0, 0, 0])


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"]
)
def test_w2_bodies_that_a_form_can_send_are_refused(forum, alice, content_type):
    body = json.dumps({"action": "special_event", "user_id": alice.pk})
    answer = forum.send(body, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"], written()) == (415, PROBLEM, [0, 0, 0])


def test_a_body_without_measure_is_not_read(forum):
    answer = forum.send('{"action": "' + "x" * 70_000 + '"}')
    assert (answer.status_code, answer.json()["code"], written()) == (413, "too-large", [0, 0, 0])


def test_a_forum_must_say_whom(forum):
    answer = forum.ask(action="special_event")
    assert (answer.status_code, list(answer.json()["errors"]), written()) == (400, ["user_id"], [0, 0, 0])
