"""One `make dev` per checkout, on a port that is free."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 10.0


class RefusedError(Exception):
    """`make dev` cannot run here and now; str() says why and what to do."""


@contextmanager
def only_once(data: Path, address: str) -> Iterator[bool]:
    """Hold the lock of this checkout. Yields whether the last run ended without letting go of it (a crash)."""
    with (data / "dev.lock").open("a+") as lock:
        lock.seek(0)
        said = lock.read().strip()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError(f"it already runs in this checkout: {said}.") from None
        _write(lock.fileno(), f"{address} (process {os.getpid()})")
        try:
            yield bool(said)
        finally:
            _write(lock.fileno(), "")


def wait_for_port(host: str, port: int, *, patient: bool) -> None:
    """Return once the port is free; patiently after a crash, whose web server may still be on its way out."""
    deadline = time.monotonic() + (PATIENCE_SECONDS if patient else 0)
    while not _is_free(host, port):
        if time.monotonic() >= deadline:
            other = port + 1 if port < 65535 else 8000
            raise RefusedError(f"port {port} is taken by another program. Try PORT={other} make dev.")
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            probe.bind((host, port))
        except PermissionError:
            raise RefusedError(f"port {port} needs rights you do not have. Try PORT=8000 make dev.") from None
        except OverflowError:
            raise RefusedError(f"PORT must be a number from 1 to 65535, not {port}.") from None
        except OSError:
            return False
        return True


def _write(lock: int, text: str) -> None:
    os.ftruncate(lock, 0)
    os.write(lock, text.encode())
