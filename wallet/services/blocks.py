"""Reads closed journals as blocks: the hashes of their entries in order, for roots and paths."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from wallet.merkle import HASH_BYTES
from wallet.models import DgtSeal

COMPUTED = """dgt_canonical(
    j.public_id, j.key, j.kind, e.line::int, e.account_id, e.amount, e.balance_after, e.created_at
)"""
"""The canonical bytes of entry `e` of journal `j`, anew from the columns."""

LEAF = "sha256('\\x00'::bytea || e.canonical)"
LEAVES = f"coalesce(string_agg({LEAF}, ''::bytea order by j.id, e.line), ''::bytea)"
BETWEEN = """
from dgt_journal j left join dgt_transactions e on e.journal_id = j.id
where (j.epoch, j.xid) >= (%s, %s::text::xid8) and (j.epoch, j.xid) < (%s, %s::text::xid8)
"""
# PostgreSQL takes the format of the text as it is, psycopg reads two per cent signs as one.
DAMAGED = f"min(format('journal %%s line %%s', j.id, e.line)) filter (where e.canonical is distinct from {COMPUTED})"


class Bound(NamedTuple):
    """The first transaction that is not in a block. Epochs are raised by a restore; then transactions count anew."""

    epoch: int
    xid: int


START = Bound(0, 0)


@dataclass(frozen=True)
class Block:
    """The closed journals between two bounds."""

    journals: int
    leaves: list[bytes]
    """The hash of each entry's canonical bytes as they are stored, by journal and line."""
    damaged: str | None
    """An entry whose stored bytes are not those of its columns."""


def read(start: Bound, end: Bound) -> Block:
    """Journals from `start` (in it) up to `end` (not in it), with every entry's bytes computed anew. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(distinct j.id), count(e.id), {LEAVES}, {DAMAGED} {BETWEEN}", [*start, *end])
        journals, entries, hashes, damaged = cursor.fetchone()
    return Block(journals, split(hashes, entries), damaged)


def leaves_of(seal: DgtSeal) -> list[bytes]:
    """The leaves of a block that is sealed: 32 bytes for each entry, by journal and line. Two queries."""
    before = DgtSeal.objects.filter(number=seal.number - 1).first()
    with connection.cursor() as cursor:
        cursor.execute(f"select count(e.id), {LEAVES} {BETWEEN}", [*bound(before), *bound(seal)])
        entries, hashes = cursor.fetchone()
    return split(hashes, entries)


def bound(seal: DgtSeal | None) -> Bound:
    """Where a block ends and the next begins; of none, where the first begins."""
    return Bound(seal.epoch, seal.xid) if seal else START


def split(hashes: bytes, entries: int) -> list[bytes]:
    """Hashes that stand one after the other."""
    hashes = bytes(hashes)
    return [hashes[at : at + HASH_BYTES] for at in range(0, entries * HASH_BYTES, HASH_BYTES)]
