"""Every account of the ledger and what it adds up to: promise L6, for staff to look at."""

from dataclasses import dataclass

from django.db import connection

from wallet.accounts import FEES, SYSTEM_ACCOUNTS

SINKS = {"shop", FEES}
"""System accounts that burn; the others mint, and burn what they take back."""

SUMS = """
select coalesce(a.name, a.kind), coalesce(sum(e.amount), 0)::bigint, count(e.id)
from dgt_accounts a left join dgt_transactions e on e.account_id = a.id
group by 1
"""


@dataclass(frozen=True)
class AccountSum:
    """One system account, or one kind of the members' accounts all together."""

    name: str
    purpose: str
    balance: int
    entries: int


@dataclass(frozen=True)
class Sums:
    """Whole DGT, from the entries themselves."""

    system: list[AccountSum]
    members: list[AccountSum]

    @property
    def total(self) -> int:
        """Of all accounts. Anything but 0 is an alarm."""
        return sum(account.balance for account in (*self.system, *self.members))

    @property
    def issued(self) -> int:
        """DGT that was minted and not taken back by its source."""
        return -sum(account.balance for account in self.system if account.name not in SINKS)

    @property
    def burned(self) -> int:
        """DGT that the shop and fees took out of use."""
        return sum(account.balance for account in self.system if account.name in SINKS)

    @property
    def supply(self) -> int:
        """What members have and hold, less what they owe: all that was issued and not burned."""
        return sum(account.balance for account in self.members)


MEMBERS = {
    "member": "What members may spend.",
    "held": "What is set aside for them.",
    "debt": "What members owe, as a negative sum.",
}


def sums() -> Sums:
    """All accounts, in one query over all entries: for a page of the admin, not for one that members see."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS)
        rows = {name: (balance, entries) for name, balance, entries in cursor.fetchall()}
    return Sums(
        *(
            [AccountSum(name, purpose, *rows.get(name, (0, 0))) for name, purpose in part.items()]
            for part in (SYSTEM_ACCOUNTS, MEMBERS)
        )
    )
