"""Staff add XP to members and take it from them, with a reason."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.errors import Refused
from degentalk.rulebook import services as rulebook
from xp import rules
from xp.errors import in_words
from xp.models import UserXp
from xp.services.award import Gain, Posted, earlier_gain, gain_told, post

CAUSE_ID_MAX = 100
ADJUSTMENT_MAX = 10**9
"""XP that one adjustment can move, either way."""


def adjust(*, user: User, points: int, reason: str, actor: User, key: str) -> Gain:
    """Add `points` XP to a member, or take them if negative, once per key. A row of the log like any other.

    The member reads the reason, and the staff's log keeps it. Raises Refused without a reason, for oneself, for 0 or
    too much, and where less than 0 XP would be left; KeyReused for a key that moved other XP.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept and the member can read it."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody adjusts their own XP."))
    if not 1 <= abs(points) <= ADJUSTMENT_MAX:
        raise Refused(_("An adjustment moves 1 to %(most)s XP.") % {"most": f"{ADJUSTMENT_MAX:,}"})
    trace = rules.Trace(points, (), points)
    with in_words(), transaction.atomic():
        posted = post(
            user=user,
            action=None,
            key=key,
            cause=("adjustment", key.removeprefix("adjustment:")),
            rule_set=rulebook.current().number,
            trace=trace,
            actor=actor,
            reason=reason,
        )
        if posted.replayed:
            return earlier_gain(user, posted.log_id)
        _tell(user, points, reason, actor, posted)
        return gain_told(user, trace, posted)


def _tell(user: User, points: int, reason: str, actor: User, posted: Posted) -> None:
    """The member and the staff's log."""
    words = _("Staff added %(points)s XP: %(reason)s") if points > 0 else _("Staff took %(points)s XP: %(reason)s")
    text = words % {"points": f"{abs(points):,}", "reason": reason}
    key = f"adjustment:{posted.log_id}"
    accounts.notify(user=user, kind="adjustment", text=text, url=user.get_absolute_url(), key=key)
    message = _("Adjusted by %(points)s XP. Reason: %(reason)s") % {"points": f"{points:+,}", "reason": reason}
    LogEntry.objects.log_actions(actor.pk, [UserXp.objects.of(user)], CHANGE, message, single_object=True)
