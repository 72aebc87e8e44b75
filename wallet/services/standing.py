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
    at_once: int
    """The most that the policy lets anybody send in one transfer."""
    fee_bps: int
    locked_until: datetime | None
    """When the newest of what was bought lately may be sent."""

    @property
    def locked(self) -> int:
        """How much of the balance may be spent but not sent yet."""
        return self.balance - rules.transferable(self.balance, self.bought_lately)

    @property
    def now(self) -> int:
        """The most that one transfer may be now, so that its fee can be paid too."""
        return min(rules.most_with_fee(self.transferable, self.fee_bps), self.daily_left, self.at_once)


def transferable_of(user: User, *, wallet: UserWallet | None = None) -> Transferable:
    """What a member may send now. Three queries, one for a wallet that is not at hand, one where DGT is locked."""
    policy, wallet, now = WalletPolicy.objects.current(), wallet or UserWallet.objects.of(user), database_time()
    days = timedelta(days=policy.purchases_locked_days)
    lately = DgtTransaction.objects.purchases_of(user).filter(created_at__gt=now - days)
    bought = lately.aggregate(dgt=Sum("amount", default=0))["dgt"]
    newest = lately.order_by("-created_at").values_list("created_at", flat=True).first() if bought else None
    sent = wallet.sent_dgt if wallet.sent_on and wallet.sent_on >= now.astimezone(UTC).date() else 0
    return Transferable(
        balance=wallet.dgt_balance,
        bought_lately=bought,
        transferable=0 if wallet.is_frozen else rules.transferable(wallet.dgt_balance, bought),
        daily_left=max(0, policy.daily_max_dgt - sent),
        at_once=policy.transfer_max_dgt,
        fee_bps=policy.fee_bps,
        locked_until=newest + days if newest else None,
    )
