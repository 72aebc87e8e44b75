"""Webhooks: events signed and sent to the configured address, again with growing pauses until it answers 2xx.

https://docs.stripe.com/webhooks. Signatures carry the machine's time, because that is what a receiver compares them
with; when something is due goes by the sandbox's clock.
"""

import json
import time

import requests
from stripe import WebhookSignature

from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

TIMEOUT_SECONDS = (3.05, 20)
FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS, GIVE_UP_SECONDS = 60, 12 * 3600, 3 * 24 * 3600
OPEN = ("pending", "retrying")


def sign(payload: str, secrets: list[str], signed_at: int | None = None) -> str:
    """The header `Stripe-Signature`, with one signature for each live secret."""
    moment = int(time.time()) if signed_at is None else signed_at
    headers = [WebhookSignature.generate_signature_header(payload, secret, moment) for secret in secrets]
    return ",".join([f"t={moment}", *(header.split(",", 1)[1] for header in headers)])


def send(world: World, event_id: str, *, signed_at: int | None = None) -> Json:
    """Send one event now, whatever was sent before; the delivery with this try in it."""
    with world.change():
        event = world.get("event", event_id)
    payload = json.dumps(event, indent=2)
    result = _post(world, payload, sign(payload, world.options.secrets, signed_at))
    with world.change():
        return _record(world, event_id, result)


def send_due(world: World) -> list[Json]:
    """Send what is due by now, as the faults have it; the deliveries in the order of sending."""
    return [send(world, event_id) for event_id in _plan(world)]


def pending(world: World) -> list[str]:
    """Events that are still to be sent by themselves, oldest first."""
    with world.change():
        return [entry["event"] for entry in world.store.oldest("delivery", _is_open)]


def delivery_of(world: World, event_id: str) -> Json:
    """What became of the webhook of an event; an empty one if nobody subscribed."""
    empty: Json = {"id": f"delivery:{event_id}", "event": event_id, "state": "not wanted", "due": None, "tries": []}
    return world.store.find(f"delivery:{event_id}") or empty


def succeeded(world: World, event_id: str) -> bool:
    """Whether nobody is owed this event any more, because it came or because nobody wants it."""
    return delivery_of(world, event_id)["state"] in ("delivered", "not wanted")


def _plan(world: World) -> list[str]:
    """The events of this round, each as often as it is to be sent."""
    faults, round_ = world.faults.webhooks, []
    with world.change():
        now = world.clock.now()
        for entry in world.store.oldest("delivery", lambda one: _is_open(one) and (one["due"] or 0) <= now):
            if entry["due"] is None and not _throw_dice(world, entry):
                continue
            round_.append(entry["event"])
            if world.faults.happens(faults.duplicate):
                round_.append(entry["event"])
        if world.faults.happens(faults.reorder):
            world.faults.dice.shuffle(round_)
    return round_


def _is_open(entry: Json) -> bool:
    return entry["state"] in OPEN


def _throw_dice(world: World, entry: Json) -> bool:
    """Whether an event that is new is sent now, rather than later or never."""
    faults = world.faults.webhooks
    entry["due"] = world.clock.now()
    if world.faults.happens(faults.drop):
        entry["state"] = "dropped"
    elif world.faults.happens(faults.delay):
        entry["due"] += world.faults.dice.randint(1, max(1, faults.delay_seconds))
    world.store.put("delivery", entry)
    return entry["state"] in OPEN and bool(entry["due"] <= world.clock.now())


def _post(world: World, payload: str, signature: str) -> Json:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
        "User-Agent": "Stripe/1.0 (sandbox)",
    }
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between two loopback addresses
        session.headers.update(headers)
        try:
            response = session.post(
                world.options.webhook_url, data=payload.encode(), timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            return {"status": None, "error": type(error).__name__}
    return {"status": response.status_code, "error": None}


def _record(world: World, event_id: str, result: Json) -> Json:
    entry = delivery_of(world, event_id)
    entry["tries"].append({"at": world.clock.now(), **result})
    if result["status"] is not None and 200 <= result["status"] < 300:
        entry |= {"state": "delivered"}
    elif entry["state"] != "delivered":
        _try_again_later(world, entry)
    world.store.put("delivery", entry)
    event = world.get("event", event_id)
    event["pending_webhooks"] = int(entry["state"] in OPEN)
    world.store.put("event", event)
    return entry


def _try_again_later(world: World, entry: Json) -> None:
    first, now = entry["tries"][0]["at"], world.clock.now()
    pause = min(FIRST_RETRY_SECONDS * 4 ** (len(entry["tries"]) - 1), MAX_RETRY_SECONDS) * world.options.retry_scale
    given_up = now - first >= GIVE_UP_SECONDS * world.options.retry_scale
    entry |= {"state": "failed" if given_up else "retrying", "due": now + max(1, round(pause))}
