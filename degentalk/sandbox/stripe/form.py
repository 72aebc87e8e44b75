"""The bracket notation of Stripe's requests: `line_items[0][price_data][currency]=usd`."""

import re
from collections.abc import Iterable
from typing import Any

from degentalk.sandbox.stripe.errors import Invalid

PART = re.compile(r"\[([^\[\]]*)\]")
NAME = re.compile(r"^[^\[\]]+(\[[^\[\]]*\])*$")


def read(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dicts and lists of texts. Raises Invalid for a name that is none."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        if not NAME.match(name):
            raise Invalid(f"Invalid parameter name: {name}", param=name)
        _place(root, [name.split("[", 1)[0], *PART.findall(name)], value, name)
    return {key: _lists(value) for key, value in root.items()}


def _place(here: dict[str, Any], path: list[str], value: str, name: str) -> None:
    for part in path[:-1]:
        here = here.setdefault(part or str(len(here)), {})
        if not isinstance(here, dict):
            raise Invalid(f"Invalid parameter: {name}", param=name)
    last = path[-1] or str(len(here))
    if last in here:
        raise Invalid(f"Repeated parameter: {name}", param=name)
    here[last] = value


def _lists(value: Any) -> Any:
    """Dicts whose keys count from 0 are lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(part) for key, part in value.items()}
    if list(inner) == [str(number) for number in range(len(inner))]:
        return list(inner.values())
    return inner
