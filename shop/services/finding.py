"""A member's own unlocks, held."""

from degentalk.accounts.models import User
from shop.errors import NotYours
from shop.models import DgtUnlockLog


def locked_item(user: User, item_id: int) -> DgtUnlockLog:
    """One of the member's own, whatever its state, held until the end of the transaction. Raises NotYours."""
    item: DgtUnlockLog | None = (
        DgtUnlockLog.objects.of(user).select_for_update(no_key=True, of=("self",)).filter(pk=item_id).first()
    )
    if item is None:
        raise NotYours
    return item
