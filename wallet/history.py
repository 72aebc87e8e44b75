"""What is asked of a member's history: of which account, which kinds, in or out, from when to when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from degentalk.accounts.models import User
from degentalk.core.keyset import Keyset
from wallet.models import DgtAccount, DgtTransaction
from wallet.models.ledger import DgtTransactionQuerySet

MEMBER_ACCOUNTS = [(kind.value, kind.label) for kind in DgtAccount.Kind if kind != DgtAccount.Kind.SYSTEM]


class Direction(StrEnum):
    """Whether DGT came in or went out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Wanted:
    """A part of a history. Running balances are those of the one account."""

    account: str = DgtAccount.Kind.MEMBER
    with_debt: bool = False
    """Also what the member came to owe and what repaid it: such DGT never reach the balance."""
    kinds: tuple[str, ...] = ()
    """All where none is named."""
    direction: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""

    def of(self, user: User) -> DgtTransactionQuerySet:
        """These entries of the member, in no order."""
        accounts = [self.account, DgtAccount.Kind.DEBT] if self.with_debt else [self.account]
        entries: DgtTransactionQuerySet = DgtTransaction.objects.of(user, *accounts)
        if self.kinds:
            entries = entries.filter(transaction_type__in=self.kinds)
        if self.direction:
            entries = entries.filter(**{"amount__gt" if self.direction == Direction.IN else "amount__lt": 0})
        if self.since:
            entries = entries.filter(created_at__gte=self.since)
        if self.until:
            entries = entries.filter(created_at__lt=self.until)
        return entries.with_reversals().select_related("account")

    def pages_of(self, user: User, *, size: int) -> Keyset[DgtTransaction]:
        """The same in pages, the newest first."""
        return Keyset(self.of(user), order=("-id",), size=size, name=self.account)
