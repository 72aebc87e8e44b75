"""Keeping members out, with or without what they earned."""

from django.db import connection, transaction

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.forum.models import ModerationAct
from degentalk.forum.services.judging import checked_reason, refuse_unless_may_moderate
from xp import services as xp

Act = ModerationAct.Act

PATIENCE_MILLISECONDS = 25_000
"""Below the 30 seconds after which a web server gives a request up."""


@transaction.atomic
def ban(*, member: User, moderator: User, reason: str, takes_back_xp: bool) -> ModerationAct:
    """Suspend a member. With `takes_back_xp` also what they ever earned and what others earned through them.

    Raises NoReason, OneselfModerated, StaffModerated, and Refused for somebody who is suspended already.
    """
    reason = checked_reason(reason)
    locked = _locked(member)
    refuse_unless_may_moderate(moderator, locked)
    _be_patient()
    act_id = _next_id()  # what is taken back names the act, which says how much that was
    taken = _take_back(act_id, locked, moderator, reason) if takes_back_xp else 0
    accounts.suspend(member=locked, actor=moderator, reason=reason)
    if takes_back_xp:
        # What they were writing when we began may have been granted meanwhile; from here on nothing is granted.
        taken += _take_back(act_id, locked, moderator, reason)
    return ModerationAct.objects.create(
        pk=act_id, act=Act.BAN, moderator=moderator, member=locked, reason=reason, xp_change=-taken
    )


@transaction.atomic
def unban(*, member: User, moderator: User, reason: str) -> ModerationAct:
    """Let a member in again and give back exactly what the ban took.

    Raises NoReason, OneselfModerated, StaffModerated, and Refused for somebody who is not suspended.
    """
    reason = checked_reason(reason)
    locked = _locked(member)
    refuse_unless_may_moderate(moderator, locked)
    act = end_ban(member=locked, moderator=moderator, reason=reason)
    accounts.reinstate(member=locked, actor=moderator, reason=reason)
    return act


def end_ban(*, member: User, moderator: User, reason: str) -> ModerationAct:
    """Give back what a ban took, if one did, and write that it is over. The member's row is locked already."""
    _be_patient()
    last = ModerationAct.objects.last_ban_of(member)
    given = xp.restore(because=_because(last.pk), actor=moderator, reason=reason).points if last else 0
    return ModerationAct.objects.create(
        act=Act.UNBAN, moderator=moderator, member=member, reason=reason, xp_change=given
    )


def _be_patient() -> None:
    """Somebody who farmed for years has more to take back than the limit of ordinary requests allows."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = %s", [PATIENCE_MILLISECONDS])


def _locked(member: User) -> User:
    """Held until the end: awards through this member wait, and then see that they are suspended."""
    return User.objects.select_for_update(no_key=True).get(pk=member.pk)


def _take_back(act_id: int, member: User, moderator: User, reason: str) -> int:
    return xp.reverse(because=_because(act_id), member=member, actor=moderator, reason=reason).points


def _because(act_id: int) -> str:
    return f"ban:{act_id}"


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('moderation_acts', 'id'))")
        return int(cursor.fetchone()[0])
