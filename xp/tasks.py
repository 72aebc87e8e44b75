import logging

from celery import shared_task

from xp import services as xp
from xp.services import doctor
from xp.services.doctor import Drift

logger = logging.getLogger(__name__)

DRIFT_NAMED = 10
"""So many disagreements are named in the log of the site; `manage.py xp_doctor` names them all."""


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


@shared_task(name="xp.forget_refusals")
def forget_refusals() -> int:
    """Delete refusals that are older than XP_REFUSALS_KEPT_DAYS. Running it twice changes nothing."""
    return xp.forget_refusals()


@shared_task(name="xp.examine")
def examine() -> int:
    """Compare everything with the XP log, and complain where it disagrees. Changes nothing."""
    named: list[Drift] = []
    examined = doctor.examine(lambda drift: named.append(drift) if len(named) < DRIFT_NAMED else None)
    if examined.drift:
        logger.error("xp_doctor: %d drift. Run manage.py xp_doctor. %s", examined.drift, "; ".join(map(str, named)))
    return examined.drift
