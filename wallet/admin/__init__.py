"""The ledger for staff."""

from wallet.admin.ledger import DgtAccountAdmin, DgtJournalAdmin, DgtTransactionAdmin
from wallet.admin.policy import WalletPolicyAdmin
from wallet.admin.proofs import DgtAuditAdmin, DgtSealAdmin
from wallet.admin.wallets import DgtHoldAdmin, UserWalletAdmin, WalletFreezeAdmin

__all__ = [
    "DgtAccountAdmin",
    "DgtAuditAdmin",
    "DgtHoldAdmin",
    "DgtJournalAdmin",
    "DgtSealAdmin",
    "DgtTransactionAdmin",
    "UserWalletAdmin",
    "WalletFreezeAdmin",
    "WalletPolicyAdmin",
]
