"""The Flask application: the JSON-RPC endpoints, the control API and the dashboard of one sandbox."""

from pathlib import Path

from flask import Flask

from degentalk.sandbox.chain import control, dashboard, rpc, serving
from degentalk.sandbox.chain.actions import Actions

STYLE = Path(__file__).resolve().parents[1] / "stripe" / "static"  # both sandboxes look alike


def make(actions: Actions) -> Flask:
    """An application that answers on loopback names only."""
    app = Flask(__name__, static_folder=STYLE)
    app.register_blueprint(rpc.blueprint(actions.world))
    app.register_blueprint(control.blueprint(actions))
    app.register_blueprint(dashboard.blueprint(actions))
    app.before_request(serving.only_here)
    return app
