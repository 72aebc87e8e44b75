"""Background tasks of core."""

from celery import shared_task

from degentalk.core import limits, outbox, retention


@shared_task(name=outbox.TASK)
def deliver_outbox() -> None:
    """Deliver what is due; twice at once is harmless."""
    outbox.deliver_due()


@shared_task(name="core.forget_limits")
def forget_limits() -> int:
    """Delete counts of limits whose time is over. Running it twice changes nothing."""
    return limits.forget()


@shared_task(name="core.forget_old")
def forget_old() -> int:
    """Delete old answers of idempotency keys and messages long delivered. Running it twice changes nothing."""
    return retention.forget_old()
