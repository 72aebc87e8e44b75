"""The site over real HTTP, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread


class LiveServer(ThreadedWSGIServer):
    request_queue_size = 128  # races send fifty requests at once

    def serve_forever(self, poll_interval: float = 0.01) -> None:
        """Until it is shut down, which it asks that often; half a second, its default, is longer than most tests."""
        super().serve_forever(poll_interval)


class LiveThread(LiveServerThread):
    server_class = LiveServer


@contextmanager
def served() -> Iterator[str]:
    """Every request in a thread of its own, on the database of the test. The base URL."""
    server = LiveThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()
