"""Ledger entries in the member's words: what moved, with whom, how much, and what was left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from wallet.models import Counterparty, DgtJournal, DgtTransaction


@dataclass(frozen=True)
class Entry:
    """One line of a member's wallet history."""

    kind: str
    """Level reward, transfer, …"""
    description: str
    """What happened: “Sent to bob”."""
    memo: str
    """What the sender wrote to it."""
    amount: int
    balance_after: int | None
    created_at: datetime
    reversed: bool


def entries(rows: Iterable[DgtTransaction], *, user: User) -> list[Entry]:
    """Rows of `DgtTransaction.objects.of(user).with_reversals()`, ready to show. One query for all names."""
    rows = list(rows)
    others = DgtTransaction.objects.counterparties(rows, of=user)
    return [_entry(row, others.get(row.journal_id)) for row in rows]


def _entry(row: DgtTransaction, counterparty: Counterparty | None) -> Entry:
    description = _description(row, counterparty)
    return Entry(
        kind=str(DgtJournal.Kind(row.transaction_type).label),
        description=description,
        memo="" if row.description == description or row.reference_type == "level" else row.description,
        amount=row.amount,
        balance_after=row.balance_after,
        created_at=row.created_at,
        reversed=hasattr(row.journal, "reversed_by"),
    )


def _description(row: DgtTransaction, counterparty: Counterparty | None) -> str:
    if counterparty and row.transaction_type == DgtJournal.Kind.REVERSAL:
        return _("Taken back, with %(name)s") % {"name": counterparty.username}
    if counterparty:
        sentence = _("Sent to %(name)s") if row.amount < 0 else _("From %(name)s")
        return sentence % {"name": counterparty.username}
    if row.reference_type == "level":
        return _("Reached level %(level)d") % {"level": row.reference_id}
    return row.description or str(DgtJournal.Kind(row.transaction_type).label)
