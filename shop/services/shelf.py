"""What must hold of an unlock, and of whoever will own it. Called with both locked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.unlocks import Wearable
from paths.models import UserPath
from shop.errors import AlreadyOwned, GateClosed, LimitReached, NoSuchUnlock, NotAvailable, SoldOut
from shop.models import DgtUnlock, DgtUnlockLog
from xp.models import UserXp


def locked_unlock(unlock_id: int) -> DgtUnlock:
    """An unlock for sale, held: shared where it is unlimited, so that buyers do not wait for each other, else alone.

    Whoever changes its price or stock waits for the sale, or the sale for them. Raises NoSuchUnlock.
    """
    alone = DgtUnlock.objects.filter(pk=unlock_id, is_listed=True).select_for_update(no_key=True)
    held: DgtUnlock | None = _shared(unlock_id) or alone.first()
    if held is None or held.kind is None:
        raise NoSuchUnlock
    return held


def _shared(unlock_id: int) -> DgtUnlock | None:
    """An unlimited unlock, held shared. None where it is limited, and then not held.

    If staff limit it while this waits for them, PostgreSQL locks the row before it sees that it is not asked for. Two
    buyers who kept that lock would each wait for the other to hold it alone: the savepoint takes it back.
    """
    before = transaction.savepoint()
    held: DgtUnlock | None = next(iter(DgtUnlock.objects.raw(SHARED, [unlock_id])), None)
    if held is None:
        transaction.savepoint_rollback(before)
    else:
        transaction.savepoint_commit(before)
    return held


SHARED = "select * from dgt_unlocks where id = %s and is_listed and stock is null for share"


def refuse_unavailable(unlock: DgtUnlock, moment: datetime) -> None:
    """Raises NotAvailable outside of its window, and SoldOut."""
    if unlock.available_from is not None and moment < unlock.available_from:
        raise NotAvailable(from_=unlock.available_from)
    if unlock.available_until is not None and moment >= unlock.available_until:
        raise NotAvailable(from_=None)
    if unlock.stock == 0:
        raise SoldOut


def refuse_owner(unlock: DgtUnlock, owner: User, *, is_gift: bool) -> None:
    """Raises GateClosed, AlreadyOwned and LimitReached. The owner's XP is locked: of two at once one sees the other."""
    name = owner.username if is_gift else None
    _refuse_gate(unlock, owner, name)
    owned = DgtUnlockLog.objects.of(owner).filter(unlock=unlock)
    if owns(unlock, owner):
        raise AlreadyOwned(_("%(name)s has it already.") % {"name": name} if name else _("You have it already."))
    if unlock.limit_per_member is not None and owned.counted().count() >= unlock.limit_per_member:
        raise LimitReached(unlock.limit_per_member, name=name)


def owns(unlock: DgtUnlock, user: User) -> bool:
    """Whether they have it, where one is all that anybody needs: things to wear."""
    return isinstance(unlock.kind, Wearable) and DgtUnlockLog.objects.of(user).filter(unlock=unlock).kept().exists()


def _refuse_gate(unlock: DgtUnlock, owner: User, name: str | None) -> None:
    level = UserXp.objects.of(owner).level
    if level < unlock.min_level:
        facts = {"needed": unlock.min_level, "level": level, "name": name}
        words = (
            _("%(name)s needs level %(needed)d and has level %(level)d.")
            if name
            else _("Reach level %(needed)d first: you have level %(level)d.")
        )
        raise GateClosed(words % facts)
    if unlock.required_path_id is None:
        return
    row = UserPath.objects.of(owner).filter(path_id=unlock.required_path_id).first()
    level = row.path_level if row else 0
    if level < unlock.min_path_level:
        facts = {"needed": unlock.min_path_level, "path": str(unlock.required_path), "name": name}
        words = (
            _("%(name)s needs level %(needed)d of the path %(path)s.")
            if name
            else _("Reach level %(needed)d of the path %(path)s first.")
        )
        raise GateClosed(words % facts)
