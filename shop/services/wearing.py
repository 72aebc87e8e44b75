"""Putting on and taking off. A slot holds one thing."""

from collections.abc import Collection

from django.db import transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.unlocks import Wearable
from shop.errors import NotWearable, UsedUp
from shop.models import DgtUnlockLog
from shop.services.finding import locked_item


@transaction.atomic
def equip(*, user: User, item_id: int) -> DgtUnlockLog:
    """Wear something of one's own; what was in its slot is taken off. Twice is the same as once.

    Raises NotYours, NotWearable, UsedUp for what was taken back, Refused for the suspended.
    """
    hold_looks([user])
    item = locked_item(user, item_id)
    kind = item.unlock_type
    if not isinstance(kind, Wearable):
        raise NotWearable
    if item.state != DgtUnlockLog.State.OWNED:
        raise UsedUp
    DgtUnlockLog.objects.of(user).filter(equipped_slot=kind.slot).exclude(pk=item.pk).update(equipped_slot=None)
    item.equipped_slot = kind.slot
    item.save(update_fields=["equipped_slot"])
    accounts.wear(user_id=user.pk, slot=kind.slot, look=kind.look(item.unlock_data))
    return item


@transaction.atomic
def unequip(*, user: User, item_id: int) -> DgtUnlockLog:
    """Take something off. Twice is the same as once. Raises NotYours, and Refused for the suspended."""
    hold_looks([user])
    item = locked_item(user, item_id)
    take_off(item)
    return item


def hold_looks(people: Collection[User]) -> None:
    """Hold how these members look, in order: of two changes at once, one comes after the other."""
    held = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk"))


def take_off(item: DgtUnlockLog) -> None:
    """Take off what may be worn. Wants the member's look held."""
    if item.equipped_slot is None:
        return
    slot, item.equipped_slot = item.equipped_slot, None
    item.save(update_fields=["equipped_slot"])
    accounts.wear(user_id=item.user_id, slot=slot, look=None)
