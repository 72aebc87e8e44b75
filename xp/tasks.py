from celery import shared_task

from xp import services as xp


@shared_task(name="xp.pay_pending_rewards")
def pay_pending_rewards() -> int:
    """Pay level rewards that had to wait. Running it twice changes nothing."""
    return xp.pay_pending_rewards()
