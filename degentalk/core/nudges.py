"""Asking workers to do a task now rather than by the timetable. Who asks does not wait for the broker."""

import atexit
import logging
import threading
import time

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.05
"""Whatever is asked for in this time is asked for once."""

_asked: set[str] = set()
_news = threading.Condition()
_sending = threading.Lock()
_thread = threading.Thread()


def nudge_after_commit(task: str) -> None:
    """Ask for a task once the caller's transaction is committed. Where there is no broker the timetable comes to it."""
    transaction.on_commit(lambda: _ask(task))


def _ask(task: str) -> None:
    with _news:
        _asked.add(task)
        _start()
        _news.notify()


def _start() -> None:
    """The thread that sends is begun where it is needed first, and again in a process that was forked since."""
    global _thread
    if not _thread.is_alive():
        _thread = threading.Thread(target=_send_on, name="nudges", daemon=True)
        _thread.start()


def _send_on() -> None:
    while True:
        with _news:
            _news.wait_for(lambda: _asked)
        _send()
        time.sleep(PAUSE_SECONDS)


@atexit.register
def _send() -> None:
    with _sending:
        with _news:
            tasks = list(_asked)
            _asked.clear()
        for task in tasks:
            try:
                current_app.send_task(task, retry=False, ignore_result=True)
            except Exception:
                logger.warning("no broker; the timetable will begin %s", task, exc_info=True)
