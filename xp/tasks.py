from celery import shared_task

from xp import services as xp


@shared_task(name="xp.pay_pending_rewards")
def pay_pending_rewards() -> int:
    """Pay level rewards that had to wait. Running it twice changes nothing."""
    return xp.pay_pending_rewards()


@shared_task(name="xp.recompute_levels")
def recompute_levels() -> int:
    """Everyone's level follows a change of the curve. Where one run stops, the next goes on; two at once do no harm."""
    return xp.recompute_levels()


@shared_task(name="xp.build_board_buckets")
def build_board_buckets() -> int:
    """Count all members anew, for positions beyond the first 10,000. Running it twice changes nothing."""
    return xp.build_board_buckets()


@shared_task(name="xp.forget_periods")
def forget_periods() -> int:
    """Delete totals of days, weeks and months that no board shows any more. Running it twice changes nothing."""
    return xp.forget_periods()
