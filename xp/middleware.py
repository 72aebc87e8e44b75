"""The first request of a member's day is their visit."""

import logging
from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts import time_zones
from degentalk.accounts.models import User
from degentalk.core import toasts
from xp import services as xp
from xp.figures import whole
from xp.models import UserStreak
from xp.rules.streaks import local_day
from xp.toasts import earned

logger = logging.getLogger(__name__)

VISITED = "visited"
"""In the session: the newest day that is counted. Until it is over no request of this session asks the database."""


class DailyVisit:
    """Counts the visit before the view, so that its page shows the result.

    Only people visit: what comes with an API token and without a session is a script. See ADR 10.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User) and not _is_counted(request, request.user):
            _count(request, request.user)
        return self.get_response(request)


def _is_counted(request: HttpRequest, member: User) -> bool:
    """By this process's clock, which is only asked whether it is worth asking the database's."""
    counted = request.session.get(VISITED)
    today = local_day(timezone.now(), time_zones.zone(member.time_zone))
    return counted is not None and today <= date.fromisoformat(counted)


def _count(request: HttpRequest, member: User) -> None:
    try:
        visit = xp.visit(user=member)
        day = visit.day if visit else UserStreak.objects.of(member).last_day
    except Exception:
        logger.exception("the visit of member %s was not counted", member.pk)
        return
    if day is not None:
        request.session[VISITED] = day.isoformat()
    if visit is not None:
        _tell(request, visit)


def _tell(request: HttpRequest, visit: xp.Visit) -> None:
    days = _in_a_row(visit.streak)
    if not visit.daily.replayed:
        why = _("Daily visit") if visit.streak == 1 else _("Daily visit: %(days)s") % {"days": days}
        earned(request, visit.daily, why=why)
    if visit.milestone and not visit.milestone.replayed:
        earned(request, visit.milestone, why=_("Streak kept: %(days)s") % {"days": days})
    if visit.frozen:
        count = len(visit.frozen)
        text = ngettext(
            "A streak freeze covered the day you missed.",
            "%(count)s streak freezes covered the days you missed.",
            count,
        )
        toasts.add(request, kind="info", title=_("Streak kept"), text=text % {"count": whole(count)})


def _in_a_row(days: int) -> str:
    return ngettext("%(days)s day in a row", "%(days)s days in a row", days) % {"days": whole(days)}
