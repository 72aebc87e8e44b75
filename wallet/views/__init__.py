"""The wallet's pages, and its components alone for HTMX."""

from wallet.views.boards import DgtBoardShown, board_shown, leaderboard
from wallet.views.export import export
from wallet.views.journals import journal
from wallet.views.proofs import receipt, receipts, seals
from wallet.views.sending import recipients, send, transfer
from wallet.views.wallet import balance, history, wallet

__all__ = [
    "DgtBoardShown",
    "balance",
    "board_shown",
    "export",
    "history",
    "journal",
    "leaderboard",
    "receipt",
    "receipts",
    "recipients",
    "seals",
    "send",
    "transfer",
    "wallet",
]
