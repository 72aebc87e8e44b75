"""A boost that its owner starts: it multiplies all XP for some hours."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from degentalk.core.fields import StrictIntegerField
from degentalk.core.templatetags.degen import moment as in_words
from xp.figures import times
from xp.models import MULTIPLIER_MAX_BPS, XpBoost
from xp.rules import ONE
from xp.services import grant_boost, lock_members

HOURS_MAX = 24 * 30


class XpBoostData(unlocks.UnlockData):
    multiplier_bps = StrictIntegerField(min_value=ONE + 1, max_value=MULTIPLIER_MAX_BPS)
    hours = StrictIntegerField(min_value=1, max_value=HOURS_MAX)


def says(data: unlocks.Data) -> str:
    """What it does, for the member."""
    hours = data["hours"]
    words = ngettext(
        "%(times)s on all XP for %(hours)d hour from the moment you start it.",
        "%(times)s on all XP for %(hours)d hours from the moment you start it.",
        hours,
    )
    return words % {"times": times(data["multiplier_bps"]), "hours": hours}


def start(user: User, data: unlocks.Data, source: str, target: str) -> str:
    """Start it now. Boosts do not add up, so one that would run beside another of the shop's is refused."""
    lock_members([user])
    now = database_time()
    ends_at = _runs_until(user, now, besides=source)
    if ends_at is not None:
        raise Refused(_("A boost of yours runs until %(when)s: start the next one then.") % {"when": in_words(ends_at)})
    boost = grant_boost(
        user=user,
        multiplier_bps=data["multiplier_bps"],
        starts_at=now,
        ends_at=now + timedelta(hours=data["hours"]),
        source=source,
    )
    facts = {"times": times(boost.multiplier_bps), "when": in_words(boost.ends_at)}
    return _("Your boost runs: %(times)s on all XP until %(when)s.") % facts


def before_buying(user: User) -> str:
    """Another one is not lost while one runs, but of no use before that ends."""
    ends_at = _runs_until(user, database_time())
    if ends_at is None:
        return ""
    return _("A boost of yours runs until %(when)s: you can start this one then.") % {"when": in_words(ends_at)}


def _runs_until(user: User, moment: datetime, *, besides: str = "") -> datetime | None:
    """When the boosts from the shop end that run at that moment; None without one."""
    running = XpBoost.objects.of(user).filter(source__startswith="unlock:", ends_at__gt=moment).exclude(source=besides)
    ends_at: datetime | None = running.order_by("-ends_at").values_list("ends_at", flat=True).first()
    return ends_at


TYPE = unlocks.register(
    unlocks.Usable(
        name="xp_boost",
        label=gettext_lazy("XP boost"),
        icon="zap",
        data=XpBoostData,
        says=says,
        before_buying=before_buying,
        use=start,
    )
)
