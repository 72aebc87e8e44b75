"""Streak freezes: each covers one missed day, by itself."""

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused, Refused
from xp.models import StreakFreeze

GRANT = """
insert into streak_freezes (user_id, source, granted_at) values (%s, %s, clock()) on conflict (source) do nothing
"""


def grant_streak_freeze(*, user: User, source: str) -> StreakFreeze:
    """Give a member a freeze, once per `source` (`noun:id`). It also covers days missed before, if it comes in time.

    Raises KeyReused if the source granted another member's.
    """
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [user.pk, source])
    freeze = StreakFreeze.objects.get(source=source)
    if freeze.user_id != user.pk:
        raise KeyReused
    return freeze


@transaction.atomic
def give_streak_freeze(*, user: User, actor: User, reason: str, key: str) -> StreakFreeze:
    """Grant a freeze as a member of staff, once per `key`; the member is told, and the staff's log says why.

    Raises Refused without a reason and for oneself, KeyReused if the key granted another member's.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody grants a streak freeze to themselves."))
    freeze = grant_streak_freeze(user=user, source=f"staff_freeze:{key}")
    if _told(user, freeze):  # the first time
        message = _("Granted to %(name)s. Reason: %(reason)s") % {"name": user.username, "reason": reason}
        LogEntry.objects.log_actions(actor.pk, [freeze], ADDITION, message, single_object=True)
    return freeze


def _told(user: User, freeze: StreakFreeze) -> bool:
    text = _("You have a streak freeze: it keeps your streak over one missed day.")
    key, url = f"streak_freeze:{freeze.pk}", reverse("pages:me")
    return accounts.notify(user=user, kind="freeze", text=text, url=url, key=key) is not None
