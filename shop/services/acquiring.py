"""Buying for oneself or as a gift: debit, stock, delivery and the log row commit together, or none of them."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.rules import clean_line
from degentalk.core import switches
from degentalk.core.clock import database_time
from degentalk.core.errors import KeyReused, Refused
from degentalk.core.limits import Limit
from degentalk.unlocks import Delivered
from shop import addresses
from shop.errors import CannotReceive, NotGiftable, PriceChanged
from shop.models import DgtUnlock, DgtUnlockLog
from shop.services.finding import refuse_suspended
from shop.services.shelf import locked_unlock, refuse_owner, refuse_unavailable
from wallet import services as wallet
from xp import services as xp

BUYING = Limit("shop-purchase", most=30, seconds=60)
"""New attempts of a member to buy something, on pages and over the API together."""
NOTE_MAX_LENGTH = 280
SHOP = "shop"
"""The system account that is paid, and the switch."""


@dataclass(frozen=True)
class Bought:
    """What a purchase acquired, now or the first time its key was used."""

    item: DgtUnlockLog
    replayed: bool


@transaction.atomic
def purchase(*, user: User, unlock_id: int, price: int, key: str, to: User | None = None, note: str = "") -> Bought:
    """Buy an unlock for whole DGT, for oneself or as a gift with a note, once per key.

    `price` is what the buyer saw; what it costs is decided here, and if that is something else, nothing happens.
    `key` is ours and never a client's. Raises NoSuchUnlock, PriceChanged, SoldOut, NotAvailable, GateClosed,
    AlreadyOwned, LimitReached, NotGiftable, CannotReceive, SwitchedOff, Refused (suspended, a note too long), and what
    `wallet.debit` raises: NotEnoughDGT, WalletFrozen; for a gift also TooNew and Unverified.
    """
    note = _checked(note)
    owner = to or user
    earlier = DgtUnlockLog.objects.filter(key=key).first()
    if earlier is not None:
        return _again(earlier, user, owner, unlock_id, price)
    switches.require(SHOP)
    unlock = locked_unlock(unlock_id)
    xp.lock_members({member.pk: member for member in (user, owner)}.values())
    now = database_time()
    refuse_unavailable(unlock, now)
    cost = unlock.price_at(now)
    if cost != price:
        raise PriceChanged(cost)
    buyer, receiver = _people(user, owner)
    _refuse_buyer(buyer, receiver, unlock, is_gift=to is not None)
    if to is None:
        refuse_owner(unlock, owner, is_gift=False)
    words = _("Gift for %(name)s: %(unlock)s") if to else _("Bought: %(unlock)s")
    journal = wallet.debit(
        user=user, amount=cost, to=SHOP, key=key, description=words % {"name": owner.username, "unlock": unlock.name}
    )
    if to is not None:  # only who can pay learns what others have
        _refuse_receiver(buyer, receiver)
        refuse_owner(unlock, owner, is_gift=True)
    item = take_from_shelf(
        unlock,
        DgtUnlockLog(
            user=owner,
            kind=DgtUnlockLog.Kind.GIFT if to else DgtUnlockLog.Kind.PURCHASE,
            dgt_spent=cost,
            acquired_at=now,
            key=key,
            payer=user,
            journal_id=journal.id,
            note=note,
        ),
    )
    if to is not None:
        _tell_receiver(item, user)
    return Bought(item, replayed=False)


def new_key() -> str:
    """A key of our own for one purchase; that a form is answered once is for `core.idempotency`."""
    return f"unlock:{uuid4()}"


def take_from_shelf(unlock: DgtUnlock, item: DgtUnlockLog) -> DgtUnlockLog:
    """Write the row of something acquired as it is now, count the stock down, and deliver what is delivered at once."""
    item.unlock, item.name, item.type, item.unlock_data = unlock, unlock.name, unlock.type, unlock.unlock_data
    item.save(force_insert=True)
    if unlock.stock is not None:
        DgtUnlock.objects.filter(pk=unlock.pk).update(stock=F("stock") - 1)
    if isinstance(unlock.kind, Delivered):
        unlock.kind.deliver(item.user, item.unlock_data, item.source)
    return item


def _checked(note: str) -> str:
    line = clean_line(note)
    if len(line) > NOTE_MAX_LENGTH:
        raise Refused(_("A note has at most %(most)d characters.") % {"most": NOTE_MAX_LENGTH})
    return line


def _again(earlier: DgtUnlockLog, user: User, owner: User, unlock_id: int, price: int) -> Bought:
    if (earlier.payer_id, earlier.user_id, earlier.unlock_id, earlier.dgt_spent) != (
        user.pk, owner.pk, unlock_id, price,
    ):  # fmt: skip
        raise KeyReused
    return Bought(earlier, replayed=True)


def _people(user: User, owner: User) -> tuple[User, User]:
    """As they are now that both are locked."""
    people = User.objects.in_bulk([user.pk, owner.pk])
    return people[user.pk], people[owner.pk]


def _refuse_buyer(buyer: User, receiver: User, unlock: DgtUnlock, *, is_gift: bool) -> None:
    refuse_suspended(buyer)
    if not is_gift:
        return
    if buyer.pk == receiver.pk:
        raise CannotReceive(_("A gift is for somebody else: buy it for yourself instead."))
    if not unlock.is_giftable:
        raise NotGiftable
    if reason := wallet.giving_closed_to(buyer):  # who may send no DGT gives none as things either
        raise reason


def _refuse_receiver(buyer: User, receiver: User) -> None:
    if buyer.person_id == receiver.person_id:
        raise CannotReceive(_("That is another account of yours: a gift is for somebody else."))
    if not receiver.is_active:
        raise CannotReceive(_("%(name)s cannot be given anything now.") % {"name": receiver.username})


def _tell_receiver(item: DgtUnlockLog, giver: User) -> None:
    facts = {"name": giver.username, "unlock": item.name, "note": item.note}
    text = _("%(name)s gave you “%(unlock)s”.") % facts
    if item.note:
        text += " " + _("They say: %(note)s") % facts
    accounts.notify(user=item.user, kind="shop", text=text, url=addresses.mine(), key=f"gift:{item.pk}")
