"""Background tasks of the ledger. Each may run twice, also at once."""

import logging

from celery import shared_task

from wallet import services as wallet
from wallet.services import audit as audits
from wallet.services import seals
from wallet.services.seals import SealingStopped

logger = logging.getLogger(__name__)

LONGEST_SECONDS = 30 * 60
"""More than other tasks may take: a ledger is long, and after days without a worker there is much to seal."""


@shared_task(name="wallet.seal", time_limit=LONGEST_SECONDS)
def seal() -> int:
    """Seal the journals of transactions that are over, and bring SEAL_LOG up to date; how many seals that made."""
    return len(seals.seal())


@shared_task(name="wallet.audit", time_limit=LONGEST_SECONDS)
def audit() -> int:
    """Seal and audit the ledger; where something is wrong freeze wallets and tell staff. The number of findings."""
    try:
        seals.seal()  # what a long transaction held back until now is no finding
    except SealingStopped:
        logger.exception("The audit goes on without new seals.")
    findings: int = audits.run().report["findings"]
    return findings


@shared_task(name="wallet.refresh_board")
def refresh_board() -> int:
    """Bring the DGT boards up to date with the wallets; how many figures were read."""
    return wallet.refresh_board()
