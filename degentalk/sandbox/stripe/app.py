"""The Flask application: the API, the checkout pages, the dashboard and the control API of one sandbox."""

import re

from flask import Flask, Response, request

from degentalk.sandbox.stripe import api, control, dashboard, pages
from degentalk.sandbox.stripe.actions import Actions

LOOPBACK = re.compile(r"^(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?$")


def make(actions: Actions) -> Flask:
    """An application that answers on loopback names only."""
    app = Flask(__name__)
    app.register_blueprint(api.blueprint(actions.world))
    app.register_blueprint(control.blueprint(actions))
    app.register_blueprint(pages.blueprint(actions))
    app.register_blueprint(dashboard.blueprint(actions))
    app.jinja_env.filters |= {"money": pages.money, "moment": dashboard.moment}
    app.before_request(_only_here)
    return app


def _only_here() -> Response | None:
    """Refuse names that are not this machine's own (DNS rebinding), and forms that other sites send."""
    origin = request.headers.get("Origin")
    if not LOOPBACK.match(request.host):
        return Response("The sandbox answers on loopback addresses only.", 403, mimetype="text/plain")
    if request.method != "GET" and origin is not None and origin != request.host_url.rstrip("/"):
        return Response("Another site sent this form.", 403, mimetype="text/plain")
    return None
