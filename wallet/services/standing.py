"""What a member may send now, for pages to show. The door decides again, under its locks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from wallet import rules
from wallet.models import DgtTransaction, UserWallet, WalletPolicy


@dataclass(frozen=True)
class Transferable:
    """Whole DGT."""

    balance: int
    bought_lately: int
    transferable: int
    daily_left: int
    locked_until: datetime | None
    """When the newest of what was bought lately may be sent."""

    @property
    def locked(self) -> int:
        """How much of the balance may be spent but not sent yet."""
        return self.balance - self.transferable


def transferable_of(user: User) -> Transferable:
    """What a member may send now. Four queries."""
    policy, wallet, now = WalletPolicy.objects.current(), UserWallet.objects.of(user), database_time()
    days = timedelta(days=policy.purchases_locked_days)
    lately = DgtTransaction.objects.purchases_of(user).filter(created_at__gt=now - days)
    bought = lately.aggregate(dgt=Sum("amount", default=0))["dgt"]
    newest = lately.order_by("-created_at").values_list("created_at", flat=True).first() if bought else None
    sent = wallet.sent_dgt if wallet.sent_on == now.astimezone(UTC).date() else 0
    return Transferable(
        balance=wallet.dgt_balance,
        bought_lately=bought,
        transferable=rules.transferable(wallet.dgt_balance, bought),
        daily_left=max(0, policy.daily_max_dgt - sent),
        locked_until=newest + days if newest else None,
    )
