"""Background tasks of core."""

from celery import shared_task

from degentalk.core import limits, outbox


@shared_task(name=outbox.TASK)
def deliver_outbox() -> None:
    """Deliver what is due; twice at once is harmless."""
    outbox.deliver_due()


@shared_task(name="core.forget_limits")
def forget_limits() -> int:
    """Delete counts of limits whose time is over. Running it twice changes nothing."""
    return limits.forget()
