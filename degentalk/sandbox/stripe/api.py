"""The HTTP API: authentication, versions, keys, faults and errors around the routes."""

import json
import socket
from typing import Any

from flask import Blueprint, Response, request

from degentalk.sandbox.stripe import checkout, form, shapes
from degentalk.sandbox.stripe.errors import ApiError, Invalid
from degentalk.sandbox.stripe.expansion import expand
from degentalk.sandbox.stripe.idempotency import Keys, check_key
from degentalk.sandbox.stripe.routes import ROUTES, Route
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import API_VERSION, Cause, World

BROKEN = ApiError("An error of the sandbox, on purpose.", status=500, kind="api_error")
TOO_MANY = ApiError(
    "Too many requests hit the API too quickly. The sandbox does this on purpose.",
    code="rate_limit",
    status=429,
)


def blueprint(world: World) -> Blueprint:
    """Everything under /v1."""
    api = Blueprint("api", __name__)
    keys = Keys(world)

    def serve(route: Route) -> Any:
        return lambda identity="": Call(world, keys, route, identity).answer()

    for number, route in enumerate(ROUTES):
        api.add_url_rule(route.path, str(number), serve(route), methods=[route.method])

    @api.route("/v1/<path:path>", methods=["GET", "POST", "DELETE"])
    def unknown(path: str) -> Response:
        message = f"Unrecognized request URL ({request.method}: /v1/{path}). The sandbox plays only some of the API."
        return _respond(404, ApiError(message).body, {})

    return api


class Call:
    """One request to one route."""

    def __init__(self, world: World, keys: Keys, route: Route, identity: str) -> None:
        self._world = world
        self._keys = keys
        self._route = route
        self._identity = identity
        self._key = request.headers.get("Idempotency-Key", "") if route.method == "POST" else ""
        with world.change():
            self._headers = {"Request-Id": world.request_ids.new("req_"), "Stripe-Version": API_VERSION}
            self._fault = world.faults.next_of_api()
            if self._fault:
                world.remember_settings()
        if self._key:
            self._headers["Idempotency-Key"] = self._key

    def answer(self) -> Response:
        """The response, or what a fault makes of it."""
        try:
            self._authenticate()
            with self._keys.under_way(self._key):
                self._go_wrong("before")
                status, body = self._outcome()
            self._go_wrong("after")
        except ApiError as error:
            status, body = error.status, error.body
        return _respond(status, body, self._headers)

    def _authenticate(self) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or key != self._world.options.api_key:
            shown = f"{key[:7]}****{key[-4:]}" if key else "none"
            raise ApiError(f"Invalid API Key provided: {shown}", status=401)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if version != API_VERSION:
            raise ApiError(f"The sandbox speaks API version {API_VERSION}, not {version}.")
        check_key(self._key)

    def _outcome(self) -> tuple[int, Json]:
        cause = Cause(self._headers["Request-Id"], self._key or None)
        given = form.read((request.form if self._route.method == "POST" else request.args).items(multi=True))
        with self._world.change():
            checkout.expire_due(self._world)
            kept = self._keys.answer(self._key, request.path, given) if self._key else None
            if kept is not None:
                self._headers |= {"Idempotent-Replayed": "true", "Original-Request": kept["first"]}
                return kept["status"], kept["body"]
            with self._world.because_of(cause):
                status, body = self._work(given)
            if self._key:
                first = self._headers["Request-Id"]
                self._keys.keep(self._key, request.path, given, status=status, body=body, first=first)
            return status, body

    def _work(self, given: dict[str, Any]) -> tuple[int, Json]:
        """Raises Invalid before the work begins; what the work refuses is an answer."""
        wanted = shapes.check(given, self._route.shape)
        self._route.check(self._world, wanted)
        try:
            body = self._route.work(self._world, wanted, self._identity)
            body = expand(self._world, body, wanted.get("expand", []))
        except Invalid:
            raise
        except ApiError as error:
            return error.status, error.body
        if self._fault and (self._fault.kind, self._fault.moment) == ("500", "after"):
            self._headers["Stripe-Should-Retry"] = "false"
            return BROKEN.status, BROKEN.body  # kept for the key, as Stripe keeps a 500
        return 200, body

    def _go_wrong(self, moment: str) -> None:
        """Let the fault of this call happen, if this is its moment."""
        fault = self._fault
        if fault is None or fault.moment != moment:
            return
        if fault.kind == "hang":
            self._world.stopping.wait(fault.seconds)
        elif fault.kind == "429":
            raise TOO_MANY
        else:
            if fault.kind == "close":
                request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            if moment == "before":
                raise BROKEN


def _respond(status: int, body: Json, headers: dict[str, str]) -> Response:
    response = Response(json.dumps(body, indent=2), status, headers, mimetype="application/json")
    if status == 429:
        response.headers["Stripe-Rate-Limited-Reason"] = "global-rate"
    return response
