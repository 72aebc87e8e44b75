"""The section of the rulebook about the shop as a whole. Prices are no rules: each purchase keeps its own."""

from typing import Any

from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.registry import Rules
from shop.models import ShopPolicy

REFUND_DAYS_MAX = 366


def read() -> dict[str, Any]:
    """The policy as the table says now."""
    return {"refund_days": ShopPolicy.objects.current().refund_days}


def validate(draft: Rules) -> None:
    """Refuse a window that is no window."""
    if not 0 <= draft["shop"]["refund_days"] <= REFUND_DAYS_MAX:
        raise RuleError(f"Purchases can be refunded for 0 to {REFUND_DAYS_MAX} days.")
