"""Ways to pay. Each is a folder here that offers these few functions; nothing else of it is used from outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from payments.models import DgtPackage, Order, ProviderEvent
from payments.states import Facts


@dataclass(frozen=True)
class Difference:
    """Something that the provider and we disagree about, in words; with the order if it is one of ours."""

    what: str
    order: Order | None = None


class Way(Protocol):
    """What a provider's folder offers. Whatever calls out happens outside of transactions."""

    def is_configured(self) -> bool:
        """Whether this site can take money by it."""

    def price_of(self, package: DgtPackage) -> tuple[int, str]:
        """What a package costs: in the smallest unit of a currency, and its name."""

    def prepare(self, order: Order, chain_id: int | None) -> None:
        """Write down how an order that was placed just now is paid, in its transaction; asks nobody. Raises MemberError
        where no order can be paid so now."""

    def open_payment(self, order: Order) -> str:
        """Where the buyer pays; the same each time. Raises ProviderUnreachable, OrderClosed."""

    def look(self, order: Order) -> Facts:
        """All that the provider says of this order now. Raises ProviderUnreachable, PaymentMissing."""

    def order_of(self, event: ProviderEvent) -> Order | None:
        """Whose event it is; None if it is none of ours. Raises ProviderUnreachable."""

    def missed(self, since: datetime) -> Iterator[Difference]:
        """Stores what the provider told since then and we never heard, and names each; then what it knows of that we
        do not. Raises ProviderUnreachable."""


def way(name: str) -> Way:
    """The functions of one provider. Raises LookupError for a name that is none."""
    if name not in NAMES:
        raise LookupError(name)
    return cast("Way", import_module(f"payments.providers.{name}"))


NAMES = ("stripe", "usdt")
