"""JSON-RPC over HTTP: single and batch requests, and the faults of each endpoint. https://www.jsonrpc.org/specification"""

import json
import socket
import threading
from typing import Any

from flask import Blueprint, Response, request

from degentalk.sandbox.chain import methods
from degentalk.sandbox.chain.blocks import Json
from degentalk.sandbox.chain.errors import INVALID_PARAMS, INVALID_REQUEST, LIMIT_EXCEEDED, PARSE_ERROR, RpcError
from degentalk.sandbox.chain.faults import HANG_SECONDS, Endpoint, Failure
from degentalk.sandbox.chain.views import View
from degentalk.sandbox.chain.world import World

GARBAGE = "<html><body>Bad gateway"
TOO_MANY = RpcError("Too many requests. The sandbox does this on purpose.", LIMIT_EXCEEDED)
BROKEN = RpcError("Internal error. The sandbox does this on purpose.", -32603)


def blueprint(world: World) -> Blueprint:
    """Everything under /rpc."""
    rpc = Blueprint("rpc", __name__)

    @rpc.post("/rpc")
    @rpc.post("/rpc/<name>")
    def serve(name: str = "main") -> Response:
        with world.node.lock:
            endpoint = world.endpoint(name)
            endpoint.calls += 1
            failure = endpoint.failure()
        if failure is not None:
            return _fail(failure, world.stopping)
        try:
            body = json.loads(request.get_data())
        except ValueError:
            return _respond(_refusal(None, RpcError("parse error", PARSE_ERROR)))
        return _respond(_outcome(world, endpoint, body))

    return rpc


def _outcome(world: World, endpoint: Endpoint, body: Any) -> Any:
    if not isinstance(body, list):
        return _one(world, endpoint, body)
    if not body:
        return _refusal(None, RpcError("empty batch", INVALID_REQUEST))
    return [_one(world, endpoint, part) for part in body]


def _one(world: World, endpoint: Endpoint, body: Any) -> Json:
    """The response object of one request object."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        return _refusal(None, RpcError("invalid request", INVALID_REQUEST))
    name, params = body["method"], body.get("params", [])
    try:
        if not isinstance(params, list):
            raise RpcError("non-array args", INVALID_PARAMS)
        with world.node.lock:
            result = methods.call(View(world.node, endpoint), name, params)
            result = endpoint.answer(name, result)
    except RpcError as error:
        return _refusal(body.get("id"), error)
    return {"jsonrpc": "2.0", "id": body.get("id"), "result": result}


def _refusal(identity: Any, error: RpcError) -> Json:
    return {"jsonrpc": "2.0", "id": identity, "error": error.body}


def _fail(kind: Failure, stopping: threading.Event) -> Response:
    """Answer, late or not at all, as this failure has it."""
    if kind == "hang":
        stopping.wait(HANG_SECONDS)
    if kind == "close":
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    if kind == "garbage":
        return Response(GARBAGE, 200, mimetype="text/html")
    if kind == "429":
        return _respond(_refusal(None, TOO_MANY), 429)
    return _respond(_refusal(None, BROKEN), 500)


def _respond(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
