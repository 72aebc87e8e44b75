"""Who looks at the shop, and what they have of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.unlocks import Delivered
from paths.models import UserPath
from shop.models import DgtUnlockLog
from wallet.models import UserWallet
from xp.models import UserXp


@dataclass
class Shopper:
    """What decides about the cards of a member. Without one nothing is owned, nothing reached, nothing spent."""

    user: User | None
    wallet: UserWallet | None = None
    xp: UserXp | None = None
    path_levels: dict[str, int] = field(default_factory=dict)
    kept: dict[int, list[DgtUnlockLog]] = field(default_factory=dict)
    """By unlock, the pieces that are not used up."""
    ever: Counter[int] = field(default_factory=Counter)
    """By unlock, the pieces that count against its limit."""

    @property
    def balance(self) -> int:
        return self.wallet.dgt_balance if self.wallet else 0

    @property
    def level(self) -> int:
        return self.xp.level if self.xp else 1

    @classmethod
    def of(cls, user: User | None) -> "Shopper":
        """Four queries, and one for each type that is delivered and used up elsewhere."""
        if user is None or not user.is_authenticated:
            return cls(None)
        shopper = cls(user, UserWallet.objects.of(user), UserXp.objects.of(user))
        shopper.path_levels = dict(UserPath.objects.of(user).values_list("path_id", "path_level"))
        items = list(DgtUnlockLog.objects.of(user).counted().order_by("id"))
        gone = spent(items)
        for item in items:
            shopper.ever[item.unlock_id] += 1
            if item.state == DgtUnlockLog.State.OWNED and item.source not in gone:
                shopper.kept.setdefault(item.unlock_id, []).append(item)
        return shopper


def spent(items: Iterable[DgtUnlockLog]) -> set[str]:
    """The sources of those that were delivered and are used up, although the shop's log says owned."""
    by_type: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item.unlock_type, Delivered):
            by_type.setdefault(item.type, []).append(item.source)
    found: set[str] = set()
    for name, sources in by_type.items():
        kind = unlocks.find(name)
        if isinstance(kind, Delivered):
            found |= kind.spent(sources)
    return found
