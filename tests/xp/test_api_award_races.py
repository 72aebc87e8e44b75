"""Fifty requests for awards at once, over HTTP: what is granted is exactly what one after the other would be."""

import pytest
import requests

from tests import make
from tests.threads import together
from tests.xp.asking import PATH, bearer, may_award, points, publish
from xp.models import XpLog, XpRefusal

MANY = 50
TIMEOUT_SECONDS = 60


@pytest.fixture
def alice(live):
    return make.user("alice")


@pytest.fixture
def ask(live):
    """Ask as a connected forum, with this key and body; status and answer."""
    headers = bearer(may_award(make.user("outside_forum")), "xp:award")

    def ask(key, **body):
        answer = requests.post(
            f"{live}{PATH}", json=body, headers=headers | {"Idempotency-Key": key}, timeout=TIMEOUT_SECONDS
        )
        return answer.status_code, answer.json()

    return ask


def test_l9_fifty_requests_with_one_key_are_one_award_and_one_answer(ask, alice):
    body = {"action": "special_event", "user_id": alice.pk}
    answers = together([lambda: ask("one", **body)] * MANY)
    assert answers == [answers[0]] * MANY
    assert (answers[0][0], answers[0][1]["granted"], points(alice), XpLog.objects.count()) == (201, True, 100, 1)


def test_fifty_keys_for_one_cause_pay_it_once(ask, alice):
    body = {"action": "special_event", "user_id": alice.pk, "cause": {"type": "post", "id": "91"}}
    answers = together([lambda key=f"key-{number}": ask(key, **body) for number in range(MANY)])
    assert sorted(status for status, _answer in answers) == [200] * (MANY - 1) + [201]
    assert {answer["points"] for _status, answer in answers} == {100}
    assert (points(alice), XpLog.objects.count()) == (100, 1)


def test_one_key_for_two_bodies_grants_one_of_them(ask, alice):
    bodies = [{"action": action, "user_id": alice.pk} for action in ("special_event", "post_created")]
    answers = together([lambda body=bodies[number % 2]: ask("one", **body) for number in range(MANY)])
    statuses = sorted(status for status, _answer in answers)
    assert (statuses, XpLog.objects.count()) == ([201] * (MANY // 2) + [422] * (MANY // 2), 1)


def test_a7_a_daily_cap_lets_exactly_its_points_through(ask, alice):
    publish("post_created", cooldown_seconds=0, daily_cap_xp=75)
    body = {"action": "post_created", "user_id": alice.pk}
    answers = together([
        lambda number=number: ask(f"key-{number}", **body, cause={"type": "post", "id": number})
        for number in range(MANY)
    ])  # fmt: skip
    granted = sorted(answer["points"] for _status, answer in answers)
    assert granted == [0] * 42 + [5] + [10] * 7
    assert (points(alice), XpLog.objects.count(), XpRefusal.objects.count()) == (75, 8, 42)
