"""One embedded Valkey: cache and queue, on a Unix socket only, nothing kept on disk."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from degentalk.core.embedded import folders, process, programs
from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places

READY_SECONDS = 10.0
STOP_SECONDS = 5.0


@dataclass
class Valkey:
    """Starts and stops the Valkey of one set of places."""

    places: Places
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        account = folders.server_account()
        program = programs.valkey_program(self.places.data, account)
        # Nothing is saved: what must not be lost is in PostgreSQL, and the outbox repeats what the queue forgot.
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "loglevel": "warning",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        with self.log.open("wb") as log:
            self._child = process.spawn([program, *options], account=account, output=log, folder=Path("/"))
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server."""
        if self._child is not None:
            process.stop(self._child, signal.SIGTERM, STOP_SECONDS)
            self._child = None

    def ended(self) -> bool:
        """Whether the server that we started has stopped by itself."""
        return self._child is not None and self._child.poll() is not None

    def answers(self) -> bool:
        """Whether a server answers at the socket."""
        # The client would ask again for seconds before it says no.
        client = redis.Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    @property
    def socket(self) -> Path:
        """Where clients connect."""
        return self.places.sockets / "valkey.sock"

    @property
    def log(self) -> Path:
        """What the server said since its last start."""
        return self.places.data / "valkey.log"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            if self.ended() or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"Valkey did not start. It said:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.02)
