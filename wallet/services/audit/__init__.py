"""The audit: does everything that the ledger says agree with its entries, and do they agree with what was signed?

Apps above register further checks. All of them see one snapshot, so what moves meanwhile is no false alarm.
"""

from wallet.services.audit.checks import Check, Finding, Findings, Query, Walk, register
from wallet.services.audit.consequences import findings_of
from wallet.services.audit.heads import HeadUnreadable
from wallet.services.audit.ledger import BLOCK_OF_JOURNAL
from wallet.services.audit.running import run

__all__ = [
    "BLOCK_OF_JOURNAL",
    "Check",
    "Finding",
    "Findings",
    "HeadUnreadable",
    "Query",
    "Walk",
    "findings_of",
    "register",
    "run",
]
