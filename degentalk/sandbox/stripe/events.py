"""Events: what happened, with the object as it was then. https://docs.stripe.com/api/events"""

import fnmatch
from typing import Any

from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import API_VERSION, World


def emit(world: World, name: str, subject: Json, before: Json | None = None, **changes: Any) -> Json:
    """Record an event about this object and queue its webhook. `before` gives an update its previous attributes."""
    event: Json = {
        "id": world.ids.new("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": world.clock.now(),
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": world.cause.id, "idempotency_key": world.cause.idempotency_key},
        "type": name,
    }
    if before is not None:
        event["data"]["previous_attributes"] = {
            key: before.get(key) for key in subject if subject[key] != before.get(key)
        }
    event |= changes
    wanted = bool(world.options.webhook_url) and subscribed(world, name)
    event["pending_webhooks"] = int(wanted)
    world.store.put("event", event)
    if wanted:
        delivery = {"id": f"delivery:{event['id']}", "event": event["id"], "state": "pending", "due": None, "tries": []}
        world.store.put("delivery", delivery)
        world.queued.set()
    return event


def subscribed(world: World, name: str) -> bool:
    """Whether the endpoint wants events of this type."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in world.options.enabled_events)
