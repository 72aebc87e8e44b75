"""Runs programs side by side: shows what they say, and ends all of them when one ends or somebody asks.

Everything happens in the main thread: programs are bound to the life of the thread that starts them.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from degentalk.core.embedded import process
from degentalk.core.embedded.servers import Servers

PULSE_SECONDS = 0.1
STOP_SECONDS = 8.0
NAME_WIDTH = 6


class StoppedError(Exception):
    """Somebody asked us to stop."""


class EndedError(Exception):
    """A part ended although it should not have; str() names it."""


@dataclass
class Part:
    """One program and the line it is about to finish."""

    name: str
    child: subprocess.Popen[bytes]
    output: IO[bytes]
    unfinished: bytes = b""


class Supervisor:
    """The parts of the site in the order in which they were started."""

    def __init__(self, folder: Path, patience_seconds: float = STOP_SECONDS) -> None:
        self._folder = folder
        self._patience_seconds = patience_seconds
        self._parts: list[Part] = []
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def start(self, name: str, command: list[str]) -> Part:
        """Start a part that is to run until the end."""
        self._obey()
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        with os.fdopen(write_end, "wb") as their_end:
            child = process.spawn(command, output=their_end, environment=environment, folder=self._folder)
        part = Part(name, child, output=os.fdopen(read_end, "rb"))
        self._parts.append(part)
        self._selector.register(part.output, selectors.EVENT_READ, part)
        return part

    def run(self, name: str, command: list[str]) -> None:
        """Run a part to its end. Raises EndedError if it fails."""
        part = self.start(name, command)
        while part.child.poll() is None:
            self._pump()
            self._obey()
        self._forget(part)
        if part.child.returncode:
            raise EndedError(f"{name} failed; see above.")

    def watch(self, *, until: Callable[[], bool] = lambda: False, servers: Servers | None = None) -> None:
        """Show what the parts say, until something is so. Raises StoppedError or EndedError when it is over."""
        while not until():
            self._pump()
            self._obey()
            ended = [part.name for part in self._parts if self._has_ended(part)]
            if servers is not None and servers.ended():
                ended.append(servers.ended())
            if ended:
                raise EndedError(f"{ended[0]} ended unexpectedly, so everything was stopped.")

    def stop(self) -> None:
        """End all parts, the first started first: the web stops taking work before the worker finishes what is left."""
        while self._parts:
            part = self._parts[0]
            if part.child.poll() is None:
                part.child.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + self._patience_seconds
            while part.child.poll() is None and time.monotonic() < deadline:
                self._pump()
            self._forget(part)

    def say(self, text: str) -> None:
        """Print, unless the terminal is gone."""
        try:
            print(text, flush=True)
        except OSError:
            return

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _obey(self) -> None:
        if self._asked_to_stop:
            raise StoppedError

    def _pump(self) -> None:
        """Show what the parts said, waiting a moment for it."""
        for key, _ in self._selector.select(PULSE_SECONDS):
            self._show(key.data)

    def _has_ended(self, part: Part) -> bool:
        """Whether it has; then its last words are shown before anybody says so."""
        if part.child.poll() is None:
            return False
        while self._show(part):
            continue
        return True

    def _show(self, part: Part) -> bool:
        """Show what one part said; whether it may have said more."""
        if part.output.closed:
            return False
        try:
            said = os.read(part.output.fileno(), 65536)
        except BlockingIOError:
            return False
        if not said:
            self._selector.unregister(part.output)
            part.output.close()
        *lines, part.unfinished = (part.unfinished + said).split(b"\n")
        for line in lines:
            self.say(f"{part.name:>{NAME_WIDTH}} │ {line.decode(errors='replace').rstrip()}")
        return bool(said)

    def _forget(self, part: Part) -> None:
        """The end of a part: what it said last, and whatever it left behind."""
        process.stop(part.child, signal.SIGKILL, self._patience_seconds)
        while self._show(part):
            continue
        if not part.output.closed:
            self._selector.unregister(part.output)
            part.output.close()
        self._parts.remove(part)
