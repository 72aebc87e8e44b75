"""Orders of DGT for money: placed, paid, settled with the ledger, compared with the provider.

Whatever a provider tells leads to `look`: it asks for the whole state of the payment, writes it down, and settles.
"""

from payments.services.events import replay, store
from payments.services.keys import ask_for_key
from payments.services.looking import look
from payments.services.ordering import ORDERING, pay, place, require_way
from payments.services.reconciling import books, close_expired, mend, reconcile, settle_waiting, sweep
from payments.services.reviews import decide, may_credit, may_dismiss, may_take_back
from payments.services.second_person import decide_or_ask
from payments.services.settling import settle

__all__ = [
    "ORDERING",
    "ask_for_key",
    "books",
    "close_expired",
    "decide",
    "decide_or_ask",
    "look",
    "may_credit",
    "may_dismiss",
    "may_take_back",
    "mend",
    "pay",
    "place",
    "reconcile",
    "replay",
    "require_way",
    "settle",
    "settle_waiting",
    "store",
    "sweep",
]
