"""Limits are exact however many ask at once, and count by the clock of the database (MONEY.md A7, A8, W7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from degentalk.core import clock, idempotency, limits
from degentalk.core.errors import Refused, TooOften
from degentalk.core.limits import Limit
from degentalk.core.models import IdempotencyKey, RateLimit
from degentalk.core.tasks import forget_limits
from tests import make
from tests.threads import together

THREE = Limit("test", most=3, seconds=60)


def took(limit: Limit, times: int, who: str = "7") -> int:
    """How many of these attempts were let through."""
    passed = 0
    for _attempt in range(times):
        try:
            limit.take(who)
            passed += 1
        except TooOften:
            pass
    return passed


@pytest.mark.django_db
def test_w7_so_many_pass_and_no_more() -> None:
    assert took(THREE, 5) == 3


@pytest.mark.django_db
def test_each_who_asks_and_each_limit_counts_alone() -> None:
    took(THREE, 3)
    assert (took(THREE, 3, who="8"), took(Limit("other", most=3, seconds=60), 3)) == (3, 3)


@pytest.mark.django_db
def test_a_refusal_says_how_long_to_wait() -> None:
    took(THREE, 3)
    with clock.at(clock.database_time() + timedelta(seconds=18)), pytest.raises(TooOften) as refusal:
        THREE.take("7")
    assert (refusal.value.status, refusal.value.headers) == (429, {"Retry-After": "42"})
    assert str(refusal.value) == "That was too often. Try again in 42 seconds."


@pytest.mark.django_db
def test_a_time_that_is_over_begins_anew() -> None:
    took(THREE, 3)
    with clock.at(clock.database_time() + timedelta(seconds=60)):
        assert took(THREE, 5) == 3


@pytest.mark.django_db
def test_asking_while_one_may_not_makes_the_wait_no_longer() -> None:
    started = clock.database_time()
    took(THREE, 3)
    with clock.at(started + timedelta(seconds=59)):
        took(THREE, 50)
    with clock.at(started + timedelta(seconds=60)):
        assert took(THREE, 5) == 3


@pytest.mark.usefixtures("committed_db")
def test_a7_of_fifty_at_once_exactly_the_allowed_number_passes() -> None:
    passed = together([lambda: took(Limit("test", most=30, seconds=60), 1)] * 50)
    assert sorted(passed) == [0] * 20 + [1] * 30


@pytest.mark.django_db
def test_what_is_over_is_forgotten_and_the_rest_kept() -> None:
    took(THREE, 2)
    with clock.at(clock.database_time() + timedelta(seconds=61)):
        took(THREE, 1, who="8")
        assert (forget_limits(), limits.forget()) == (1, 0)
    assert list(RateLimit.objects.values_list("who", "count")) == [("8", 1)]


# ── Limits of what is answered once per key ──


def attempt(user: Any, key: str, verb: Any = dict) -> idempotency.Answer:
    return idempotency.run(actor=user, endpoint="test", key=key, request={}, verb=verb, limit=THREE)


def refuse() -> dict[str, Any]:
    raise Refused("No.")


@pytest.mark.usefixtures("committed_db")
def test_attempts_that_are_refused_count_too() -> None:
    alice = make.user("alice")
    answers = [attempt(alice, f"key-{number}", refuse) for number in range(3)]
    assert [answer.status for answer in answers] == [422] * 3
    with pytest.raises(TooOften):
        attempt(alice, "key-3")


@pytest.mark.usefixtures("committed_db")
def test_what_is_remembered_is_answered_without_counting() -> None:
    alice = make.user("alice")
    assert [attempt(alice, "one").replayed for _time in range(5)] == [False] + [True] * 4
    assert RateLimit.objects.get().count == 1


@pytest.mark.usefixtures("committed_db")
def test_a_key_that_came_too_often_may_be_sent_again_later() -> None:
    alice = make.user("alice")
    for number in range(3):
        attempt(alice, f"key-{number}")
    with pytest.raises(TooOften):
        attempt(alice, "later")
    assert not IdempotencyKey.objects.filter(key="later").exists()
    with clock.at(clock.database_time() + timedelta(seconds=60)):
        assert not attempt(alice, "later").refused


@pytest.mark.usefixtures("committed_db")
def test_a_count_goes_with_the_transaction_it_belongs_to() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        THREE.take("7")
        _ = 1 / 0
    assert took(THREE, 3) == 3
