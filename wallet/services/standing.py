"""What a member may send now, for pages to show. The door decides again, under its locks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import BooleanField, Exists, Func, Max, Sum, Value

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.core.errors import MemberError
from degentalk.core.switches import SwitchedOff
from wallet import errors, rules
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
    closed: MemberError | None
    """Why nothing can be sent now, whatever the amount and to whomever; None where something can."""

    @property
    def locked(self) -> int:
        """How much of the balance may be spent but not sent yet."""
        return self.balance - rules.transferable(self.balance, self.bought_lately)

    @property
    def now(self) -> int:
        """The most that one transfer may be now, so that its fee can be paid too."""
        return min(rules.most_with_fee(self.transferable, self.fee_bps), self.daily_left, self.at_once)


def transferable_of(user: User, *, wallet: UserWallet | None = None, switch: str = "transfers") -> Transferable:
    """What a member may send now, or with the switch “tips” tip. Two queries, one for a wallet that is not at hand."""
    policy, wallet = _policy_for(user, switch), wallet or UserWallet.objects.of(user)
    days = timedelta(days=policy.purchases_locked_days)
    lately = DgtTransaction.objects.purchases_of(user).filter(created_at__gt=policy.now - days)
    bought = lately.aggregate(dgt=Sum("amount", default=0), newest=Max("created_at"))
    sent = wallet.sent_dgt if wallet.sent_on and wallet.sent_on >= policy.now.astimezone(UTC).date() else 0
    return Transferable(
        balance=wallet.dgt_balance,
        bought_lately=bought["dgt"],
        transferable=0
        if wallet.is_frozen or wallet.sending_is_stopped
        else rules.transferable(wallet.dgt_balance, bought["dgt"]),
        daily_left=max(0, policy.daily_max_dgt - sent),
        at_once=policy.transfer_max_dgt,
        fee_bps=policy.fee_bps,
        locked_until=bought["newest"] + days if bought["dgt"] else None,
        closed=_closed(user, wallet, policy, switch),
    )


def closed_to(user: User) -> MemberError | None:
    """Why a member can send nothing now; None where something can be sent. Two queries."""
    return _closed(user, UserWallet.objects.of(user), _policy_for(user, "transfers"), "transfers")


def giving_closed_to(user: User) -> MemberError | None:
    """Why a member can give nothing away, not even what DGT bought: the age of the account, an address that nobody
    confirmed (A6), a disputed payment (S19). None where they can."""
    if too_new := _too_new(user, _policy_for(user, "transfers")):
        return too_new
    return errors.disputed() if UserWallet.objects.of(user).sending_is_stopped else None


def _policy_for(user: User, switch: str) -> Any:
    """The policy, with what else decides: `now`, `is_on`, `is_verified`."""
    verified = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    is_on = Func(Value(switch), function="switch_is_on", output_field=BooleanField())
    return WalletPolicy.objects.annotate(now=Clock(), is_on=is_on, is_verified=Exists(verified)).get(pk=1)


def _closed(user: User, wallet: UserWallet, policy: Any, switch: str) -> MemberError | None:
    """What the door would say first."""
    if not policy.is_on:
        return SwitchedOff(switch)
    if too_new := _too_new(user, policy):
        return too_new
    if wallet.sending_is_stopped:
        return errors.disputed()
    if wallet.is_frozen:
        return errors.frozen()
    return errors.owing(wallet.debt_dgt) if wallet.debt_dgt else None


def _too_new(user: User, policy: Any) -> MemberError | None:
    opens_at = user.date_joined + timedelta(hours=policy.min_account_age_hours)
    if opens_at > policy.now:
        return errors.too_new(opens_at)
    return errors.unverified() if policy.needs_verified_email and not policy.is_verified else None
