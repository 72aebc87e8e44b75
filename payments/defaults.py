"""What a new site sells. Prices in US cents and in USDT; the larger the package, the larger its bonus."""

from decimal import Decimal
from typing import Any, Final

PACKAGES: Final[tuple[dict[str, Any], ...]] = (
    {
        "id": "starter", "name": "Starter", "dgt_amount": 100, "bonus_dgt": 0, "price_cents": 199,
        "description": "To try it out.",
    },
    {
        "id": "regular", "name": "Regular", "dgt_amount": 500, "bonus_dgt": 25, "price_cents": 799,
        "description": "For something from the shop now and then.",
    },
    {
        "id": "trader", "name": "Trader", "dgt_amount": 1_200, "bonus_dgt": 100, "price_cents": 1_799,
        "description": "For the shop and for tips.",
    },
    {
        "id": "whale", "name": "Whale", "dgt_amount": 3_000, "bonus_dgt": 400, "price_cents": 3_999,
        "description": "For those who tip a lot.",
    },
    {
        "id": "satoshi", "name": "Satoshi", "dgt_amount": 8_000, "bonus_dgt": 1_600, "price_cents": 9_999,
        "description": "To spend over a long time.",
    },
)  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """With places and prices in USDT, which are the same as in dollars."""
    return [
        {**package, "position": 10 * place, "price_usdt": Decimal(package["price_cents"]) / 100}
        for place, package in enumerate(PACKAGES, 1)
    ]
