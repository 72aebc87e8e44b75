"""A chain with a server of its own: `with Chain(seed=1) as chain: chain.url`."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from werkzeug.serving import make_server

from degentalk.sandbox.chain import app
from degentalk.sandbox.chain.actions import Actions
from degentalk.sandbox.chain.node import Options
from degentalk.sandbox.chain.serving import HOST, Handler
from degentalk.sandbox.chain.world import World

START = 1_800_000_000  # where the clock stands with a seed, unless `start` says another second
POLL_SECONDS = 0.01
IDLE_SECONDS = 60  # from block to block while everything is finalized: what is remembered is soon grown again
PATIENCE_SECONDS = 5.0  # with a request that is under way when it ends


class Chain(Actions):
    """An EVM chain on a loopback port, 0 for a free one.

    With a `seed` everything is always the same, hashes too: the clock stands and each block is 12 seconds later; with a
    `start` it stands there. Without one blocks carry the machine's time. Without a `file` everything is forgotten at
    the end. A block is mined for every transaction, and, where `interval` is a number of seconds, whenever they pass.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        start: int | None = None,
        port: int = 0,
        file: Path | None = None,
        interval: float | None = None,
        **settings: Any,
    ) -> None:
        options = Options(**(settings if seed is None else {"seed": str(seed)} | settings))
        start = START if seed is not None and start is None else start
        super().__init__(World(options, start=start, file=file))
        self._threads: list[threading.Thread] = []
        self._interval = interval
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._server = make_server(HOST, port, app.make(self), threaded=True, request_handler=Handler)
        self.home = f"http://{HOST}:{self._server.port}"

    @property
    def url(self) -> str:
        """The address of its main endpoint."""
        return self.rpc("main")

    @property
    def token(self) -> str:
        """The address of the token."""
        return self.world.token

    def rpc(self, name: str) -> str:
        """The address of another endpoint of the same chain, with faults of its own."""
        with self.world.node.lock:
            self.world.endpoint(name)
        return f"{self.home}/rpc/{name}"

    def __enter__(self) -> "Chain":
        self._run(lambda: self._server.serve_forever(POLL_SECONDS))
        if self._interval is not None:
            self._run(self._tick)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        with self.world.node.lock:
            self.world.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _tick(self) -> None:
        """A block each time that the interval has passed, until the end; a seldom one while nobody waits for any."""
        while not self.world.stopping.wait(self._interval):
            with self.world.node.lock:
                if self.world.is_busy() or self.now() - self.world.node.head.timestamp >= IDLE_SECONDS:
                    self.mine()
