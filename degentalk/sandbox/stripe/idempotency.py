"""Idempotency keys as Stripe documents them. https://docs.stripe.com/api/idempotent_requests

The status and body of the first request with a key are kept once its work began, errors and 500 included, for 24 hours;
not those of a request that failed validation, or that met another one still under way with the same key.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from degentalk.sandbox.stripe.errors import ApiError
from degentalk.sandbox.stripe.store import Json
from degentalk.sandbox.stripe.world import World

KEPT_SECONDS = 24 * 3600
KEY_MAX_LENGTH = 255


class Keys:
    """The keys of one sandbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._under_way: set[str] = set()

    def answer(self, key: str, path: str, given: dict[str, Any]) -> Json | None:
        """What the first request with this key was answered; None if there was none."""
        kept = self._world.store.find(f"key:{key}")
        if kept is None or self._world.clock.now() - kept["at"] >= KEPT_SECONDS:
            return None
        if kept["request"] != _fingerprint(path, given):
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        return kept

    def keep(self, key: str, path: str, given: dict[str, Any], *, status: int, body: Json, first: str) -> None:
        """Remember the answer, and the id of the request that got it first."""
        kept = {"at": self._world.clock.now(), "request": _fingerprint(path, given), "first": first}
        kept |= {"status": status, "body": body}
        self._world.store.put("key", kept, f"key:{key}")

    @contextmanager
    def under_way(self, key: str) -> Iterator[None]:
        """While this lasts, another request with the key is refused: 409."""
        with self._world.change():
            if key in self._under_way:
                raise ApiError(
                    "There is currently another in-progress request using this Idempotent Key (that probably means you "
                    f"submitted twice, and the other request is still going through): {key}. Please try again later.",
                    code="idempotency_key_in_use",
                    status=409,
                    kind="idempotency_error",
                )
            self._under_way |= {key} - {""}
        try:
            yield
        finally:
            with self._world.change():
                self._under_way.discard(key)


def check_key(key: str) -> None:
    """Raises ApiError for a key that is too long."""
    if len(key) > KEY_MAX_LENGTH:
        raise ApiError(f"Idempotency keys can be up to {KEY_MAX_LENGTH} characters long.", kind="idempotency_error")


def _fingerprint(path: str, given: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([path, given], sort_keys=True).encode()).hexdigest()
