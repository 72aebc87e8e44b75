"""What the shop refuses, in the member's words."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.core.errors import Conflict, NotFound, Refused
from degentalk.core.templatetags.degen import moment as in_words


class NoSuchUnlock(NotFound):
    """It does not exist, or it is not in the shop any more."""

    code = "no-such-unlock"

    def __init__(self) -> None:
        super().__init__(_("There is no such thing in the shop."))


class NotYours(NotFound):
    """None of the member's own unlocks."""

    code = "not-yours"

    def __init__(self) -> None:
        super().__init__(_("You have no such unlock."))


class PriceChanged(Conflict):
    """It costs something else than the buyer saw. Nothing moved."""

    code = "price-changed"

    def __init__(self, price: int) -> None:
        self.price = price
        super().__init__(_("The price has changed: it is %(dgt)s DGT now. Nothing was bought.") % {"dgt": f"{price:,}"})

    def problem(self) -> dict[str, Any]:
        """With the price that it has now."""
        return {**super().problem(), "price": self.price}


class SoldOut(Conflict):
    """None is left."""

    code = "sold-out"

    def __init__(self) -> None:
        super().__init__(_("Sold out: somebody else took the last one."))


class NotAvailable(Refused):
    """It is sold at another time only."""

    code = "not-available"

    def __init__(self, *, from_: datetime | None) -> None:
        words = _("It can be bought from %(when)s.") if from_ else _("It is not sold any more.")
        super().__init__(words % {"when": in_words(from_)} if from_ else words)


class GateClosed(Refused):
    """Whoever would own it has not come far enough."""

    code = "locked"


class AlreadyOwned(Refused):
    """What is worn is owned once."""

    code = "already-owned"


class LimitReached(Refused):
    """As many as one member may have."""

    code = "limit-reached"

    def __init__(self, limit: int, *, name: str | None) -> None:
        facts = {"limit": limit, "name": name}
        mine = ngettext("You can have %(limit)d of it.", "You can have %(limit)d of them.", limit)
        theirs = ngettext(
            "%(name)s has %(limit)d, which is all that one can have.",
            "%(name)s has %(limit)d, which are all that one can have.",
            limit,
        )
        super().__init__((theirs if name else mine) % facts)


class NotGiftable(Refused):
    """It cannot be given away."""

    code = "not-giftable"

    def __init__(self) -> None:
        super().__init__(_("This cannot be given as a gift."))


class CannotReceive(Refused):
    """Not somebody who can be given a gift: oneself, or suspended."""

    code = "cannot-receive"


class UsedUp(Refused):
    """It is used, taken back, or cannot be used at all."""

    code = "used-up"


class NoRefund(Refused):
    """It cannot be taken back: too late, used, or nothing was paid."""

    code = "no-refund"


class NotWearable(Refused):
    """Nothing to put on."""

    code = "not-wearable"

    def __init__(self) -> None:
        super().__init__(_("This is nothing to wear."))
