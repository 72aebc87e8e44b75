"""What each route of the API does, with parameters that were checked against the library's shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params
from stripe.params import checkout as checkout_params

from degentalk.sandbox.stripe import checkout, lists, refunds, rules, webhooks
from degentalk.sandbox.stripe.errors import Invalid
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

Work = Callable[[World, dict[str, Any], str], Json]
Check = Callable[[World, dict[str, Any]], None]


@dataclass(frozen=True)
class Route:
    """A method and path, the shape of its parameters, rules beyond the shape, and the work."""

    method: str
    path: str
    shape: type
    work: Work
    check: Check = lambda _world, _wanted: None


def _create_session(world: World, wanted: dict[str, Any], _id: str) -> Json:
    return checkout.create(world, wanted)


def _expire_session(world: World, _wanted: dict[str, Any], session_id: str) -> Json:
    return checkout.expire(world, session_id)


def _line_items(world: World, wanted: dict[str, Any], session_id: str) -> Json:
    return lists.page(checkout.items(world, session_id), wanted, f"/v1/checkout/sessions/{session_id}/line_items")


def _create_refund(world: World, wanted: dict[str, Any], _id: str) -> Json:
    charge_id = wanted.get("charge")
    if charge_id is None:
        charge_id = world.get("payment_intent", wanted["payment_intent"], "payment_intent")["latest_charge"] or ""
    metadata = wanted.get("metadata") or {}
    return refunds.refund(world, charge_id, wanted.get("amount"), reason=wanted.get("reason"), metadata=metadata)


def _cancel_refund(world: World, _wanted: dict[str, Any], refund_id: str) -> Json:
    return refunds.cancel(world, refund_id)


def _check_session(world: World, wanted: dict[str, Any]) -> None:
    rules.check_session(wanted, world.clock.now())


def _check_refund(_world: World, wanted: dict[str, Any]) -> None:
    rules.check_metadata(wanted.get("metadata"), "metadata")
    if ("charge" in wanted) == ("payment_intent" in wanted):
        raise Invalid("One of the following params should be provided for this request: payment_intent or charge.")


def _check_page(_world: World, wanted: dict[str, Any]) -> None:
    rules.check_page(wanted)


def _check_events(world: World, wanted: dict[str, Any]) -> None:
    _check_page(world, wanted)
    if "type" in wanted and "types" in wanted:
        raise Invalid("You may only specify one of these parameters: type, types.")


def _one(kind: str) -> Work:
    return lambda world, _wanted, identity: world.get(kind, identity)


def _events(world: World, wanted: dict[str, Any], _id: str) -> Json:
    fits, success = lists.fits(wanted), wanted.get("delivery_success")
    found = world.store.view(
        "event", lambda event: fits(event) and (success is None or webhooks.succeeded(world, event["id"]) == success)
    )
    return lists.page(found, wanted, "/v1/events")


def _many(kind: str, url: str) -> Work:
    return lambda world, wanted, _id: lists.page(world.store.view(kind, lists.fits(wanted)), wanted, url)


def _reading(path: str, kind: str, one: type, many: type) -> list[Route]:
    return [
        Route("GET", path, many, _many(kind, path), _check_page),
        Route("GET", f"{path}/<identity>", one, _one(kind)),
    ]


SESSIONS = "/v1/checkout/sessions"
ROUTES = [
    Route("POST", SESSIONS, checkout_params.SessionCreateParams, _create_session, _check_session),
    *_reading(SESSIONS, "session", checkout_params.SessionRetrieveParams, checkout_params.SessionListParams),
    Route(
        "GET",
        f"{SESSIONS}/<identity>/line_items",
        checkout_params.SessionListLineItemsParams,
        _line_items,
        _check_page,
    ),
    Route("POST", f"{SESSIONS}/<identity>/expire", checkout_params.SessionExpireParams, _expire_session),
    *_reading(
        "/v1/payment_intents", "payment_intent", params.PaymentIntentRetrieveParams, params.PaymentIntentListParams
    ),
    *_reading("/v1/charges", "charge", params.ChargeRetrieveParams, params.ChargeListParams),
    Route("POST", "/v1/refunds", params.RefundCreateParams, _create_refund, _check_refund),
    *_reading("/v1/refunds", "refund", params.RefundRetrieveParams, params.RefundListParams),
    Route("POST", "/v1/refunds/<identity>/cancel", params.RefundCancelParams, _cancel_refund),
    *_reading("/v1/disputes", "dispute", params.DisputeRetrieveParams, params.DisputeListParams),
    Route("GET", "/v1/events", params.EventListParams, _events, _check_events),
    Route("GET", "/v1/events/<identity>", params.EventRetrieveParams, _one("event")),
    *_reading(
        "/v1/balance_transactions",
        "balance_transaction",
        params.BalanceTransactionRetrieveParams,
        params.BalanceTransactionListParams,
    ),
]
