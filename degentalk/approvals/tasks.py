"""Background tasks of approvals."""

from celery import shared_task

from degentalk.approvals import services as approvals


@shared_task(name="approvals.expire_old")
def expire_old() -> int:
    """Close what nobody decided within seven days. Running it twice changes nothing."""
    return approvals.expire_old()
