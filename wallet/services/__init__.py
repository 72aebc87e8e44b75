"""The verbs of the ledger. Each takes a key: the same key and request again changes nothing.

All amounts are whole DGT from 1 to 1,000,000,000,000. Every verb joins the caller's transaction, or is one itself.
"""

from wallet.services.boards import refresh_board
from wallet.services.calling import AMOUNT_MAX, Journal
from wallet.services.holds import capture, hold, release
from wallet.services.ledger import claw_back, credit, debit, purchase, reverse
from wallet.services.sending import send
from wallet.services.staff import adjust, freeze, hold_decisions, unfreeze
from wallet.services.standing import Transferable, closed_to, giving_closed_to, transferable_of
from wallet.services.stops import let_send, stop_sending
from wallet.services.transfers import tip, transfer

__all__ = [
    "AMOUNT_MAX",
    "Journal",
    "Transferable",
    "adjust",
    "capture",
    "claw_back",
    "closed_to",
    "credit",
    "debit",
    "freeze",
    "giving_closed_to",
    "hold",
    "hold_decisions",
    "let_send",
    "purchase",
    "refresh_board",
    "release",
    "reverse",
    "send",
    "stop_sending",
    "tip",
    "transfer",
    "transferable_of",
    "unfreeze",
]
