"""The dashboard at `/`: every session with what can happen to it, the events with their deliveries, the faults."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from degentalk.sandbox.stripe import checkout, disputes, webhooks
from degentalk.sandbox.stripe.actions import Actions
from degentalk.sandbox.stripe.errors import ApiError
from degentalk.sandbox.stripe.pages import respond
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

SESSIONS, EVENTS = 20, 40
Form = MultiDict[str, str]


def blueprint(actions: Actions) -> Blueprint:
    """The page and its buttons; a button that is clicked twice does its work once."""
    dashboard = Blueprint("dashboard", __name__)
    verbs, done = _verbs(actions), set[str]()

    @dashboard.get("/")
    def show() -> Response:
        return _page(actions.world)

    @dashboard.post("/do/<verb>")
    def do(verb: str) -> Response:
        key = request.form.get("key", "")
        click = f"{key} {verb} {request.form.get('target')}"
        try:
            if verb in verbs and not (key and click in done):
                done.add(click)
                verbs[verb](request.form)
        except (ApiError, ArithmeticError, TypeError, ValueError) as error:
            return _page(actions.world, problem=str(error))
        return redirect("/", 303)

    return dashboard


def _verbs(actions: Actions) -> dict[str, Callable[[Form], Any]]:
    """What each button does with its form."""
    return {
        "arrive": lambda form: actions.settle(form["target"]),
        "return": lambda form: actions.settle(form["target"], ok=False),
        "expire": lambda form: actions.expire(form["target"]),
        "refund": lambda form: actions.refund(form["target"], _cents(form), status=form.get("status", "")),
        "succeed_refund": lambda form: actions.succeed_refund(form["target"]),
        "fail_refund": lambda form: actions.fail_refund(form["target"]),
        "cancel_refund": lambda form: actions.cancel_refund(form["target"]),
        "dispute": lambda form: actions.dispute(form["target"]),
        "inquire": lambda form: actions.dispute(form["target"], kind="inquiry"),
        "escalate": lambda form: actions.escalate(form["target"]),
        "win": lambda form: actions.close_dispute(form["target"], "won"),
        "lose": lambda form: actions.close_dispute(form["target"], "lost"),
        "close": lambda form: actions.close_dispute(form["target"], "warning_closed"),
        "reinstate": lambda form: actions.reinstate(form["target"]),
        "send": lambda form: actions.deliver(form["target"]),
        "advance": lambda form: actions.advance(int(form["hours"]) * 3600),
        "webhooks": lambda form: actions.set_webhook_faults(
            **{name: int(form[name]) / 100 for name in ("duplicate", "drop", "delay", "reorder")}
        ),
        "fail": lambda form: actions.fail_next(
            form["kind"],
            times=int(form["times"]),
            moment=form["moment"],
        ),
        "clear": lambda _form: actions.clear_faults(),
    }


def _cents(form: Form) -> int | None:
    """The amount of a form in dollars; None, for all of it, when it is empty."""
    text = form.get("amount", "").strip()
    return int(Decimal(text) * 100) if text else None


def _page(world: World, *, problem: str = "") -> Response:
    with world.change():
        checkout.expire_due(world)
        sessions = [_case(world, session) for session in world.store.newest("session", limit=SESSIONS)]
        events = [
            (event, webhooks.delivery_of(world, event["id"])) for event in world.store.newest("event", limit=EVENTS)
        ]
        faults = world.faults.state()
        now = world.clock.now()
    return respond(
        "dashboard.html",
        status=409 if problem else 200,
        problem=problem,
        sessions=sessions,
        events=events,
        faults=faults,
        now=moment(now),
        key=secrets.token_hex(8),
        options=world.options,
    )


def moment(seconds: int) -> str:
    """A time of the sandbox in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


def _case(world: World, session: Json) -> Json:
    """A session with what came of it, for the page."""
    intent = world.store.find(session["payment_intent"] or "") or {}
    charge = world.store.find(intent.get("latest_charge") or "")
    mine = (charge or {}).get("id")
    found = world.store.newest("dispute", lambda thing: thing["charge"] == mine)
    return {
        "session": session,
        "name": checkout.items(world, session["id"])[0]["description"],
        "on_its_way": intent.get("status") == "processing",
        "charge": charge if charge and charge["status"] == "succeeded" else None,
        "left": charge["amount"] - charge["amount_refunded"] if charge else 0,
        "refunds": world.store.newest("refund", lambda thing: thing["charge"] == mine),
        "disputes": [(thing, disputes.withdrawn(thing)) for thing in found],
    }
