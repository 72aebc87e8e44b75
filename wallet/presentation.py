"""Ledger entries in the member's words: what moved, with whom, how much, and what was left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk.accounts.models import User
from wallet.accounts import FEES
from wallet.models import Counterparty, DgtAccount, DgtJournal, DgtTransaction
from wallet.places import Place, places_of

NAME_OF_ACCOUNT = {
    DgtAccount.Kind.MEMBER: gettext_lazy("Balance"),
    DgtAccount.Kind.HELD: gettext_lazy("Held"),
    DgtAccount.Kind.DEBT: gettext_lazy("Debt"),
}
"""What a member calls the accounts."""


@dataclass(frozen=True)
class Entry:
    """One line of a member's wallet history."""

    journal: UUID
    kind: str
    """Level reward, transfer, …"""
    description: str
    """What happened: “Sent to bob”."""
    counterparty: str
    """The name of the other member; empty where there is none."""
    memo: str
    """What the sender wrote to it."""
    amount: int
    balance_after: int | None
    created_at: datetime
    reversed: bool
    about: Place | None = None
    """What it was for, where this member may see it."""
    account: str = DgtAccount.Kind.MEMBER

    @property
    def account_name(self) -> str:
        return str(NAME_OF_ACCOUNT[DgtAccount.Kind(self.account)])

    @property
    def left(self) -> int | None:
        """What was in the account after it; of a debt, how much was owed."""
        return None if self.balance_after is None else abs(self.balance_after)

    @property
    def debt_note(self) -> str:
        """What became of DGT that never touched the balance."""
        if self.account != DgtAccount.Kind.DEBT:
            return ""
        return _("repaid what you owed") if self.amount > 0 else _("you owe it now")


def entries(rows: Iterable[DgtTransaction], *, user: User) -> list[Entry]:
    """Rows of `DgtTransaction.objects.of(user).with_reversals()` with their accounts, ready to show.

    One query for all names, one for all posts that were tipped.
    """
    rows = list(rows)
    others, places = DgtTransaction.objects.counterparties(rows, of=user), places_of(rows, seen_by=user)
    return [_entry(row, others.get(row.journal_id), _place_of(row, places)) for row in rows]


@dataclass(frozen=True)
class Line:
    """What a movement did to one of the member's accounts."""

    number: int
    """Which entry of the movement it is: its receipt is named by it."""
    account: str
    change: str
    """“40 DGT less”; of a debt, more is owed."""
    after: int
    """What was in the account; of a debt, what was owed."""


@dataclass(frozen=True)
class Movement:
    """One journal as one of its members sees it."""

    entry: Entry
    """The line of the balance, with what a debt took or gave; where it left both alone, of another account."""
    counterparty: Counterparty | None
    fee: int
    """What the member paid on top."""
    lines: list[Line]
    """All lines of the member; of others nothing but the name is shown."""
    reversed_by: UUID | None
    reverses: UUID | None


def movement(rows: Sequence[DgtTransaction], *, user: User) -> Movement:
    """All rows of `DgtTransaction.objects.in_journal(…)`, some of which are the member's."""
    mine = [row for row in rows if row.user_id == user.pk]
    first = next((row for row in mine if row.account.kind == DgtAccount.Kind.MEMBER), mine[0])
    other = next((row.user for row in rows if row.user and row.user_id != user.pk), None)
    counterparty = Counterparty(other.pk, other.username) if other else None
    reverses, reversal = first.journal.reverses, getattr(first.journal, "reversed_by", None)
    entry = _entry(first, counterparty, _place_of(first, places_of([first], seen_by=user)))
    own = sum(row.amount for row in mine if row.account.kind in {DgtAccount.Kind.MEMBER, DgtAccount.Kind.DEBT})
    return Movement(
        entry=replace(entry, amount=own or entry.amount),
        counterparty=counterparty,
        fee=sum(row.amount for row in rows if row.account.name == FEES and first.amount < 0 < row.amount),
        lines=[_line(row) for row in mine],
        reversed_by=reversal.public_id if reversal else None,
        reverses=reverses.public_id if reverses else None,
    )


def _place_of(row: DgtTransaction, places: Mapping[tuple[str, int], Place]) -> Place | None:
    return None if row.reference_id is None else places.get((row.reference_type, row.reference_id))


def _entry(row: DgtTransaction, counterparty: Counterparty | None, about: Place | None) -> Entry:
    description = _description(row, counterparty)
    return Entry(
        journal=row.journal.public_id,
        kind=str(DgtJournal.Kind(row.transaction_type).label),
        description=description,
        counterparty=counterparty.username if counterparty else "",
        memo="" if row.description == description or row.reference_type == "level" else row.description,
        amount=row.amount,
        balance_after=row.balance_after,
        created_at=row.created_at,
        reversed=hasattr(row.journal, "reversed_by"),
        about=about,
        account=row.account.kind,
    )


def _line(row: DgtTransaction) -> Line:
    kind = DgtAccount.Kind(row.account.kind)
    is_more = (row.amount > 0) != (kind == DgtAccount.Kind.DEBT)
    words = _("%(dgt)s DGT more") if is_more else _("%(dgt)s DGT less")
    return Line(
        number=row.line,
        account=str(NAME_OF_ACCOUNT[kind]),
        change=words % {"dgt": f"{abs(row.amount):,}"},
        after=abs(row.balance_after or 0),
    )


def _description(row: DgtTransaction, counterparty: Counterparty | None) -> str:
    if counterparty and row.transaction_type == DgtJournal.Kind.REVERSAL:
        sentence = _("Went back to %(name)s") if row.amount < 0 else _("Came back from %(name)s")
        return sentence % {"name": counterparty.username}
    if counterparty:
        sentence = _("Sent to %(name)s") if row.amount < 0 else _("From %(name)s")
        return sentence % {"name": counterparty.username}
    if row.reference_type == "level":
        return _("Reached level %(level)d") % {"level": row.reference_id}
    if row.transaction_type == DgtJournal.Kind.ADJUSTMENT:
        return _("By staff: %(reason)s") % {"reason": row.description}
    return row.description or str(DgtJournal.Kind(row.transaction_type).label)
