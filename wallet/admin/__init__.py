"""The ledger for staff."""

from wallet.admin.ledger import DgtAccountAdmin, DgtJournalAdmin, DgtTransactionAdmin, UserWalletAdmin

__all__ = ["DgtAccountAdmin", "DgtJournalAdmin", "DgtTransactionAdmin", "UserWalletAdmin"]
