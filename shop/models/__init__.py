"""What the shop sells, who has what of it, and what staff tune. One noun a file."""

from shop.models.piece import DgtUnlockLog
from shop.models.policy import ShopPolicy
from shop.models.unlock import DGT_MAX, DgtUnlock, Rarity

__all__ = ["DGT_MAX", "DgtUnlock", "DgtUnlockLog", "Rarity", "ShopPolicy"]
