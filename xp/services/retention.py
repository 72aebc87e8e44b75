"""What is kept for a while only."""

from django.conf import settings

from degentalk.core import retention


def forget_refusals() -> int:
    """Delete refusals older than XP_REFUSALS_KEPT_DAYS, in batches; returns how many. May run twice."""
    return retention.forget(table="xp_refusals", moment="created_at", days=settings.XP_REFUSALS_KEPT_DAYS)
