"""Background tasks of core."""

from celery import shared_task

from degentalk.core import outbox


@shared_task(name=outbox.TASK)
def deliver_outbox() -> None:
    """Deliver what is due; twice at once is harmless."""
    outbox.deliver_due()
