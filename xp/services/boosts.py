"""Personal multipliers for a while."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused, Refused
from xp.models import MULTIPLIER_MAX_BPS, XpBoost
from xp.rules import ONE

GRANT = """
insert into xp_boosts (user_id, multiplier_bps, starts_at, ends_at, source, created_at)
values (%s, %s, %s, %s, %s, clock()) on conflict (source) do nothing
"""


def grant_boost(*, user: User, multiplier_bps: int, starts_at: datetime, ends_at: datetime, source: str) -> XpBoost:
    """Multiply a member's awards from `starts_at` to before `ends_at`, once per `source` (`noun:id`).

    Boosts do not stack with each other: the strongest in force counts, and multiplies with path and events.
    Raises Refused for a multiplier or a window that cannot be, KeyReused if the source granted another boost.
    """
    if not ONE < multiplier_bps <= MULTIPLIER_MAX_BPS:
        raise Refused(
            _("A boost multiplies by more than 1 and at most %(most)d.") % {"most": MULTIPLIER_MAX_BPS // ONE}
        )
    if ends_at <= starts_at:
        raise Refused(_("A boost must end after it starts."))
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [user.pk, multiplier_bps, starts_at, ends_at, source])
    boost = XpBoost.objects.get(source=source)
    if (boost.user_id, boost.multiplier_bps, boost.starts_at, boost.ends_at) != (
        user.pk, multiplier_bps, starts_at, ends_at,
    ):  # fmt: skip
        raise KeyReused
    return boost
