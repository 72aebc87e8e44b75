"""The DGT ledger and what surrounds it. Journals, entries, wallets and holds are written by SQL doors only."""

from wallet.models.boards import DgtBoardRefresh, DgtBoardRow
from wallet.models.holds import DgtHold
from wallet.models.ledger import Counterparty, DgtAccount, DgtJournal, DgtTransaction, TransactionId
from wallet.models.policy import WalletPolicy
from wallet.models.seals import DgtAudit, DgtSeal
from wallet.models.stops import SendingStop
from wallet.models.wallets import UserWallet, WalletFreeze

__all__ = [
    "Counterparty",
    "DgtAccount",
    "DgtAudit",
    "DgtBoardRefresh",
    "DgtBoardRow",
    "DgtHold",
    "DgtJournal",
    "DgtSeal",
    "DgtTransaction",
    "SendingStop",
    "TransactionId",
    "UserWallet",
    "WalletFreeze",
    "WalletPolicy",
]
