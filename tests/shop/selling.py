"""Unlocks for tests, and what a test asks of the shop."""

from typing import Any

from degentalk.accounts.models import User
from shop import services as shop
from shop.models import DgtUnlock, DgtUnlockLog
from tests import make
from wallet import services as wallet
from wallet.models import UserWallet

DATA: dict[str, dict[str, Any]] = {
    "name_style": {"color": "lime"},
    "title": {"text": "Whale watcher"},
    "avatar_frame": {"frame": "gold"},
    "profile_theme": {"theme": "terminal"},
    "badge": {"icon": "crown", "text": "Early bird"},
    "xp_boost": {"multiplier_bps": 20_000, "hours": 24},
    "streak_freeze": {},
    "path_switch": {},
    "thread_highlight": {"hours": 24},
}
"""Of every type, something valid."""


def unlock(kind: str = "avatar_frame", *, cost: int = 40, **fields: Any) -> DgtUnlock:
    """Something for sale."""
    fields.setdefault("unlock_data", DATA[kind])
    fields.setdefault("name", f"Test {kind}")
    row: DgtUnlock = DgtUnlock.objects.create(type=kind, cost_dgt=cost, **fields)
    return row


def rich(username: str = "alice", dgt: int = 100) -> User:
    """A member with so much DGT."""
    member = make.verified(make.user(username))
    if dgt:
        wallet.credit(user=member, amount=dgt, source="rewards", key=f"give:{username}", description="For tests")
    return member


def buy(user: User, row: DgtUnlock, *, price: int | None = None, key: str | None = None, **more: Any) -> DgtUnlockLog:
    """Buy at the listed price, or at the one named."""
    price = row.cost_dgt if price is None else price
    return shop.purchase(user=user, unlock_id=row.pk, price=price, key=key or shop.new_key(), **more).item


def balance(user: User) -> int:
    return int(UserWallet.objects.of(user).dgt_balance)
