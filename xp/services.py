"""The verbs of XP. Rules decide in Python, the one door writes, the database keeps level and reward in step."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from xp import rules, signals
from xp.errors import UnknownAction, in_words
from xp.models import LevelDgtRewardLog, UserXp, XpLog

logger = logging.getLogger(__name__)

PENDING_REWARDS_PER_RUN = 500


@dataclass(frozen=True)
class Gain:
    """What an award did: now, or the first time its key was used."""

    points: int = 0
    levels: tuple[int, ...] = ()
    dgt: int = 0
    why: rules.Trace | None = None
    refused: str | None = None
    again_at: datetime | None = None
    replayed: bool = False


@dataclass(frozen=True)
class _Facts:
    moment: datetime
    rule_set: int
    sha256: str
    last_awarded_at: datetime | None
    log_id: int | None


@dataclass(frozen=True)
class _Posted:
    log_id: int
    replayed: bool
    level_before: int
    level_after: int
    created_at: datetime


def award(*, user: User, action: str, key: str, cause: tuple[str, object]) -> Gain:
    """Grant XP for one action, once per key; levels and their DGT follow in the same transaction.

    `cause` names the thing behind it, such as ("post", 91). Returns a Gain; a refusal is a Gain with its reason.
    Raises UnknownAction for an action that the rules do not know, KeyReused if the key granted another award.
    """
    with in_words(), transaction.atomic():
        facts = _read(user, action, key)
        if facts.log_id is not None:
            return _earlier_gain(user, facts.log_id)
        rule_set = rulebook.at(number=facts.rule_set, sha256=facts.sha256)
        state = rules.MemberState(last_awarded_at=facts.last_awarded_at)
        decision = rules.evaluate(rule_set.rules, state, rules.Event(action, facts.moment))
        if decision.refused == "unknown-action":
            raise UnknownAction(action)
        if decision.trace is None:
            return Gain(refused=decision.refused, again_at=decision.again_at)
        # Since xp_read the member is locked, so nobody can have used the key for this award meanwhile.
        gain = _gain(user, decision.trace, _post(user, action, key, cause, rule_set.number, decision.trace))
        if gain.levels:
            _tell(user, gain)
    return gain


def lock_members(users: Iterable[User]) -> None:
    """Take all locks of these members in the one order, before a verb that touches two of them, or XP and DGT."""
    with connection.cursor() as cursor:
        cursor.execute("select lock_members(%s::bigint[])", [[user.pk for user in users]])


def pay_pending_rewards() -> int:
    """Pay the level rewards that wait and may be paid now, oldest first. Returns how many. May run twice."""
    waiting = LevelDgtRewardLog.objects.filter(state=LevelDgtRewardLog.State.PENDING, user__is_active=True)
    paid = 0
    for reward in waiting.select_related("user").order_by("id")[:PENDING_REWARDS_PER_RUN]:
        try:
            paid += _pay(reward)
        except DatabaseError:  # one reward that cannot be paid must not hold up the others
            logger.exception("level reward %s of member %s waits", reward.level, reward.user_id)
    return paid


def curve() -> rules.Curve:
    """The curve for showing levels: at most ten seconds late, usually without a query."""
    return rules.Curve.of(rulebook.recent().rules)


def standing_of(user: User) -> rules.Standing:
    """Where a member stands. One query."""
    return rules.standing(UserXp.objects.of(user).xp, curve())


def _read(user: User, action: str, key: str) -> _Facts:
    with connection.cursor() as cursor:
        cursor.execute(
            "select moment, rule_set, sha256, last_awarded_at, log_id from xp_read(%s, %s, %s)",
            [user.pk, action, key],
        )
        return _Facts(*cursor.fetchone())


def _post(
    user: User,
    action: str,
    key: str,
    cause: tuple[str, object],
    rule_set: int,
    trace: rules.Trace,
) -> _Posted:
    with connection.cursor() as cursor:
        cursor.execute(
            "select log_id, replayed, level_before, level_after, created_at"
            " from xp_post(%s, %s, %s, %s, %s, %s::jsonb, %s, %s)",
            [
                user.pk,
                action,
                trace.result,
                key,
                rule_set,
                json.dumps(trace.as_json()),
                cause[0],
                str(cause[1]),
            ],
        )
        return _Posted(*cursor.fetchone())


def _gain(user: User, trace: rules.Trace, posted: _Posted) -> Gain:
    levels = tuple(range(posted.level_before + 1, posted.level_after + 1))
    return Gain(
        points=trace.result,
        levels=levels,
        dgt=_paid_at(posted.created_at, user, levels) if levels else 0,
        why=trace,
        replayed=posted.replayed,
    )


def _paid_at(moment: datetime, user: User, levels: tuple[int, ...]) -> int:
    """The DGT of levels first reached at that moment: one that was reached before and lost again pays nothing now."""
    paid = LevelDgtRewardLog.objects.filter(user=user, level__in=levels, state=LevelDgtRewardLog.State.PAID)
    return sum(paid.filter(created_at=moment, paid_at=moment).values_list("dgt_reward", flat=True))


def _earlier_gain(user: User, log_id: int) -> Gain:
    """What the award with this key did when it was made."""
    row = XpLog.objects.get(id=log_id)
    posted = _Posted(log_id, True, row.level_before, row.level_after, row.created_at)
    return _gain(user, row.why, posted)


def _tell(user: User, gain: Gain) -> None:
    standing = curve().level(gain.levels[-1])
    text = _("You reached level %(level)d, %(rank)s.") % {
        "level": standing.level,
        "rank": standing.rank_name,
    }
    if gain.dgt:
        text += " " + ngettext("%(dgt)s DGT is yours.", "%(dgt)s DGT are yours.", gain.dgt) % {"dgt": f"{gain.dgt:,}"}
    accounts.notify(
        user=user,
        kind="level_up",
        text=text,
        url=user.get_absolute_url(),
        key=f"level:{standing.level}",
    )
    signals.leveled_up.send(sender=UserXp, user=user, gain=gain)


@transaction.atomic
def _pay(reward: LevelDgtRewardLog) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pay_level_reward(%s, %s)", [reward.user_id, reward.level])
        paid = bool(cursor.fetchone()[0])
    if paid:
        accounts.notify(
            user=reward.user,
            kind="reward",
            text=_("The %(dgt)s DGT for level %(level)d have been paid.")
            % {"dgt": f"{reward.dgt_reward:,}", "level": reward.level},
            url=reward.user.get_absolute_url(),
            key=f"level_reward:{reward.level}",
        )
    return paid
