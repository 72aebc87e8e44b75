"""The chain of seals from the first to the newest: nothing missing or changed, signed by keys that are trusted."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from wallet import merkle, signing
from wallet.models import DgtSeal
from wallet.services.audit.checks import Finding
from wallet.services.audit.ledger import BLOCK_OF_JOURNAL
from wallet.services.blocks import LEAF, Bound, bound, split
from wallet.services.seals import JOURNALS_MAX

SEALS_AT_ONCE = 500

BLOCKS = f"""
select block, count(distinct id), count(leaf), coalesce(string_agg(leaf, ''::bytea order by id, line), ''::bytea)
from (
    select {BLOCK_OF_JOURNAL} as block, j.id, e.line, {LEAF} as leaf
    from dgt_journal j left join dgt_transactions e on e.journal_id = j.id
    where (j.epoch, j.xid) >= (%s, %s::text::xid8) and (j.epoch, j.xid) < (%s, %s::text::xid8)
) leaves
group by block
"""  # noqa: S608 our own constant


class Covered(NamedTuple):
    """What the ledger has between the bounds of a block."""

    journals: int
    entries: int
    root: str


def verify() -> Iterator[Finding]:
    """Every seal with the one before it, its signature and all entries that it covers, in order of number."""
    before: DgtSeal | None = None
    for seals in _in_parts():
        start = bound(before)
        covered = _covered(start, bound(seals[-1]))
        for seal in seals:
            yield from _in_words(seal, _wrong(seal, before, covered.get(seal.number, _NOTHING)))
            before = seal


def _in_parts() -> Iterator[list[DgtSeal]]:
    """Seals that follow each other, over about as many journals as one block may have."""
    part: list[DgtSeal] = []
    after = journals = 0
    while page := list(DgtSeal.objects.filter(number__gt=after).order_by("number")[:SEALS_AT_ONCE]):
        after = page[-1].number
        for seal in page:
            if part and journals + seal.journals > JOURNALS_MAX:
                yield part
                part, journals = [], 0
            part.append(seal)
            journals += seal.journals
    if part:
        yield part


def _wrong(seal: DgtSeal, before: DgtSeal | None, covered: Covered) -> Iterator[str]:
    content = signing.document(seal)
    number, previous = (before.number, before.hash) if before else (0, signing.NO_PREVIOUS)
    if seal.number != number + 1:
        yield f"comes after seal {number}: the seals between them are missing"
    if seal.previous != previous:
        yield "does not name the hash of the seal before it"
    if bound(seal) <= bound(before):
        yield "does not reach beyond the seal before it"
    if seal.hash != signing.hash_of(content):
        yield "does not have the hash of what it says"
    if not signing.is_signed(content, signature=seal.signature, public_key=seal.public_key):
        yield "is not signed by its public key"
    if seal.public_key not in signing.trusted_keys():
        yield "is signed by a key that is not trusted"
    if (seal.journals, seal.entries) != covered[:2]:
        yield (
            f"was made over {seal.journals} journals and {seal.entries} entries;"
            f" there are {covered.journals} and {covered.entries}"
        )
    if seal.root != covered.root:
        yield "does not have the root of the entries that it covers"


def _in_words(seal: DgtSeal, wrong: Iterator[str]) -> Iterator[Finding]:
    for what in wrong:
        yield Finding(f"seal {seal.number}", what, block=seal.number)


_NOTHING = Covered(0, 0, merkle.root([]).hex())


def _covered(start: Bound, end: Bound) -> dict[int, Covered]:
    """By number of the seal. One query; 32 bytes for each entry."""
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [*start, *end])
        return {
            number: Covered(journals, entries, merkle.root(split(hashes, entries)).hex())
            for number, journals, entries, hashes in cursor.fetchall()
        }
