"""`expand[]=payment_intent.latest_charge`: whole objects in place of ids. https://docs.stripe.com/api/expanding_objects"""

from typing import Any

from degentalk.sandbox.stripe import checkout, lists
from degentalk.sandbox.stripe.errors import Invalid
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

MAX_DEPTH = 4


def expand(world: World, answer: Json, paths: list[str]) -> Json:
    """The answer with every path expanded. Raises Invalid for one that leads nowhere."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise Invalid(f"You cannot expand more than {MAX_DEPTH} levels of a property.", param="expand")
        _expand(world, answer, parts, path)
    return answer


def _expand(world: World, here: Any, parts: list[str], path: str) -> None:
    if isinstance(here, list):
        for element in here:
            _expand(world, element, parts, path)
        return
    if not parts or not isinstance(here, dict):
        return
    name, *rest = parts
    if name not in here and not _add(world, here, name):
        raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(here[name], str):
        found = world.store.find(here[name])
        if found is None:
            raise Invalid(f"This property cannot be expanded ({path}).", param="expand")
        here[name] = found
    _expand(world, here[name], rest, path)


def _add(world: World, here: Json, name: str) -> bool:
    """Lists that are there only when they are asked for."""
    if here.get("object") == "checkout.session" and name == "line_items":
        url = f"/v1/checkout/sessions/{here['id']}/line_items"
        here[name] = lists.as_list(checkout.items(world, here["id"]), url)
    elif here.get("object") == "charge" and name == "refunds":
        found = world.store.newest("refund", lambda refund: refund["charge"] == here["id"])
        here[name] = lists.as_list(found, f"/v1/charges/{here['id']}/refunds")
    else:
        return False
    return True
