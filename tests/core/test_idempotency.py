"""A request sent twice is done once (MONEY.md L9-L12). Real threads on a real database."""

from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.errors import DeadlockDetected

from degentalk.accounts.models import User
from degentalk.core import idempotency
from degentalk.core.errors import KeyInFlight, KeyMissing, KeyReused, MemberError, Refused
from degentalk.core.models import IdempotencyKey, OutboxMessage
from tests import make
from tests.threads import together

pytestmark = pytest.mark.usefixtures("committed_db")


class Forbidden(MemberError):
    status = 403
    code = "forbidden"


def tell(user: User) -> dict[str, Any]:
    """A verb whose effect can be counted."""
    row = OutboxMessage.objects.create(topic="told", payload={}, key=str(uuid4()))
    return {"id": row.pk, "to": user.username}


def told() -> int:
    return OutboxMessage.objects.count()


def run(user: User, verb: Callable[[], dict[str, Any]], **changes: Any) -> idempotency.Answer:
    fields = {"endpoint": "test:tell", "key": "key-1", "request": {"text": "hello", "to": [1, 2]}, "status": 201}
    return idempotency.run(actor=user, verb=verb, **{**fields, **changes})


def test_l9_the_same_key_gives_the_same_answer_again() -> None:
    alice = make.user("alice")
    first = run(alice, lambda: tell(alice))
    again = run(alice, lambda: tell(alice))
    assert (again.status, again.body, first.replayed, again.replayed) == (201, first.body, False, True)
    assert told() == 1


def test_l9_fifty_at_once_with_one_key_run_the_verb_once() -> None:
    alice = make.user("alice")
    answers = together([lambda: run(alice, lambda: tell(alice))] * 50)
    assert told() == 1
    assert {(answer.status, str(answer.body)) for answer in answers} == {(201, str(answers[0].body))}
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 49


def test_the_first_answer_is_the_one_that_json_can_hold() -> None:
    alice = make.user("alice")
    first = run(alice, lambda: {"levels": (4, 5), "next": None})
    assert first.body == {"levels": [4, 5], "next": None}
    assert run(alice, dict).body == first.body


def test_l10_the_same_key_with_another_body_is_422_without_effect() -> None:
    alice = make.user("alice")
    run(alice, lambda: tell(alice))
    with pytest.raises(KeyReused) as refusal:
        run(alice, lambda: tell(alice), request={"text": "goodbye", "to": [1, 2]})
    assert refusal.value.status == 422
    assert told() == 1


def test_l10_the_order_of_fields_is_not_another_body() -> None:
    alice = make.user("alice")
    run(alice, lambda: tell(alice))
    assert run(alice, lambda: tell(alice), request={"to": [1, 2], "text": "hello"}).replayed


def test_l10_keys_of_two_members_never_collide() -> None:
    alice, bob = make.user("alice"), make.user("bob")
    run(alice, lambda: tell(alice))
    answer = run(bob, lambda: tell(bob))
    assert (answer.body["to"], answer.replayed) == ("bob", False)


def test_a_key_counts_for_one_endpoint_only() -> None:
    alice = make.user("alice")
    run(alice, lambda: tell(alice))
    assert not run(alice, lambda: tell(alice), endpoint="test:other").replayed


@pytest.mark.parametrize("key", [None, "", " ", "two words", "ключ", "a\n", "x" * 201])
def test_l11_without_a_usable_key_nothing_is_tried(key: str | None) -> None:
    alice = make.user("alice")
    with pytest.raises(KeyMissing) as refusal:
        run(alice, lambda: tell(alice), key=key)
    assert refusal.value.status == 400
    assert told() == 0


def test_l11_every_form_shown_gets_a_key_of_its_own() -> None:
    assert idempotency.new_key() != idempotency.new_key()


def test_l12_a_refused_attempt_stays_refused() -> None:
    alice = make.user("alice")

    def refuse() -> dict[str, Any]:
        tell(alice)
        raise Refused("You have 5 DGT; this costs 10.")

    first = run(alice, refuse)
    assert (first.status, first.refused) == (422, True)
    assert first.body["detail"] == "You have 5 DGT; this costs 10."
    again = run(alice, lambda: tell(alice))
    assert (again.status, again.body, again.replayed) == (422, first.body, True)
    assert told() == 0


def test_not_being_allowed_is_not_remembered() -> None:
    alice = make.user("alice")

    def forbid() -> dict[str, Any]:
        raise Forbidden("Confirm your e-mail address first.")

    with pytest.raises(Forbidden):
        run(alice, forbid)
    assert run(alice, lambda: tell(alice)).status == 201


def test_a_bug_stores_nothing_so_that_a_retry_works() -> None:
    alice = make.user("alice")

    def fail() -> dict[str, Any]:
        tell(alice)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(alice, fail)
    assert (told(), IdempotencyKey.objects.count()) == (0, 0)
    assert not run(alice, lambda: tell(alice)).replayed


def test_a_key_held_too_long_by_another_request_is_409(owner: psycopg.Connection) -> None:
    alice = make.user("alice")
    with owner.transaction():
        owner.execute(
            "INSERT INTO idempotency_keys (actor_id, endpoint, key, request_hash, status, body)"
            " VALUES (%s, 'test:tell', 'key-1', '', 0, '{}')",
            [alice.pk],
        )
        connection.cursor().execute("SET lock_timeout = 50")
        with pytest.raises(KeyInFlight) as refusal:
            run(alice, lambda: tell(alice))
    assert refusal.value.status == 409
    assert told() == 0


def test_deadlocked_requests_are_tried_again_until_both_are_done() -> None:
    alice, bob = make.user("alice"), make.user("bob")
    tries: list[int] = []

    def rename_both(number: int) -> idempotency.Answer:
        order = [alice.pk, bob.pk][:: 1 if number else -1]

        def verb() -> dict[str, Any]:
            tries.append(number)
            for pk in order:
                User.objects.filter(pk=pk).update(about=f"renamed by {number}")
                if len(tries) <= 2:  # only the first round waits until each holds what the other wants
                    both_hold_one.wait() if pk == order[0] else None
            return {}

        return run((alice, bob)[number], verb)

    both_hold_one = Barrier(2)
    answers = together([partial(rename_both, 0), partial(rename_both, 1)])
    assert [answer.status for answer in answers] == [201, 201]
    assert len(tries) > 2


def test_endless_deadlocks_are_409_and_no_crash() -> None:
    alice = make.user("alice")
    tries: list[None] = []

    def deadlock() -> dict[str, Any]:
        tries.append(None)
        connection.cursor().execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")
        return {}

    with pytest.raises(KeyInFlight) as refusal:
        run(alice, deadlock)
    assert len(tries) == 5
    assert not isinstance(refusal.value.__cause__, DeadlockDetected)


def test_inside_another_transaction_it_is_a_programming_error() -> None:
    alice = make.user("alice")
    with pytest.raises(RuntimeError), transaction.atomic():
        run(alice, lambda: tell(alice))
