"""What staff give a single member."""

from datetime import datetime

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from degentalk.core.errors import Refused
from degentalk.core.templatetags.degen import moment as in_words
from xp.figures import times
from xp.models import XpBoost
from xp.services.boosts import grant_boost


@transaction.atomic
def give_boost(
    *, user: User, multiplier_bps: int, starts_at: datetime, ends_at: datetime, actor: User, reason: str, key: str
) -> XpBoost:
    """Grant a boost as a member of staff, once per `key`; the member is told, and the staff's log says why.

    Raises Refused without a reason, for oneself, and for what `grant_boost` refuses; KeyReused if the key granted
    another boost.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody grants a boost to themselves."))
    boost = grant_boost(
        user=user,
        multiplier_bps=multiplier_bps,
        starts_at=starts_at,
        ends_at=ends_at,
        source=f"staff_boost:{key}",
    )
    if _told(user, boost):  # the first time
        message = _("Granted to %(name)s: %(times)s. Reason: %(reason)s") % {
            "name": user.username, "times": times(boost.multiplier_bps), "reason": reason,
        }  # fmt: skip
        LogEntry.objects.log_actions(actor.pk, [boost], ADDITION, message, single_object=True)
    return boost


def _told(user: User, boost: XpBoost) -> bool:
    with timezone.override(time_zones.zone(user.time_zone)):
        text = _("You have a boost: %(times)s on all XP from %(starts)s to %(ends)s.") % {
            "times": times(boost.multiplier_bps),
            "starts": in_words(boost.starts_at),
            "ends": in_words(boost.ends_at),
        }
    return (
        accounts.notify(user=user, kind="boost", text=text, url=reverse("pages:me"), key=f"boost:{boost.pk}")
        is not None
    )
