"""The checkout page that a session's `url` leads to: who sells what for how much, and four ways on."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from degentalk.sandbox.stripe import checkout
from degentalk.sandbox.stripe.actions import Actions
from degentalk.sandbox.stripe.errors import ApiError, Missing
from degentalk.sandbox.stripe.objects import DELAYED
from degentalk.sandbox.stripe.store import Json

POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; form-action "
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£"}


def blueprint(actions: Actions) -> Blueprint:
    """Everything under /c/pay/."""
    pages = Blueprint("pages", __name__)
    ways: dict[str, Callable[[str], Json]] = {
        "pay": actions.pay,
        "pay_later": actions.pay_later,
        "decline": actions.decline,
    }

    @pages.get("/c/pay/<session_id>")
    def show(session_id: str) -> AnyResponse:
        return _page(actions, session_id)

    @pages.post("/c/pay/<session_id>")
    def act(session_id: str) -> AnyResponse:
        way = ways.get(request.form.get("way", ""))
        try:
            session = way(session_id) if way else actions.get(session_id)
        except Missing:
            return _page(actions, session_id)
        except ApiError:
            session = actions.get(session_id)  # a second click, or too late: the page of its state says so
        if session["status"] == "complete":
            return redirect(return_address(session), 303)
        return redirect(request.path, 303)

    return pages


def money(cents: int, currency: str) -> str:
    """Such as $9.99."""
    return f"{'−' if cents < 0 else ''}{SYMBOLS[currency]}{abs(cents) / 100:,.2f}"


def return_address(session: Json) -> str:
    """Where a buyer goes who has paid."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def respond(template: str, *, status: int = 200, targets: tuple[str, ...] = (), **context: object) -> Response:
    """A page whose forms may lead to itself and to these addresses."""
    origins = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(target)) for target in targets if target})
    response = make_response(render_template(template, **context), status)
    response.headers["Content-Security-Policy"] = POLICY + " ".join(["'self'", *origins])
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(actions: Actions, session_id: str) -> Response:
    world = actions.world
    with world.change():
        checkout.expire_due(world)
        session = world.store.find(session_id, "session")
        if session is None:
            return respond("missing.html", status=404)
        intent = world.store.find(session["payment_intent"] or "")
        items = checkout.items(world, session_id)
    return respond(
        "pay.html",
        targets=(session["success_url"], session["cancel_url"] or ""),
        declined=(intent or {}).get("last_payment_error") if session["status"] == "open" else None,
        items=items,
        later=DELAYED in session["payment_method_types"],
        on_its_way=(intent or {}).get("status") == "processing",
        return_address=return_address(session),
        seller=world.options.seller,
        session=session,
    )
