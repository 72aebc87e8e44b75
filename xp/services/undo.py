"""Taking awards back and granting them again: exactly what was granted, as new rows that name the old ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from degentalk.accounts.models import User
from xp.models import XpLog
from xp.services.award import Gain, paid_at, tell

Cause = tuple[str, object]
"""The thing behind an award: ("post", 91)."""

EARNED_BY_GIVING = ("tip_given",)
"""Here the other member only received, and earned nothing for whoever acted. It is nobody else's to lose: an author who
deletes a tipped post, or a moderator who hides it, takes nothing from whoever tipped."""

TAKE_BACK = "select *, clock() from xp_take_back(%s::bigint[], %s, %s, %s)"
GIVE_BACK = "select *, clock() from xp_give_back(%s, %s, %s)"


@dataclass(frozen=True)
class Undone:
    """How many awards stopped or began to count, and the XP that members lost (or got back) by it."""

    awards: int = 0
    points: int = 0


def lock_members(users: Iterable[User]) -> None:
    """Take all locks of these members in the one order, before a verb that touches two of them, or XP and DGT."""
    with connection.cursor() as cursor:
        cursor.execute("select lock_members(%s::bigint[])", [[user.pk for user in users]])


def reverse(
    *,
    because: str,
    keys: Sequence[str] = (),
    causes: Sequence[Cause] = (),
    member: User | None = None,
    between: tuple[User, User] | None = None,
    actor: User | None = None,
    reason: str = "",
) -> Undone:
    """Take back what the chosen awards granted, whatever the rules say today. Twice is the same as once.

    `because` (`noun:id`, such as "post_hidden:91") is remembered: an award counts as long as nothing is held against
    it, so reasons may come and go in any order. Chosen are awards by key, by cause (except what somebody earned by
    giving: a tip stays given when its post goes), of a `member` (theirs, and what others earned through them), or
    `between` two members. Levels follow; DGT that a level paid is not taken back.
    """
    chosen = XpLog.objects.filter(reverses=None).filter(_choice(keys, causes, member, between))
    return _undo(TAKE_BACK, [list(chosen.values_list("pk", flat=True))], because, actor, reason)


def restore(*, because: str, actor: User | None = None, reason: str = "") -> Undone:
    """End a reason. Awards against which nothing else is held are granted again, exactly as they were."""
    return _undo(GIVE_BACK, [], because, actor, reason)


def _choice(
    keys: Sequence[str],
    causes: Sequence[Cause],
    member: User | None,
    between: tuple[User, User] | None,
) -> Q:
    chosen = Q(key__in=list(keys))
    if causes:
        caused = reduce(or_, (Q(cause_type=noun, cause_id=str(number)) for noun, number in causes))
        chosen |= caused & ~Q(action__name__in=EARNED_BY_GIVING)
    if member is not None:
        through = Q(counterparty=member) & ~Q(action__name__in=EARNED_BY_GIVING)
        chosen |= Q(user=member, action__isnull=False) | through
    if between is not None:
        one, other = between
        chosen |= Q(user=one, counterparty=other) | Q(user=other, counterparty=one)
    return chosen


@transaction.atomic
def _undo(door: str, arguments: list[Any], because: str, actor: User | None, reason: str) -> Undone:
    with connection.cursor() as cursor:
        cursor.execute(door, [*arguments, because, actor.pk if actor else None, reason])
        rows = cursor.fetchall()
    for user_id, _awards, points, level_before, level_after, moment in rows:
        if level_after > level_before:
            _tell_of_levels(user_id, points, range(level_before + 1, level_after + 1), moment)
    return Undone(awards=sum(row[1] for row in rows), points=abs(sum(row[2] for row in rows)))


def _tell_of_levels(user_id: int, points: int, levels: range, moment: Any) -> None:
    """Who is granted XP again may reach a level for the first time."""
    user = User.objects.get(pk=user_id)
    tell(user, Gain(points=points, levels=tuple(levels), dgt=paid_at(moment, user, levels)))
