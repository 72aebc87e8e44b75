"""What a member has of the shop, what became of the rest, and what everybody sees them wear."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.unlocks import Usable, Wearable
from shop.models import DgtUnlockLog
from shop.shopper import spent

PAST_SHOWN = 50


@dataclass(frozen=True)
class Piece:
    """Things of one kind that a member has: one to wear, or so many to use."""

    item: DgtUnlockLog
    """The oldest of them."""
    kind: unlocks.UnlockType
    count: int

    @property
    def look(self) -> dict[str, object]:
        return {self.kind.slot: self.kind.look(self.item.unlock_data)} if isinstance(self.kind, Wearable) else {}

    @property
    def says(self) -> str:
        return self.kind.says(self.item.unlock_data)

    @property
    def is_worn(self) -> bool:
        return bool(self.item.equipped_slot)

    @property
    def is_usable(self) -> bool:
        return isinstance(self.kind, Usable)


@dataclass(frozen=True)
class Inventory:
    """What a member has of the shop, and what became of the rest."""

    wearables: list[Piece]
    """Worn ones first."""
    consumables: list[Piece]
    past: list[DgtUnlockLog]
    """Used up or taken back, newest first."""

    @property
    def is_empty(self) -> bool:
        return not (self.wearables or self.consumables or self.past)


def inventory_of(user: User) -> Inventory:
    """One query, and one for each type that is delivered and used up elsewhere."""
    owned, mine = DgtUnlockLog.State.OWNED, DgtUnlockLog.objects.of(user)
    newest_past = mine.exclude(state=owned).newest().values("pk")[:PAST_SHOWN]
    shown = mine.filter(Q(state=owned) | Q(pk__in=newest_past)).select_related("unlock", "payer").order_by("id")
    kept = [item for item in shown if item.state == owned]
    gone = spent(kept)
    left = list(_pieces(item for item in kept if item.source not in gone))
    past = [item for item in shown if item.state != owned or item.source in gone]
    return Inventory(
        wearables=sorted((one for one in left if isinstance(one.kind, Wearable)), key=lambda one: not one.is_worn),
        consumables=[one for one in left if not isinstance(one.kind, Wearable)],
        past=sorted(past, key=lambda item: -item.pk)[:PAST_SHOWN],
    )


def worn_by(user: User) -> list[Piece]:
    """What everybody sees this member wear. One query."""
    worn = DgtUnlockLog.objects.of(user).filter(equipped_slot__isnull=False).select_related("unlock")
    return list(_pieces(worn.order_by("equipped_slot")))


def _pieces(items: Iterable[DgtUnlockLog]) -> Iterable[Piece]:
    """Those whose type an app still knows; what is used up is counted, of what is worn there is one."""
    alike: dict[tuple[int, str], list[DgtUnlockLog]] = {}
    for item in items:
        alike.setdefault((item.unlock_id, str(sorted(item.unlock_data.items()))), []).append(item)
    for group in alike.values():
        kind = group[0].unlock_type
        if kind is not None:
            yield Piece(group[0], kind, len(group))
