"""Joining special events."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import Refused
from degentalk.core.templatetags.degen import moment as in_words
from degentalk.rulebook import services as rulebook
from xp.models import EventParticipation, SpecialEvent, XpLog
from xp.rules import Occasion, occasions
from xp.services.award import Gain, award, earlier_gain
from xp.services.undo import lock_members

ACTION = "special_event"

JOIN = """
insert into event_participations (event_id, user_id, joined_at) values (%s, %s, clock())
on conflict (event_id, user_id) do nothing
"""


@dataclass(frozen=True)
class Joined:
    """That a member takes part, and what joining earned: now, or the first time."""

    gain: Gain
    already: bool


@transaction.atomic
def join_event(*, user: User, event: SpecialEvent) -> Joined:
    """Let a member take part in an event while it is on, once; joining may pay XP, which the event does not multiply.

    Raises Refused, with when, outside of the event's window, and for suspended members.
    """
    lock_members([user])
    if EventParticipation.objects.filter(event=event, user=user).exists():
        return Joined(_earlier(user, event), already=True)
    occasion = _on_now(event, database_time())
    _refuse_suspended(user)
    # First the award, then the participation: it counts from the next award on.
    gain = _award(user, occasion)
    with connection.cursor() as cursor:
        cursor.execute(JOIN, [event.pk, user.pk])
    return Joined(gain, already=False)


def participation_key(event_id: int, user: User) -> str:
    """The key of the award for joining."""
    return f"event:{event_id}:{user.pk}"


def _award(user: User, occasion: Occasion) -> Gain:
    if not occasion.participation_xp:
        return Gain()
    return award(
        user=user,
        action=ACTION,
        key=participation_key(occasion.id, user),
        cause=("event", occasion.id),
        base=occasion.participation_xp,
    )


def _earlier(user: User, event: SpecialEvent) -> Gain:
    row = XpLog.objects.filter(key=participation_key(event.pk, user), user=user).first()
    return earlier_gain(user, row.pk) if row else Gain(replayed=True)


def _on_now(event: SpecialEvent, now: datetime) -> Occasion:
    """The event as the rules in force know it, if it is on."""
    occasion = occasions(rulebook.current().rules).get(event.pk)
    if occasion is None:
        raise Refused(_("This event has not been announced yet."))
    if occasion.is_on(now):
        return occasion
    facts = {"name": occasion.name, "starts": in_words(occasion.starts_at), "ends": in_words(occasion.ends_at)}
    if occasion.is_cancelled:
        raise Refused(_("“%(name)s” was cancelled.") % facts)
    if now < occasion.starts_at:
        raise Refused(_("“%(name)s” starts on %(starts)s. You can join from then on.") % facts)
    raise Refused(_("“%(name)s” ended on %(ends)s.") % facts)


def _refuse_suspended(user: User) -> None:
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Refused(_("Your account is suspended, so you cannot join."))
