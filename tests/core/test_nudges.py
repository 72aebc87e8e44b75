"""Workers are asked in the background, and not more often than they need to hear it."""

import threading

import pytest
from django.db import transaction

from degentalk.core import nudges
from tests.processes import wait_until


@pytest.fixture
def asked(monkeypatch):
    """What the broker was sent, and by which thread; not what an earlier test may still ask for."""
    sent = []

    def send_task(task, **_more):
        if task.startswith("test."):
            sent.append((task, threading.current_thread().name))

    monkeypatch.setattr(nudges.current_app, "send_task", send_task)
    return sent


def test_many_asks_for_one_task_are_few_and_another_task_is_asked_for_too(committed_db, asked):
    for _ in range(200):
        nudges.nudge_after_commit("test.one")
    nudges.nudge_after_commit("test.other")
    wait_until(lambda: {task for task, _ in asked} == {"test.one", "test.other"})
    assert len(asked) < 20
    assert {thread for _, thread in asked} == {"nudges"}


def test_an_ask_after_the_last_one_was_sent_is_sent_too(committed_db, asked):
    for number in range(3):
        nudges.nudge_after_commit("test.one")
        wait_until(lambda number=number: len(asked) == number + 1)


def test_what_is_rolled_back_asks_for_nothing(committed_db, asked):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        nudges.nudge_after_commit("test.never")
        raise ZeroDivisionError
    nudges.nudge_after_commit("test.one")
    wait_until(lambda: asked)
    assert [task for task, _ in asked] == ["test.one"]


def test_one_bad_answer_of_the_broker_ends_nothing(committed_db, monkeypatch, caplog):
    answers = [RuntimeError("away"), None]
    told = []

    def send_task(task, **_more):
        if not task.startswith("test."):
            return
        told.append(task)
        if answer := answers[min(len(told), 2) - 1]:
            raise answer

    monkeypatch.setattr(nudges.current_app, "send_task", send_task)
    nudges.nudge_after_commit("test.one")
    wait_until(lambda: "no broker" in caplog.text)
    nudges.nudge_after_commit("test.two")
    wait_until(lambda: told == ["test.one", "test.two"])
