"""What staff give a member for nothing."""

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import KeyReused, Refused
from shop import addresses
from shop.errors import AlreadyOwned, NoSuchUnlock, SoldOut
from shop.models import DgtUnlock, DgtUnlockLog
from shop.services.acquiring import take_from_shelf
from shop.services.shelf import owns
from xp import services as xp


@transaction.atomic
def grant(*, user: User, unlock: DgtUnlock, actor: User, reason: str, key: str) -> DgtUnlockLog:
    """Give a member an unlock as a member of staff, once per `key`: told, logged, whatever its gate, window and limit.

    It comes off the stock where that is limited. Raises Refused without a reason, for oneself and for the suspended,
    SoldOut, AlreadyOwned (what is worn is owned once), KeyReused.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody grants unlocks to themselves."))
    key = f"grant:{key}"
    earlier: DgtUnlockLog | None = DgtUnlockLog.objects.filter(key=key).first()
    if earlier is not None:
        if (earlier.user_id, earlier.unlock_id) != (user.pk, unlock.pk):
            raise KeyReused
        return earlier
    held = DgtUnlock.objects.select_for_update(no_key=True).get(pk=unlock.pk)
    if held.kind is None:
        raise NoSuchUnlock
    xp.lock_members([user])
    if not User.objects.get(pk=user.pk).is_active:
        raise Refused(_("%(name)s is suspended.") % {"name": user.username})
    if held.stock == 0:
        raise SoldOut
    if owns(held, user):
        raise AlreadyOwned(_("%(name)s has it already.") % {"name": user.username})
    item = take_from_shelf(
        held,
        DgtUnlockLog(
            user=user, kind=DgtUnlockLog.Kind.GRANT, dgt_spent=0, acquired_at=database_time(), key=key, actor=actor,
            note=reason[:280],
        ),
    )  # fmt: skip
    _tell(item)
    message = _("Granted to %(name)s. Reason: %(reason)s") % {"name": user.username, "reason": reason}
    LogEntry.objects.log_actions(actor.pk, [item], ADDITION, message, single_object=True)
    return item


def _tell(item: DgtUnlockLog) -> None:
    text = _("You were given “%(unlock)s”. Reason: %(reason)s") % {"unlock": item.name, "reason": item.note}
    accounts.notify(user=item.user, kind="shop", text=text, url=addresses.mine(), key=f"grant:{item.pk}")
