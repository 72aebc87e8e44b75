"""A request sent twice is done once, and both get the same answer."""

import hashlib
import json
import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest

from degentalk.core.errors import KeyInFlight, KeyMissing, KeyReused, MemberError
from degentalk.core.limits import Limit
from degentalk.core.models import IdempotencyKey

HEADER = "Idempotency-Key"
FIELD = "key"
USABLE_KEY = re.compile(r"[\x21-\x7e]{1,200}")

ATTEMPTS = 5
LONGEST_PAUSE_MILLISECONDS = 100
LOCK_TIMEOUT = "55P03"
LOST_A_RACE = frozenset({"40P01", "40001"})  # deadlock, serialization failure: the whole transaction may go again

# Who is signed in or how often he asks is no outcome of the verb: the same key may succeed later.
NEVER_STORED = frozenset({401, 403, 429})


@dataclass(frozen=True)
class Answer:
    """What the member is told: `body` of the verb, or a problem when `status` is 4xx."""

    status: int
    body: dict[str, Any]
    replayed: bool

    @property
    def refused(self) -> bool:
        """True if the verb said no; `body["detail"]` is the sentence."""
        return self.status >= 400


def is_busy(error: Exception) -> bool:
    """Whether the database gave up because of others: a lock that did not come, a deadlock, a lost race."""
    return isinstance(error, OperationalError) and _sqlstate(error) in {LOCK_TIMEOUT, *LOST_A_RACE}


@contextmanager
def locks_in_time() -> Iterator[None]:
    """Raises KeyInFlight where a lock did not come in time. Goes around the transaction: nothing of it is left."""
    try:
        yield
    except OperationalError as error:
        if _sqlstate(error) == LOCK_TIMEOUT:
            raise KeyInFlight from error
        raise


def run(
    *,
    actor: AbstractBaseUser,
    endpoint: str,
    key: str | None,
    request: dict[str, Any],
    verb: Callable[[], dict[str, Any]],
    status: int = 200,
    limit: Limit | None = None,
) -> Answer:
    """Run `verb` once for (actor, endpoint, key) in a transaction of its own, and remember the answer in it.

    `request` is everything that decides what the verb does, as JSON. A verb that raises MemberError is remembered as
    refused; any other exception stores nothing. Duplicates in flight wait for the first. The verb may be run again
    after a deadlock, so it must keep no state outside the database. `limit` counts each new attempt of the actor,
    refused ones too; what is remembered is answered without it.

    Raises KeyMissing, KeyReused, KeyInFlight, and MemberErrors of status 401, 403 and 429.
    """
    if connection.in_atomic_block:
        raise RuntimeError("idempotency.run() opens the transaction itself; call it outside of atomic().")
    attempt = _Attempt(actor.pk, endpoint, _usable(key), _fingerprint(request), verb, status, limit)
    for _ in range(ATTEMPTS):
        try:
            with locks_in_time(), transaction.atomic():
                return attempt.answer()
        except OperationalError as error:
            if _sqlstate(error) not in LOST_A_RACE:
                raise
        time.sleep(secrets.randbelow(LONGEST_PAUSE_MILLISECONDS) / 1000)
    raise KeyInFlight


def key_of(request: HttpRequest) -> str | None:
    """The key a client sent: the header on the API, the hidden field of a form on pages."""
    return request.headers.get(HEADER) or request.POST.get(FIELD)


def new_key() -> str:
    """A key for a form that is shown: each form shown gets a new one."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class _Attempt:
    actor_id: int
    endpoint: str
    key: str
    request_hash: bytes
    verb: Callable[[], dict[str, Any]]
    success: int
    limit: Limit | None

    def answer(self) -> Answer:
        if not self._claimed():
            return self._remembered()
        if self.limit is not None:
            self.limit.take(str(self.actor_id))  # outside of the verb's savepoint: a refusal is counted too
        status, body = self._outcome()
        IdempotencyKey.objects.filter(**self._identity()).update(status=status, body=body)
        return Answer(status=status, body=body, replayed=False)

    def _identity(self) -> dict[str, Any]:
        return {"actor_id": self.actor_id, "endpoint": self.endpoint, "key": self.key}

    def _claimed(self) -> bool:
        # Waits here, up to lock_timeout, for another transaction that holds the same key. Nobody sees status 0: the
        # row commits together with the answer or not at all.
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO idempotency_keys (actor_id, endpoint, key, request_hash, status, body)"
                " VALUES (%s, %s, %s, %s, 0, '{}') ON CONFLICT DO NOTHING",
                [self.actor_id, self.endpoint, self.key, self.request_hash],
            )
            return bool(cursor.rowcount)

    def _remembered(self) -> Answer:
        row = IdempotencyKey.objects.get(**self._identity())
        if bytes(row.request_hash) != self.request_hash:
            raise KeyReused
        return Answer(status=row.status, body=row.body, replayed=True)

    def _outcome(self) -> tuple[int, dict[str, Any]]:
        try:
            with transaction.atomic():
                body = self.verb()
        except MemberError as refusal:
            if refusal.status in NEVER_STORED:
                raise
            return refusal.status, refusal.problem()
        # Through JSON now, so that the first answer is the one every retry will get.
        return self.success, json.loads(json.dumps(body, allow_nan=False))


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _usable(key: str | None) -> str:
    if key is None or not USABLE_KEY.fullmatch(key):
        raise KeyMissing
    return key


def _fingerprint(request: dict[str, Any]) -> bytes:
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).digest()
