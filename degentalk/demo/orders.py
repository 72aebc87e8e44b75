"""Orders for money in telling states: placed by the services, paid at the sandbox of `make dev`, asked about as always.

So both sides' books agree, and the webhooks of all this come once the site answers.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import requests
from django.conf import settings

from degentalk.accounts.models import User
from degentalk.demo import on_chain
from degentalk.demo.accounts import ACCOUNTS
from degentalk.demo.conversations import VERA
from payments import providers
from payments import services as payments
from payments.models import Order, Provider

SECONDS = 5
REFUNDED_CENTS, TOO_LITTLE_CENTS = 400, 1_000

Acts = list[tuple[str, dict[str, Any]]]
LIVES: Final[Mapping[str, Callable[[str], Acts]]] = {
    "pending": lambda _session: [],
    "credited": lambda session: [("pay", {"session": session})],
    "partly_refunded": lambda session: [
        ("pay", {"session": session}),
        ("refund", {"of": session, "amount": REFUNDED_CENTS}),
    ],
    "disputed": lambda session: [("pay", {"session": session}), ("dispute", {"of": session})],
    "review": lambda session: [
        ("pay", {"session": session}),
        ("alter", {"identity": session, "amount_total": TOO_LITTLE_CENTS}),
    ],
}
"""What happens at the sandbox until an order is in a state; then we ask, as for every order."""

VERAS: Final = (("trader", "credited"), ("regular", "partly_refunded"), ("starter", "pending"))
OTHERS: Final = (("whale", "disputed"), ("trader", "review"))
"""Package and state; the buyers are Vera, and one other member for each."""


def play() -> int:
    """Let members buy; how many orders there are. None without a sandbox: states nobody paid for would be invented.

    Calls out, so no transaction is open. Raises ProviderUnreachable, requests.RequestException.
    """
    return _by_card() + on_chain.play()


def _by_card() -> int:
    if not (settings.IS_SANDBOX and providers.way(Provider.STRIPE).is_configured()):
        return 0
    vera = User.objects.get(username=VERA)
    buys = [(vera, *order) for order in VERAS]
    buys += [(member, *order) for member, order in zip(_others(), OTHERS, strict=False)]
    for buyer, package, state in buys:
        _buy(buyer, package, state)
    return len(buys)


def _others() -> list[User]:
    """Who joined first of those who may buy and whom nobody signs in as."""
    known = [account.username for account in ACCOUNTS]
    here = User.objects.filter(is_active=True).exclude(username__in=known).exclude(wallet__is_frozen=True)
    return list(here.order_by("date_joined", "pk")[: len(OTHERS)])


def _buy(buyer: User, package: str, state: str) -> None:
    order = payments.place(user=buyer, package_id=package, provider=Provider.STRIPE)
    payments.pay(order)
    session = Order.objects.select_related("stripe_session").get(pk=order.pk).stripe_session.session_id
    acts = LIVES[state](session)
    for verb, arguments in acts:
        answer = requests.post(f"{settings.STRIPE_API_BASE}/sandbox/{verb}", json=arguments, timeout=SECONDS)
        answer.raise_for_status()
    if acts:
        payments.look(order, because="the demo")
