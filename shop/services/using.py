"""Using what is used up by it."""

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.unlocks import Usable
from shop.errors import UsedUp
from shop.models import DgtUnlockLog
from shop.services.finding import locked_item
from xp import services as xp


@transaction.atomic
def use(*, user: User, item_id: int, target: str = "") -> str:
    """Use one of the member's own, which uses it up. Returns what happened, in a sentence; so does the second click.

    Raises NotYours, UsedUp for what cannot be used or was taken back, and Refused for the suspended, and for what its
    type refuses now.
    """
    hold_target(user, item_id, target)
    xp.lock_members([user])
    item = locked_item(user, item_id)
    if item.state == DgtUnlockLog.State.USED:
        return item.used_for
    kind = item.unlock_type
    if not isinstance(kind, Usable) or item.state != DgtUnlockLog.State.OWNED:
        raise UsedUp(_("This cannot be used."))
    told = kind.use(user, item.unlock_data, item.source, target)
    item.state, item.used_at, item.used_for = DgtUnlockLog.State.USED, database_time(), told[:200]
    item.save(update_fields=["state", "used_at", "used_for"])
    return told


def hold_target(user: User, item_id: int, target: str) -> None:
    """What was chosen is held before its member: the one order of locks."""
    item = DgtUnlockLog.objects.of(user).filter(pk=item_id).first()
    kind = item.unlock_type if item else None
    if isinstance(kind, Usable) and kind.target is not None:
        kind.target.hold(user, target)
