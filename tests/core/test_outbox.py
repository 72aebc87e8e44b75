"""Side effects leave after COMMIT, at least once (MONEY.md L21)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from degentalk.core import clock, outbox, tasks
from degentalk.core.models import OutboxMessage
from tests.threads import together

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def received() -> Iterator[list[tuple[dict[str, Any], str]]]:
    """What the handler of topic "test" was called with; it fails while the payload asks it to."""
    calls: list[tuple[dict[str, Any], str]] = []

    @outbox.handler("test")
    def receive(payload: dict[str, Any], key: str) -> None:
        calls.append((payload, key))
        if payload.get("fail"):
            raise ConnectionError(payload["fail"])

    yield calls
    del outbox.handlers["test"]


def send(key: str = "test:1", **payload: Any) -> None:
    with transaction.atomic():
        outbox.send(topic="test", payload=payload, key=key)


def run_python(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Another process of the site, on the database of this test."""
    imports = (
        "import os, signal, django; django.setup()\n"
        "from django.db import transaction\n"
        "from degentalk.core import outbox\n"
    )
    command = [sys.executable, "-c", imports + program]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)


def test_l21_a_committed_message_is_delivered_once(received: list[Any]) -> None:
    send(to="alice")
    assert (outbox.deliver_due(), outbox.deliver_due()) == (1, 0)
    assert received == [({"to": "alice"}, "test:1")]


def test_l21_a_message_of_a_rolled_back_transaction_never_leaves(received: list[Any]) -> None:
    with transaction.atomic():
        outbox.send(topic="test", payload={}, key="test:1")
        transaction.set_rollback(True)
    assert (outbox.deliver_due(), received) == (0, [])


def test_sending_needs_the_transaction_it_belongs_to() -> None:
    with pytest.raises(RuntimeError):
        outbox.send(topic="test", payload={}, key="test:1")


def test_l21_a_used_key_changes_nothing(received: list[Any]) -> None:
    send(to="alice")
    send(to="mallory")
    assert outbox.deliver_due() == 1
    assert received == [({"to": "alice"}, "test:1")]


def test_a_delivered_message_keeps_no_payload(received: list[Any]) -> None:
    send(link="https://example.com/reset/secret")
    outbox.deliver_due()
    assert OutboxMessage.objects.get().payload == {}


def test_l21_a_process_killed_between_commit_and_delivery_loses_nothing(received: list[Any]) -> None:
    killed = run_python(
        "with transaction.atomic():\n"
        "    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "    outbox.send(topic='test', payload={'to': 'alice'}, key='test:1')\n"
    )
    assert killed.returncode == -signal.SIGKILL
    assert outbox.deliver_due() == 1
    assert received == [({"to": "alice"}, "test:1")]


def test_l21_a_message_whose_worker_died_is_repeated_after_its_lease(received: list[Any]) -> None:
    send(to="alice")
    with clock.at(NOON):
        assert outbox._claim() is not None  # a worker took it and was never heard of again
        assert outbox.deliver_due() == 0
    with clock.at(NOON + outbox.LEASE):
        assert outbox.deliver_due() == 1
    assert OutboxMessage.objects.get().attempts == 2


def test_a_failure_is_repeated_with_growing_pauses(received: list[Any]) -> None:
    send(fail="mail server is down")
    moment, pauses = NOON, []
    for _ in range(12):
        with clock.at(moment):
            outbox.deliver_due()
        available_at = OutboxMessage.objects.get().available_at
        pauses.append((available_at - moment).total_seconds())
        moment = available_at
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert OutboxMessage.objects.get().last_error == "ConnectionError: mail server is down"


def test_a_failing_message_does_not_hold_up_the_others(received: list[Any]) -> None:
    send("test:1", fail="no")
    send("test:2", to="bob")
    assert outbox.deliver_due() == 1
    assert [key for _, key in received] == ["test:1", "test:2"]


def test_a_topic_nobody_handles_waits_for_a_handler(request: pytest.FixtureRequest) -> None:
    send(to="alice")
    with clock.at(NOON):
        assert outbox.deliver_due() == 0
    received = request.getfixturevalue("received")
    with clock.at(NOON + timedelta(minutes=1)):
        assert outbox.deliver_due() == 1
    assert len(received) == 1


def test_eight_workers_deliver_each_message_once(received: list[Any]) -> None:
    for number in range(40):
        send(f"test:{number}")
    assert sum(together([outbox.deliver_due] * 8)) == 40
    assert sorted(key for _, key in received) == sorted(f"test:{number}" for number in range(40))


def test_a_message_in_other_hands_does_not_hold_up_the_others(
    received: list[Any], owner: psycopg.Connection[Any]
) -> None:
    send("test:1")
    send("test:2")
    with owner.transaction():
        owner.execute("SELECT FROM outbox WHERE key = 'test:1' FOR UPDATE")
        assert outbox.deliver_due() == 1
    assert received == [({}, "test:2")]


def test_no_transaction_is_open_while_a_handler_calls_out() -> None:
    states: list[bool] = []
    outbox.handler("test")(lambda payload, key: states.append(connection.in_atomic_block))
    try:
        send()
        outbox.deliver_due()
    finally:
        del outbox.handlers["test"]
    assert states == [False]


def test_a_topic_has_one_handler(received: list[Any]) -> None:
    with pytest.raises(ValueError, match="Two handlers"):
        outbox.handler("test")(lambda payload, key: None)


def test_the_task_delivers(received: list[Any]) -> None:
    send(to="alice")
    tasks.deliver_outbox()
    assert len(received) == 1


def test_a_commit_puts_the_task_into_the_queue_from_any_thread() -> None:
    from degentalk.celery import app

    with app.connection_for_write() as broker, broker.SimpleQueue("celery") as queue:
        queue.clear()
        together([lambda: send(to="alice")])
        message = queue.get(timeout=5)
        message.ack()
    assert message.headers["task"] == "core.deliver_outbox"


def test_a_commit_survives_a_broker_that_is_down() -> None:
    sent = run_python(
        "with transaction.atomic():\n    outbox.send(topic='test', payload={}, key='test:1')\n",
        REDIS_URL="unix:///nowhere/valkey.sock",
    )
    assert (sent.returncode, OutboxMessage.objects.waiting().count()) == (0, 1)
    assert "no broker; the timetable will begin core.deliver_outbox" in sent.stderr
