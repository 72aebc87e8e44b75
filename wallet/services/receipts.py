"""Receipts: what a member needs to show, without this site, that an entry is under a signed seal."""

import logging
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.errors import Conflict, NotFound
from wallet import merkle, signing
from wallet.models import DgtSeal, DgtTransaction
from wallet.services import blocks

logger = logging.getLogger(__name__)

VERSION = 1


class NotSealedYet(Conflict):
    """The entry is in no block yet."""

    code = "not-sealed-yet"


class Unprovable(Conflict):
    """The block is not what its seal says: a receipt would prove nothing."""

    code = "unprovable"


def receipt(*, user: User, public_id: UUID, line: int) -> dict[str, Any]:
    """One of the member's own entries with its place under a seal, for `scripts/verify_receipt.py` and whoever asks.

    Raises NotFound for any other, NotSealedYet for one of the last minutes, Unprovable after damage.
    """
    mine = DgtTransaction.objects.filter(user=user, journal__public_id=public_id, line=line)
    entry: DgtTransaction | None = mine.select_related("journal").first()
    if entry is None:
        raise NotFound(_("There is no such entry."))
    seal = DgtSeal.objects.covering(entry.journal)
    if seal is None:
        raise NotSealedYet(_("This entry is not sealed yet. Seals are made every few minutes: try again soon."))
    canonical = bytes(entry.canonical)
    index, path = _place(seal, merkle.leaf(canonical))
    return {
        "version": VERSION,
        "entry": _readable(entry),
        "canonical": canonical.hex(),
        "index": index,
        "path": [beside.hex() for beside in path],
        "seal": signing.published(seal),
    }


def _place(seal: DgtSeal, leaf: bytes) -> tuple[int, list[bytes]]:
    leaves = blocks.leaves_of(seal)
    if merkle.root(leaves).hex() != seal.root or leaf not in leaves:
        logger.error("the entries of block %s do not give the root of its seal: run ledger_audit", seal.number)
        raise Unprovable(_("This entry cannot be proved now: something is wrong with its block, and staff must look."))
    index = leaves.index(leaf)
    return index, merkle.path(leaves, index)


def _readable(entry: DgtTransaction) -> dict[str, int | str | None]:
    """What the canonical bytes say, in words."""
    return {
        "journal": str(entry.journal.public_id),
        "key": entry.journal.key,
        "kind": entry.journal.kind,
        "line": entry.line,
        "account": entry.account_id,
        "amount": entry.amount,
        "balance_after": entry.balance_after,
        "at": signing.moment(entry.created_at),
    }
