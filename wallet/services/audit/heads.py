"""Seals that were kept outside the database, against the chain inside: whoever cuts its tail cannot cut theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from wallet import signing
from wallet.models import DgtSeal
from wallet.services.audit.checks import Finding

UNREADABLE = (OSError, ValueError, KeyError, TypeError)
HASH = re.compile(r"[0-9a-f]{64}")
LINES_AT_ONCE = 1_000


class HeadUnreadable(Exception):
    """What was given as head is neither a hash nor a file of seals."""


class Head(Protocol):
    """What was kept elsewhere."""

    def compare(self) -> Iterator[Finding]:
        """Whether all of it is still in the chain; inside the snapshot."""
        ...


@dataclass(frozen=True)
class HashHead:
    """Only the hash of a seal."""

    hash: str

    def compare(self) -> Iterator[Finding]:
        if not DgtSeal.objects.filter(hash=self.hash).exists():
            yield Finding(f"seal {self.hash}", "was kept elsewhere and is not here: the tail was cut, or another chain")


@dataclass(frozen=True)
class FileHead:
    """A SEAL_LOG, or the published seals.json."""

    path: Path
    size: int
    """In bytes, before the snapshot: what is appended later is of seals that the snapshot does not see."""

    def compare(self) -> Iterator[Finding]:
        kept = self.seals()
        try:
            while part := list(islice(kept, LINES_AT_ONCE)):
                yield from _missing(part)
        except UNREADABLE as error:
            yield Finding("head", f"{self.path.name} cannot be read: {error}")

    def seals(self) -> Iterator[Kept]:
        """What the file says. Raises one of UNREADABLE for a file of something else."""
        with self.path.open("rb") as file:
            first = file.readline(self.size)
            file.seek(0)
            if first and _of_line(first).number is None:
                yield from _of_document(json.load(file))
            else:
                yield from _of_lines(self._lines(file.read(self.size)))

    def _lines(self, content: bytes) -> Iterator[bytes]:
        """Whole lines; the last may be one that is being written just now."""
        return iter(content.split(b"\n")[:-1])


@dataclass(frozen=True)
class MissingLog:
    """SEAL_LOG names a file that is not there, though sealing makes it."""

    why: str

    def compare(self) -> Iterator[Finding]:
        yield Finding("SEAL_LOG", f"cannot be read: {self.why}")


class Kept(NamedTuple):
    """A seal as it was kept, or a line that says none."""

    number: int | None
    hash: str


def given(text: str) -> Head:
    """The head that somebody gives: a hash, or the path of a file. Raises HeadUnreadable."""
    if HASH.fullmatch(text):
        return HashHead(text)
    try:
        head = FileHead(Path(text), Path(text).stat().st_size)
        next(head.seals(), None)
    except UNREADABLE as error:
        raise HeadUnreadable(
            f"“{text}” is neither the hash of a seal nor a file of seals (seals.json, or what SEAL_LOG names)."
        ) from error
    return head


def of_log(path: str) -> Head:
    """The log that sealing writes."""
    try:
        return FileHead(Path(path), Path(path).stat().st_size)
    except OSError as error:
        return MissingLog(str(error.strerror))


def _missing(kept: list[Kept]) -> Iterator[Finding]:
    newest = DgtSeal.objects.newest_number()
    numbers = [seal.number for seal in kept if seal.number is not None]
    here = dict(DgtSeal.objects.filter(number__in=numbers).values_list("number", "hash"))
    for number, kept_hash in kept:
        if number is None:
            yield Finding("head", f"has a line that is no seal: {kept_hash}")
        elif number > newest:
            yield Finding(f"seal {number}", f"was kept elsewhere; here the tail was cut after seal {newest}")
        elif here.get(number) != kept_hash:
            yield Finding(f"seal {number}", "is not the one that was kept elsewhere", block=number)


def _of_document(published: dict[str, object]) -> list[Kept]:
    """The published page: the newest seal and earlier ones."""
    newest, earlier = published["newest"], published["earlier"]
    if not isinstance(earlier, list):
        raise TypeError("earlier seals are a list")
    return [_of_line(json.dumps(seal).encode()) for seal in [newest, *earlier] if seal is not None]


def _of_lines(lines: Iterator[bytes]) -> Iterator[Kept]:
    """A line that a power cut tore is written again as a whole after it; any other that is no seal is told."""
    torn: Kept | None = None
    torn_line = b""
    for line in lines:
        seal = _of_line(line)
        if torn and not line.startswith(torn_line):
            yield torn
        torn, torn_line = (seal, line) if seal.number is None else (None, b"")
        if torn is None:
            yield seal
    if torn:
        yield torn


def _of_line(line: bytes) -> Kept:
    """The seal of a line, by what it says and not by the hash beside it."""
    try:
        content = json.loads(line)["seal"]
        return Kept(int(content["number"]), signing.hash_of(content))
    except (ValueError, KeyError, TypeError):
        return Kept(None, line[:100].decode(errors="replace"))
