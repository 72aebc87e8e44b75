"""What staff give a single member."""

from datetime import datetime

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
    *, user: User, multiplier_bps: int, starts_at: datetime, ends_at: datetime, actor: User, key: str
) -> XpBoost:
    """Grant a boost as a member of staff, once per `key`, and tell the member.

    Raises Refused for oneself, and for what `grant_boost` refuses; KeyReused if the key granted another boost.
    """
    if actor.pk == user.pk:
        raise Refused(_("Nobody grants a boost to themselves."))
    boost = grant_boost(
        user=user,
        multiplier_bps=multiplier_bps,
        starts_at=starts_at,
        ends_at=ends_at,
        source=f"staff_boost:{key}",
    )
    _tell(user, boost)
    return boost


def _tell(user: User, boost: XpBoost) -> None:
    with timezone.override(time_zones.zone(user.time_zone)):
        text = _("You have a boost: %(times)s on all XP from %(starts)s to %(ends)s.") % {
            "times": times(boost.multiplier_bps),
            "starts": in_words(boost.starts_at),
            "ends": in_words(boost.ends_at),
        }
    accounts.notify(user=user, kind="boost", text=text, url=reverse("pages:me"), key=f"boost:{boost.pk}")
