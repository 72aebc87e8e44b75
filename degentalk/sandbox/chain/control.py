"""The control API: `POST /sandbox/pay {"to": "0x…", "amount": 9990000}` and so on, for tests in other processes and the
site's sandbox button. Bodies are JSON, which no form of another site can send.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from degentalk.sandbox.chain.actions import Actions
from degentalk.sandbox.chain.errors import RpcError

VERBS = {name for name in vars(Actions) if not name.startswith("_")}


def blueprint(actions: Actions) -> Blueprint:
    """Everything under /sandbox/."""
    control = Blueprint("control", __name__)

    @control.post("/sandbox/<verb>")
    def act(verb: str) -> Response | tuple[Response, int]:
        if verb not in VERBS:
            return jsonify(error=f"the verbs are: {', '.join(sorted(VERBS))}"), 404
        try:
            return jsonify(getattr(actions, verb)(**_body()))
        except RpcError as error:
            return jsonify(error=error.message), 400
        except (TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400

    return control


def _body() -> dict[str, Any]:
    """The JSON object that was sent. Raises ValueError for anything else."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("send a JSON object")
    return body
