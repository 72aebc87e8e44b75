"""What buying DGT refuses, in the member's words."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from degentalk.core.errors import Conflict, MemberError, NotFound, Refused
from payments.money import sum_of
from wallet.errors import WalletFrozen


class NoSuchPackage(NotFound):
    """It does not exist, or it is not sold any more."""

    code = "no-such-package"

    def __init__(self) -> None:
        super().__init__(_("There is no such package."))


class NoSuchOrder(NotFound):
    """It does not exist, or it is somebody else's: both look the same."""

    code = "no-such-order"

    def __init__(self) -> None:
        super().__init__(_("There is no such order."))


class QuoteChanged(Conflict):
    """The package is another one now than the buyer saw. Nothing was ordered."""

    code = "quote-changed"

    def __init__(self, *, price: int, currency: str, dgt: int) -> None:
        self.price, self.currency, self.dgt = price, currency, dgt
        super().__init__(
            _("This package has changed: it is %(dgt)s DGT for %(price)s now. Nothing was ordered.")
            % {"dgt": f"{dgt:,}", "price": sum_of(price, currency)}
        )

    def problem(self) -> dict[str, Any]:
        """With what it is now."""
        name = "price_cents" if self.currency == "usd" else "price_micro_usdt"
        return {**super().problem(), name: self.price, "dgt": self.dgt}


class OrderClosed(Conflict):
    """It cannot be paid any more."""

    code = "order-closed"

    def __init__(self) -> None:
        super().__init__(_("This order cannot be paid any more. If you paid it, it is credited; if not, order again."))


def frozen() -> WalletFrozen:
    """Nobody is charged for what the wallet cannot take."""
    return WalletFrozen(_("Your wallet is frozen: what you buy could not be credited."))


class ProviderOff(MemberError):
    """This way to pay is not set up on this site."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "provider-off"

    def __init__(self) -> None:
        super().__init__(_("This way to pay is not set up here."))


class PaymentMissing(Exception):
    """The provider knows nothing any more of a payment that it told us of: people must look into it."""


class ChainClosed(MemberError):
    """No order can be paid on this chain now: why is told to staff. Nothing was ordered."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "chain-closed"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("Nothing can be paid on %(chain)s now. Choose another chain, or try again later.") % {"chain": name}
        )


class ChainFull(ChainClosed):
    """Every amount below a cent is taken by another order of these days."""

    code = "chain-full"


class NoSuchChain(NotFound):
    """This site takes nothing on it."""

    code = "no-such-chain"

    def __init__(self) -> None:
        super().__init__(_("This site takes no payments on that chain."))


class NoTransaction(Refused):
    """It does not look like the hash of a transaction."""

    code = "no-transaction-hash"

    def __init__(self) -> None:
        super().__init__(_("That is no transaction hash: 0x and 64 more digits and letters from a to f."))


class ProviderUnreachable(MemberError):
    """Who takes the money did not answer. Nothing was charged; the same request may be sent again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "provider-unreachable"
    RETRY_SECONDS = 10
    is_about_all = True
    """Whether no payment of this provider can be asked about: then nobody goes on asking."""

    def __init__(self) -> None:
        super().__init__(_("The card service does not answer. Nothing was charged. Try again in a moment."))

    @property
    def headers(self) -> dict[str, str]:
        """When to try again."""
        return {"Retry-After": str(self.RETRY_SECONDS)}


class ChainUnreachable(ProviderUnreachable):
    """No provider of a chain gave an answer. What is paid there is seen later; nothing is lost."""

    is_about_all = False

    def __init__(self) -> None:
        MemberError.__init__(self, _("The chain cannot be read right now. What you paid is found as soon as it can."))
