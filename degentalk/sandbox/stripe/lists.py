"""Lists of the API: filtered, newest first, a page at a time. https://docs.stripe.com/api/pagination"""

import copy
import fnmatch
from collections.abc import Callable
from typing import Any

from degentalk.sandbox.stripe.errors import Missing
from degentalk.sandbox.stripe.store import Json

PAGE = 10
PLAIN = ("payment_intent", "charge", "status", "source", "currency", "type")
COMPARE = {
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
}


def page(fitting: list[Json], wanted: dict[str, Any], url: str) -> Json:
    """A list object of copies of a page of what fits. Raises Missing for a cursor that names nothing of it."""
    limit = wanted.get("limit", PAGE)
    if "ending_before" in wanted:
        newer = fitting[: _position(fitting, wanted["ending_before"], "ending_before")]
        return as_list(newer[-limit:], url, has_more=len(newer) > limit)
    start = _position(fitting, wanted["starting_after"], "starting_after") + 1 if "starting_after" in wanted else 0
    return as_list(fitting[start : start + limit], url, has_more=len(fitting) > start + limit)


def as_list(objects: list[Json], url: str, *, has_more: bool = False) -> Json:
    """A list object of these."""
    return {"object": "list", "data": copy.deepcopy(objects), "has_more": has_more, "url": url}


def fits(wanted: dict[str, Any]) -> Callable[[Json], bool]:
    """Whether an object is among those that the parameters of a list ask for."""
    created = wanted.get("created", {})
    bounds = created if isinstance(created, dict) else {"gte": created, "lte": created}
    return lambda thing: (
        all(COMPARE[name](thing["created"], bound) for name, bound in bounds.items())
        and ("types" not in wanted or thing["type"] in wanted["types"])
        and all(_equal(thing.get(name), wanted[name]) for name in PLAIN if name in wanted)
    )


def _equal(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and fnmatch.fnmatchcase(value, wanted)


def _position(objects: list[Json], identity: str, param: str) -> int:
    for position, thing in enumerate(objects):
        if thing["id"] == identity:
            return position
    raise Missing("object", identity, param)
