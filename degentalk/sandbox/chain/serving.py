"""The server of a sandbox: it answers on loopback names only, and to no form of another site."""

import re

from flask import Response, request
from werkzeug.serving import WSGIRequestHandler

HOST = "127.0.0.1"
LOOPBACK = re.compile(r"^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?$")


def only_here() -> Response | None:
    """Refuse names that are not this machine's own (DNS rebinding), and forms that other sites send."""
    origin = request.headers.get("Origin")
    if not LOOPBACK.match(request.host):
        return Response("The sandbox answers on loopback addresses only.", 403, mimetype="text/plain")
    if request.method != "GET" and origin is not None and origin != request.host_url.rstrip("/"):
        return Response("Another site sent this form.", 403, mimetype="text/plain")
    return None


class Handler(WSGIRequestHandler):
    """Says nothing: the dashboard shows what happened. A connection for each request: an ended chain answers nobody."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads a line for each request."""
