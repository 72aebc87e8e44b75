"""SEAL_LOG: every seal as a line of a file outside the database. Whoever cuts the chain there does not cut it here."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from wallet import signing
from wallet.models import DgtSeal

logger = logging.getLogger(__name__)

TAIL_BYTES = 64 * 1024
"""Enough for the newest lines: a line has some 600 bytes."""
SEALS_AT_ONCE = 1_000


def catch_up() -> int:
    """Append the seals that the log does not have yet; how many. A log of another chain is left alone, loudly.

    What cannot be written now is written by the next call: the seals themselves are in the database.
    """
    if not settings.SEAL_LOG:
        return 0
    try:
        with Path(settings.SEAL_LOG).open("a+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)  # several workers may seal; closing the file lets go
            return _append(log)
    except OSError:
        logger.exception("SEAL_LOG could not be written")
        return 0


def _append(log: BinaryIO) -> int:
    known, ends_whole = _newest(log)
    if known and not DgtSeal.objects.filter(number=known["seal"]["number"], hash=known["hash"]).exists():
        logger.error(
            "SEAL_LOG knows a seal %s that is not in the database: the chain was cut or rewritten. Run ledger_audit.",
            known["seal"]["number"],
        )
        return 0
    missing = DgtSeal.objects.filter(number__gt=known["seal"]["number"] if known else 0).order_by("number")
    written = 0
    for seals in _in_parts(missing):
        lines = b"".join(signing.canonical(signing.published(seal)) + b"\n" for seal in seals)
        log.write(lines if ends_whole else b"\n" + lines)
        log.flush()
        os.fsync(log.fileno())
        ends_whole, written = True, written + len(seals)
    return written


def _in_parts(missing: Any) -> Iterator[list[DgtSeal]]:
    after = 0
    while seals := list(missing.filter(number__gt=after)[:SEALS_AT_ONCE]):
        yield seals
        after = seals[-1].number


def _newest(log: BinaryIO) -> tuple[dict[str, Any] | None, bool]:
    """The newest whole line, and whether the log ends with one: a line may be torn by a power cut."""
    log.seek(0, os.SEEK_END)
    size = log.tell()
    log.seek(max(0, size - TAIL_BYTES))
    tail = log.read()
    for line in reversed(tail.split(b"\n")):
        try:
            known = json.loads(line)
            _ = known["seal"]["number"], known["hash"]
        except (ValueError, KeyError, TypeError):
            continue
        return known, tail.endswith(b"\n")
    return None, not tail or tail.endswith(b"\n")
