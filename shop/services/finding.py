"""A member's own unlocks, held."""

from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.errors import Refused
from shop.errors import NotYours
from shop.models import DgtUnlockLog


def locked_item(user: User, item_id: int) -> DgtUnlockLog:
    """One of the member's own, whatever its state, held until the end of the transaction. The member is held already.

    Raises NotYours, and Refused where they are suspended.
    """
    own = DgtUnlockLog.objects.of(user).select_related("user")
    item: DgtUnlockLog | None = own.select_for_update(no_key=True, of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise NotYours
    refuse_suspended(item.user)
    return item


def refuse_suspended(member: User) -> None:
    """Raises Refused for who is suspended or banned, as the row says that was read under the locks."""
    if not member.is_active:
        raise Refused(_("Your account is suspended."))
