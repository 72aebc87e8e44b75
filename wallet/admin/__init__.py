"""The ledger for staff."""

from wallet.admin.ledger import DgtAccountAdmin, DgtJournalAdmin, DgtTransactionAdmin
from wallet.admin.policy import WalletPolicyAdmin
from wallet.admin.wallets import DgtHoldAdmin, UserWalletAdmin, WalletFreezeAdmin

__all__ = [
    "DgtAccountAdmin",
    "DgtHoldAdmin",
    "DgtJournalAdmin",
    "DgtTransactionAdmin",
    "UserWalletAdmin",
    "WalletFreezeAdmin",
    "WalletPolicyAdmin",
]
