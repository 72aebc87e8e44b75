"""Background tasks of payments. Each may run twice, also at once."""

import logging

from celery import shared_task

from payments import providers
from payments import services as payments
from payments.errors import ProviderUnreachable
from payments.providers.usdt.watching import watch

logger = logging.getLogger(__name__)

LONGEST_SECONDS = 30 * 60


@shared_task(name="payments.settle_waiting")
def settle_waiting() -> int:
    """Credit and take back what could not be done before; how many orders that settled."""
    return payments.settle_waiting()


@shared_task(name="payments.close_expired")
def close_expired() -> int:
    """Close orders that nobody paid in time; how many."""
    try:
        return payments.close_expired()
    except ProviderUnreachable:
        logger.warning("payments: the provider does not answer; orders are closed later")
        return 0


@shared_task(name="payments.reconcile", time_limit=LONGEST_SECONDS)
def reconcile() -> int:
    """Compare with each provider since the last time, and mend; how many differences there were."""
    return sum(_compared(name) for name in _configured())


@shared_task(name="payments.sweep", time_limit=LONGEST_SECONDS)
def sweep() -> int:
    """Compare the last 30 days with each provider, and mend; how many differences there were."""
    return sum(_named(name, payments.mend(name)) for name in _configured())


@shared_task(name="payments.books")
def books() -> int:
    """Compare each order's money with its DGT, without asking anybody; how many differences there were."""
    return sum(_named(name, list(payments.books(name))) for name in providers.NAMES)


@shared_task(name="payments.watch_chains", time_limit=LONGEST_SECONDS)
def watch_chains() -> int:
    """Read the chains that USDT is paid on, and look at what moves; how many transfers were found."""
    return watch()


def _configured() -> list[str]:
    return [name for name in providers.NAMES if providers.way(name).is_configured()]


def _compared(name: str) -> int:
    try:
        return _named(name, payments.reconcile(name))
    except ProviderUnreachable:
        logger.warning("payments: %s does not answer; it is compared later", name)
        return 0


def _named(name: str, differences: list[providers.Difference]) -> int:
    for found in differences:
        logger.warning("payments: %s and we differed: %s: %s", name, found.order or "-", found.what)
    return len(differences)
