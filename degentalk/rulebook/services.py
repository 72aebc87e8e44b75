"""Publishing and reading versions of the rules."""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet
from degentalk.rulebook.registry import Rules, registry

RECENT_SECONDS = 10
PUBLISH_LOCK = 7_105_001  # any constant: one publisher at a time


@dataclass(frozen=True)
class RuleSetFacts:
    """A version of the rules as plain values. Shared by all threads: never change it."""

    number: int
    sha256: str
    rules: Rules


# Content-addressed, so never stale: what a hash stands for cannot change.
_by_hash: dict[str, RuleSetFacts] = {}
_recent: dict[str, tuple[float, RuleSetFacts]] = {}


def publish(*, actor: User | None, reason: str) -> RuleSetFacts:
    """Put the rules as the apps' tables say them now in force, in the caller's transaction.

    Returns the new version, or the one in force if nothing changed. Raises RuleError if a section refuses the draft.
    """
    with transaction.atomic():
        _one_publisher_at_a_time()
        draft = registry.read()
        canonical = canonical_json(draft)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        newest = RuleSet.objects.newest().values_list("number", "sha256").first()
        if newest is not None and newest[1] == digest:
            return at(number=newest[0], sha256=digest)
        registry.validate(draft)
        number = 1 if newest is None else newest[0] + 1
        RuleSet.objects.create(
            number=number,
            rules=draft,
            sha256=digest,
            created_at=database_time(),
            created_by=actor,
            reason=reason,
        )
    return RuleSetFacts(number, digest, draft)


def ensure_current() -> RuleSetFacts:
    """After a migration: if it changed the rules, they are a new version with that reason."""
    return publish(actor=None, reason="changed by a migration")


def current() -> RuleSetFacts:
    """The rules in force. One small query; the content is cached in the process."""
    newest = RuleSet.objects.newest().values_list("number", "sha256").first()
    if newest is None:
        raise RuntimeError("There is no rule set: run `manage.py migrate`.")
    return at(number=newest[0], sha256=newest[1])


def recent() -> RuleSetFacts:
    """The rules in force, at most ten seconds late and usually without a query: for showing, never for deciding."""
    name = str(connection.settings_dict["NAME"])
    read_at, facts = _recent.get(name, (float("-inf"), None))
    if facts is None or time.monotonic() - read_at > RECENT_SECONDS:
        facts = current()
        _recent[name] = (time.monotonic(), facts)
    return facts


def at(*, number: int, sha256: str) -> RuleSetFacts:
    """One version by number and hash, from the process's cache where it can."""
    facts = _by_hash.get(sha256)
    if facts is None or facts.number != number:
        facts = RuleSetFacts(
            number,
            sha256,
            RuleSet.objects.values_list("rules", flat=True).get(number=number),
        )
        _by_hash[sha256] = facts
    return facts


def forget() -> None:
    """Empty the process's caches."""
    _by_hash.clear()
    _recent.clear()


def canonical_json(value: Any) -> str:
    """The one way to write the rules as text: sorted keys, no spaces, no floats. Raises RuleError on a float."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise RuleError(f"Rules are whole numbers; {value} is not.")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def _one_publisher_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
