"""Level rewards that had to wait."""

import logging

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.core import switches
from xp.models import LevelDgtRewardLog

logger = logging.getLogger(__name__)

PENDING_REWARDS_PER_RUN = 500


def pay_pending_rewards() -> int:
    """Pay the level rewards that wait and may be paid now, oldest first. Returns how many. May run twice."""
    if not switches.is_on("rewards"):
        return 0
    waiting = LevelDgtRewardLog.objects.filter(state=LevelDgtRewardLog.State.PENDING, user__is_active=True)
    waiting = waiting.exclude(user__wallet__is_frozen=True)
    paid = 0
    for reward in waiting.select_related("user").order_by("id")[:PENDING_REWARDS_PER_RUN]:
        try:
            paid += _pay(reward)
        except DatabaseError:  # one reward that cannot be paid must not hold up the others
            logger.exception("level reward %s of member %s waits", reward.level, reward.user_id)
    return paid


@transaction.atomic
def _pay(reward: LevelDgtRewardLog) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pay_level_reward(%s, %s)", [reward.user_id, reward.level])
        paid = bool(cursor.fetchone()[0])
    if paid:
        accounts.notify(
            user=reward.user,
            kind="reward",
            text=_("The %(dgt)s DGT for level %(level)d have been paid.")
            % {"dgt": f"{reward.dgt_reward:,}", "level": reward.level},
            url=reward.user.get_absolute_url(),
            key=f"level_reward:{reward.level}",
        )
    return paid
