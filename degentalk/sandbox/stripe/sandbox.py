"""A sandbox with a server of its own: `with Sandbox(seed=1, webhook_url=…) as stripe: stripe.url`."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from degentalk.sandbox.stripe import app, checkout, webhooks
from degentalk.sandbox.stripe.actions import Actions
from degentalk.sandbox.stripe.world import Options, World

HOST = "127.0.0.1"
POLL_SECONDS = 0.01
ROUND_SECONDS = 0.25
PATIENCE_SECONDS = 5.0  # with a webhook that is under way when it ends


class Sandbox(Actions):
    """Stripe on a loopback port, 0 for a free one.

    With a `seed` ids and faults are always the same in the same order; with a `start` the clock stands there and moves
    only by `advance`, else it is the machine's. Without a `file` everything is forgotten at the end. Webhooks are sent
    when a test says `deliver` or `deliver_all`; with `delivers` by a thread, as soon as they are due.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        seed: int | None = None,
        start: int | None = None,
        port: int = 0,
        file: Path | None = None,
        delivers: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(World(options or Options(**settings), seed=seed, start=start, file=file))
        self._threads: list[threading.Thread] = []
        self._delivers = delivers
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._server = make_server(HOST, port, app.make(self), threaded=True, request_handler=Handler)
        self.url = f"http://{HOST}:{self._server.port}"
        self.world.options.public_base = self.world.options.public_base or self.url

    def __enter__(self) -> "Sandbox":
        self._run(lambda: self._server.serve_forever(POLL_SECONDS))
        if self._delivers:
            self._run(self._deliver)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.stopping.set()
        self.world.queued.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        with self.world.change():
            self.world.store.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _deliver(self) -> None:
        """Send what is due until the end."""
        while not self.world.stopping.is_set():
            with self.world.change():
                checkout.expire_due(self.world)
            webhooks.send_due(self.world)
            self.world.queued.wait(ROUND_SECONDS)
            self.world.queued.clear()


class Handler(WSGIRequestHandler):
    """Says nothing: the dashboard shows what happened."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads a line for each request."""
