"""The verbs of the ledger. Each takes a key: the same key and request again changes nothing.

All amounts are whole DGT from 1 to 1,000,000,000,000. Every verb joins the caller's transaction, or is one itself.
"""

from wallet.services.ledger import AMOUNT_MAX, Journal, credit, debit, reverse, transfer

__all__ = ["AMOUNT_MAX", "Journal", "credit", "debit", "reverse", "transfer"]
