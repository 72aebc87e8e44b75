"""The control API: `POST /sandbox/pay {"session": "cs_test_…"}` and so on, for tests in other processes.

Bodies are JSON, which no form of another site can send.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from degentalk.sandbox.stripe.actions import Actions
from degentalk.sandbox.stripe.errors import ApiError

VERBS = {name for name in vars(Actions) if not name.startswith("_")}


def blueprint(actions: Actions) -> Blueprint:
    """Everything under /sandbox/."""
    control = Blueprint("control", __name__)
    world = actions.world

    @control.route("/sandbox/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response | tuple[Response, int]:
        if request.method == "DELETE":
            actions.clear_faults()
        elif request.method == "POST":
            try:
                with world.change():
                    world.faults.set(_body())
                    world.remember_settings()
            except (TypeError, ValueError) as error:
                return jsonify(error=str(error)), 400
        return jsonify(world.faults.state())

    @control.post("/sandbox/<verb>")
    def act(verb: str) -> Response | tuple[Response, int]:
        if verb not in VERBS:
            return jsonify(error=f"the verbs are: {', '.join(sorted(VERBS))}"), 404
        try:
            return jsonify(getattr(actions, verb)(**_body()))
        except ApiError as error:
            return jsonify(error=error.message), error.status
        except (TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400

    return control


def _body() -> dict[str, Any]:
    """The JSON object that was sent. Raises ValueError for anything else."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("send a JSON object")
    return body
