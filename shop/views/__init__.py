"""The shop's pages. What members have of it is shown on their own page, in degentalk.pages."""

from shop.views.buying import buy, give
from shop.views.mine import take_off, use, wear
from shop.views.shelf import shop, unlock

__all__ = ["buy", "give", "shop", "take_off", "unlock", "use", "wear"]
