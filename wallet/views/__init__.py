"""The wallet's pages, and its components alone for HTMX."""

from wallet.views.export import export
from wallet.views.journals import journal
from wallet.views.proofs import receipt, seals
from wallet.views.sending import recipients, send, transfer
from wallet.views.wallet import balance, history, wallet

__all__ = [
    "balance",
    "export",
    "history",
    "journal",
    "receipt",
    "recipients",
    "seals",
    "send",
    "transfer",
    "wallet",
]
