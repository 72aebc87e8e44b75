"""The shop in the member's words: what it can be filtered by, what stands in the way, and what a purchase leaves."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from degentalk import unlocks
from degentalk.core import switches
from shop.catalogue import Card, is_asked_for, shelf
from shop.filters import NO, YES, Filters
from shop.models import Rarity, ShopPolicy
from shop.services.acquiring import SHOP
from shop.shopper import Shopper
from wallet.models import WalletFreeze
from xp import rules
from xp import services as xp
from xp.presentation import reward_of


@dataclass(frozen=True)
class Counter:
    """What decides at once, whatever somebody wants to buy."""

    shopper: Shopper
    is_open: bool
    freeze: WalletFreeze | None
    next_level: int | None
    next_pays: int
    next_in: int
    """XP until then."""

    @property
    def closed(self) -> str:
        """Why nothing can be bought now, shortly; empty where it can."""
        wallet = self.shopper.wallet
        if not self.is_open:
            return _("The shop is closed")
        if wallet and wallet.is_frozen:
            return _("Your wallet is frozen")
        return _("You owe DGT") if wallet and wallet.debt_dgt else ""


def counter_of(shopper: Shopper) -> Counter:
    """One query, and one more for a wallet that stands still."""
    wallet, standing = shopper.wallet, None
    if shopper.xp:
        standing = rules.standing(shopper.xp.xp, xp.curve())
    following = standing.next_level if standing else None
    return Counter(
        shopper=shopper,
        is_open=switches.is_on(SHOP),
        freeze=WalletFreeze.objects.of(wallet.user).open().first() if wallet and wallet.is_frozen else None,
        next_level=following,
        next_pays=reward_of(following) if following else 0,
        next_in=standing.to_go if standing and following else 0,
    )


# ── The shop ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Option:
    """One thing to filter by; followed again it is dropped."""

    id: str
    label: str | Promise
    count: int
    """How many cards that would show."""
    url: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """Options of which one at most is chosen."""

    label: str
    options: list[Option]


@dataclass(frozen=True)
class ShopShown:
    """The shop as an address asks for it."""

    counter: Counter
    cards: list[Card]
    filters: Filters
    groups: list[Group]


def shop_shown(shopper: Shopper, filters: Filters) -> ShopShown:
    """Three queries beside those of the shopper, however many unlocks."""
    every = shelf(shopper)
    return ShopShown(
        counter=counter_of(shopper),
        cards=[card for card in every if is_asked_for(card, filters, shopper)],
        filters=filters,
        groups=_groups(every, filters, shopper),
    )


def address(filters: Filters) -> str:
    """Where the shop is shown so; without parameters where none is needed."""
    asked = {
        "type": filters.type,
        "rarity": filters.rarity,
        "affordable": _one_or_zero(filters.affordable),
        "owned": _one_or_zero(filters.owned),
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("shop:shop") + (f"?{query}" if query else "")


def _groups(every: list[Card], filters: Filters, shopper: Shopper) -> list[Group]:
    def option(name: str, value: str | bool, label: str | Promise) -> Option:
        is_current = getattr(filters, name) == value
        chosen = _with(filters, name, value)
        count = sum(is_asked_for(card, chosen, shopper) for card in every)
        nothing = None if isinstance(value, bool) else ""
        url = address(_with(filters, name, nothing) if is_current else chosen)
        shown = _one_or_zero(value) if isinstance(value, bool) else value
        return Option(f"{name}-{shown}", label, count, url, is_current)

    sold = {card.unlock.type for card in every}
    groups = [
        Group(_("Type"), [option("type", kind.name, kind.label) for kind in unlocks.types() if kind.name in sold]),
        Group(_("Rarity"), [option("rarity", value, label) for value, label in Rarity.choices]),
    ]
    if shopper.user:
        show = [
            option("affordable", True, _("I can afford")),
            option("affordable", False, _("Beyond my balance")),
            option("owned", True, _("I have")),
            option("owned", False, _("I do not have")),
        ]
        groups.append(Group(_("Show"), show))
    return groups


def _with(filters: Filters, name: str, value: str | bool | None) -> Filters:
    changed: dict[str, Any] = {name: value}
    return replace(filters, **changed)


def _one_or_zero(wish: bool | None) -> str:
    return "" if wish is None else YES if wish else NO


# ── Buying ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Quote:
    """What a purchase would cost and leave."""

    card: Card
    counter: Counter
    is_gift: bool
    refund_days: int
    hint: str = ""
    """What the buyer should know of how things stand for them; "" for nothing."""

    @property
    def balance(self) -> int:
        return self.counter.shopper.balance

    @property
    def left(self) -> int:
        return self.balance - self.card.price

    @property
    def can_be_sent(self) -> bool:
        """Whether there is something to confirm. What is sold to a receiver is decided when it is given."""
        if self.counter.closed or self.card.gap:
            return False
        return self.card.can_be_given if self.is_gift else self.card.can_be_bought


def quote_of(shopper: Shopper, card: Card, *, is_gift: bool) -> Quote:
    """Two queries, and what the type asks. How things stand for a receiver is not for the giver to know."""
    hint = "" if is_gift or shopper.user is None else card.kind.before_buying(shopper.user)
    return Quote(card, counter_of(shopper), is_gift, ShopPolicy.objects.current().refund_days, hint)
