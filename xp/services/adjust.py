"""Staff add XP to members and take it from them, with a reason; above a limit with a second person."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.core.clock import Clock
from degentalk.core.errors import Refused
from degentalk.rulebook import services as rulebook
from xp import rules
from xp.errors import in_words
from xp.models import APPROVER, UserXp, XpLog, XpPolicy
from xp.services.award import Gain, Posted, earlier_gain, gain_told, post

CAUSE_ID_MAX = 100
ADJUSTMENT_MAX = 10**9
"""XP that one adjustment can move, either way."""

COUNTED_FOR = timedelta(hours=24)
"""Adjustments of so long ago count towards what one member of staff may do alone."""


def adjust(*, user: User, points: int, reason: str, actor: User, key: str, approver: User | None = None) -> Gain:
    """Add `points` XP to a member, or take them if negative, once per key. A row of the log like any other.

    The member reads the reason, and the staff's log keeps it. `approver` is the second member of staff who agreed.
    Raises Refused without a reason, for oneself, for 0 or too much, and where less than 0 XP would be left;
    ApprovalNeeded above what the policy lets one person do alone; KeyReused for a key that moved other XP.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept and the member can read it."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody adjusts their own XP."))
    if approver is not None and approver.person_id in {actor.person_id, user.person_id}:
        raise Refused(_("Whoever agrees is another person than who adjusts and than the member."))
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
            metadata={APPROVER: approver.pk} if approver else {},
        )
        if posted.replayed:
            return earlier_gain(user, posted.log_id)
        if approver is None:
            _refuse_above_limit(actor)
        _tell(user, points, reason, actor, approver, posted)
        return gain_told(user, trace, posted)


def _refuse_above_limit(actor: User) -> None:
    """What was just posted counts already; what is refused rolls it back.

    One at a time of each person, so that parallel ones cannot all be the last below the limit. This lock comes after
    all others, and nothing waits for one while it is held.
    """
    accounts_of_actor = accounts.accounts_of_person(actor)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"xp_adjust:{accounts_of_actor[0]}"])
    most = XpPolicy.objects.current().approval_above_xp
    if XpLog.objects.adjusted_alone_by(accounts_of_actor).since(Clock() - COUNTED_FOR).moved() > most:
        raise ApprovalNeeded(
            _("A second member of staff must agree: one person adjusts %(most)s XP within 24 hours alone, no more.")
            % {"most": f"{most:,}"}
        )


def _tell(user: User, points: int, reason: str, actor: User, approver: User | None, posted: Posted) -> None:
    """The member and the staff's log."""
    words = _("Staff added %(points)s XP: %(reason)s") if points > 0 else _("Staff took %(points)s XP: %(reason)s")
    text = words % {"points": f"{abs(points):,}", "reason": reason}
    key = f"adjustment:{posted.log_id}"
    accounts.notify(user=user, kind="adjustment", text=text, url=user.get_absolute_url(), key=key)
    alone, together = _("Adjusted by %(points)s XP."), _("Adjusted by %(points)s XP, approved by %(name)s.")
    done = (together if approver else alone) % {"points": f"{points:+,}", "name": approver and approver.username}
    message = done + " " + _("Reason: %(reason)s") % {"reason": reason}
    LogEntry.objects.log_actions(actor.pk, [UserXp.objects.of(user)], CHANGE, message, single_object=True)
