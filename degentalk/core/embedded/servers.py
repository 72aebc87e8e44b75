"""Both embedded servers of one set of places, started once however many commands need them."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from degentalk.core.embedded import folders
from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places
from degentalk.core.embedded.postgres import Postgres
from degentalk.core.embedded.valkey import Valkey

ATTACH_SECONDS = 60.0


class InUseError(ServerError):
    """Another process runs the servers of these places."""


@dataclass
class Servers:
    """PostgreSQL and Valkey as one thing that runs or does not. One process owns them: a lock file says so."""

    places: Places
    durable: bool = True
    postgres: Postgres = field(init=False)
    valkey: Valkey = field(init=False)
    _lock: IO[str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.postgres = Postgres(self.places, durable=self.durable)
        self.valkey = Valkey(self.places)

    def start(self) -> None:
        """Start both; if one fails, neither stays. Raises InUseError if another process runs them."""
        folders.prepare(self.places, folders.server_account())
        self._lock = _locked(lock_file(self.places.data))
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both, the database last."""
        try:
            self.valkey.stop()
        finally:
            self.postgres.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def answer(self) -> bool:
        """Whether both are there, whoever started them."""
        return self.postgres.answers() and self.valkey.answers()

    def ended(self) -> str:
        """The name of a server that stopped by itself, or nothing."""
        if self.postgres.ended():
            return "PostgreSQL"
        return "Valkey" if self.valkey.ended() else ""


@contextmanager
def running(places: Places) -> Iterator[None]:
    """The servers of a checkout while the block runs: those that another command started, or our own."""
    folders.prepare(places, folders.server_account())
    servers = Servers(places)
    with (places.data / "guests.lock").open("a") as guests:
        fcntl.flock(guests, fcntl.LOCK_SH)  # waits while an owner is stopping
        if not _start_or_attach(servers):
            yield
            return
        try:
            yield
            fcntl.flock(guests, fcntl.LOCK_EX)  # commands that came to use our servers end first
        finally:
            servers.stop()


def lock_file(data: Path) -> Path:
    """Locked as long as a process runs the servers whose data is here."""
    return data / "servers.lock"


def unused(data: Path) -> bool:
    """Whether no process runs the servers whose data is here."""
    try:
        _locked(lock_file(data)).close()
    except InUseError:
        return False
    return True


def _start_or_attach(servers: Servers) -> bool:
    """True if we started them, False if they are another process's."""
    deadline = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < deadline:
        try:
            servers.start()
        except InUseError:
            if servers.answer():
                return False
            time.sleep(0.1)  # they are just starting or stopping
        else:
            return True
    raise ServerError("another command holds the embedded servers but they do not answer; end it and try again.")


def _locked(path: Path) -> IO[str]:
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise InUseError("another command of this checkout runs the embedded servers; end it first.") from None
    return lock
