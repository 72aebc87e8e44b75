"""The wallet's pages, and its components alone for HTMX."""

from wallet.views.wallet import balance, history, wallet

__all__ = ["balance", "history", "wallet"]
