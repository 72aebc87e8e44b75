"""Awards: rules decide in Python, the one door writes, the database keeps level and reward in step."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from xp import rules, signals
from xp.errors import UnknownAction, in_words
from xp.models import LevelDgtRewardLog, UserXp, XpLog
from xp.services.standing import curve


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
class Posted:
    """What the door says it wrote."""

    log_id: int
    replayed: bool
    level_before: int
    level_after: int
    created_at: datetime


@dataclass(frozen=True)
class _Facts:
    """All that `xp_read` answers."""

    moment: datetime
    rule_set: int
    sha256: str
    log_id: int | None
    last_awarded_at: datetime | None
    is_suspended: bool
    joined_at: datetime
    is_verified: bool
    day_xp: int
    week_xp: int
    boosts: str | None
    joined: list[int] | None
    other_is_one_person: bool | None
    other_is_suspended: bool | None
    other_joined_at: datetime | None
    other_is_verified: bool | None
    pair_day_xp: int | None
    pair_day_amount: int | None
    path: str | None
    path_bps: int


def award(
    *,
    user: User,
    action: str,
    key: str,
    cause: tuple[str, object],
    giver: User | None = None,
    receiver: User | None = None,
    amount: int | None = None,
    base: int | None = None,
    repeated: bool = False,
    returned: bool = False,
) -> Gain:
    """Grant XP for one action, once per key; levels and their DGT follow in the same transaction.

    `cause` names the thing behind it, such as ("post", 91). Where two members are part of it, `giver` is who acted on
    `user` (a like received), `receiver` on whom `user` acted (a tip given). `amount` is whole DGT, for actions that pay
    by amount; `base` is XP that this occasion pays instead of the action's. `repeated`: the text was written before;
    `returned`: the amount only came back.

    Returns a Gain; a refusal is a Gain with its reason, and is kept for the member to read.
    Raises UnknownAction for an action that the rules do not know, KeyReused if the key granted another award.
    """
    other = giver or receiver
    with in_words(), transaction.atomic():
        facts = _read(user, action, key, other)
        if facts.log_id is not None:
            return earlier_gain(user, facts.log_id)
        rule_set = rulebook.at(number=facts.rule_set, sha256=facts.sha256)
        event = rules.Event(
            action,
            facts.moment,
            base=base,
            amount=amount,
            is_repost=repeated,
            is_returned=returned,
            other_acts=giver is not None,
        )
        decision = rules.evaluate(rule_set.rules, _state(facts, user, other), event)
        if decision.refused == rules.Refusal.UNKNOWN_ACTION:
            raise UnknownAction(action)
        if decision.trace is None:
            _keep_refusal(user, action, key, cause, other, rule_set.number, decision)
            return Gain(refused=decision.refused, again_at=decision.again_at)
        # Since xp_read the member is locked, so nobody can have used the key for this award meanwhile.
        posted = post(
            user=user,
            action=action,
            key=key,
            cause=cause,
            rule_set=rule_set.number,
            trace=decision.trace,
            other=other,
            amount=amount,
            path=facts.path,
        )
        return gain_told(user, decision.trace, posted)


def post(
    *,
    user: User,
    action: str | None,
    key: str,
    cause: tuple[str, object],
    rule_set: int,
    trace: rules.Trace,
    other: User | None = None,
    amount: int | None = None,
    path: str | None = None,
    actor: User | None = None,
    reason: str = "",
    metadata: Mapping[str, object] | None = None,
) -> Posted:
    """Open the door for what was decided; `path` collects it. A used key changes nothing and answers as before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select log_id, replayed, level_before, level_after, created_at"
            " from xp_post(%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
            [
                user.pk,
                action,
                trace.result,
                key,
                rule_set,
                json.dumps(trace.as_json()),
                cause[0],
                str(cause[1]),
                other.pk if other else None,
                amount,
                path,
                trace.result if path else None,
                actor.pk if actor else None,
                reason,
                json.dumps(metadata or {}),
            ],
        )
        return Posted(*_row(cursor))


def gain_told(user: User, trace: rules.Trace, posted: Posted) -> Gain:
    """The Gain of what was just posted; who reached levels is told."""
    gain = _gain(user, trace, posted)
    if gain.levels:
        tell(user, gain)
    return gain


def earlier_gain(user: User, log_id: int) -> Gain:
    """What the award with this key did when it was made."""
    row = XpLog.objects.get(id=log_id)
    return _gain(user, row.why, Posted(log_id, True, row.level_before, row.level_after, row.created_at))


def tell(user: User, gain: Gain) -> None:
    """A notification for the newest of the levels reached, and the signal for whoever cares."""
    standing = curve().level(gain.levels[-1])
    text = _("You reached level %(level)d, %(rank)s.") % {"level": standing.level, "rank": standing.rank_name}
    if gain.dgt:
        text += " " + ngettext("%(dgt)s DGT is yours.", "%(dgt)s DGT are yours.", gain.dgt) % {"dgt": f"{gain.dgt:,}"}
    accounts.notify(user=user, kind="level_up", text=text, url=user.get_absolute_url(), key=f"level:{standing.level}")
    signals.leveled_up.send(sender=UserXp, user=user, gain=gain)


def paid_at(moment: datetime, user: User, levels: Sequence[int]) -> int:
    """The DGT of levels first reached at that moment: one that was reached before and lost again pays nothing now."""
    paid = LevelDgtRewardLog.objects.filter(user=user, level__in=levels, state=LevelDgtRewardLog.State.PAID)
    return sum(paid.filter(created_at=moment, paid_at=moment).values_list("dgt_reward", flat=True))


def _read(user: User, action: str, key: str, other: User | None) -> _Facts:
    with connection.cursor() as cursor:
        cursor.execute("select * from xp_read(%s, %s, %s, %s)", [user.pk, action, key, other.pk if other else None])
        return _Facts(*_row(cursor))


def _state(facts: _Facts, user: User, other: User | None) -> rules.MemberState:
    return rules.MemberState(
        last_awarded_at=facts.last_awarded_at,
        is_suspended=facts.is_suspended,
        joined_at=facts.joined_at,
        is_verified=facts.is_verified,
        day_xp=facts.day_xp,
        week_xp=facts.week_xp,
        path=_path(facts),
        boosts=_boosts(facts.boosts),
        joined=frozenset(facts.joined or ()),
        counterparty=_counterparty(facts, is_self=other.pk == user.pk) if other else None,
    )


def _path(facts: _Facts) -> rules.Multiplier | None:
    return rules.Multiplier(f"path:{facts.path}", facts.path_bps) if facts.path_bps != rules.ONE else None


def _boosts(stored: str | None) -> tuple[rules.Multiplier, ...]:
    if not stored:
        return ()
    return tuple(rules.Multiplier(f"boost:{source}", bps) for source, bps in json.loads(stored))


def _counterparty(facts: _Facts, *, is_self: bool) -> rules.Counterparty:
    return rules.Counterparty(
        is_self=is_self,
        is_one_person=bool(facts.other_is_one_person),
        is_suspended=bool(facts.other_is_suspended),
        joined_at=facts.other_joined_at,
        is_verified=bool(facts.other_is_verified),
        day_xp=int(facts.pair_day_xp or 0),
        day_amount=int(facts.pair_day_amount or 0),
    )


# Asked again with the same key it is the same refusal, with its newest reason.
KEEP_REFUSAL = """
insert into xp_refusals (
    user_id, action_id, key, reason, again_at, created_at, rule_set_id, counterparty_id, cause_type, cause_id
) select %s, id, %s, %s, %s, clock(), %s, %s, %s, %s from xp_actions where name = %s
on conflict (user_id, action_id, key) do update
    set reason = excluded.reason, again_at = excluded.again_at, created_at = excluded.created_at,
        rule_set_id = excluded.rule_set_id
"""


def _keep_refusal(
    user: User,
    action: str,
    key: str,
    cause: tuple[str, object],
    other: User | None,
    rule_set: int,
    decision: rules.Decision,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP_REFUSAL,
            [
                user.pk,
                key,
                decision.refused,
                decision.again_at,
                rule_set,
                other.pk if other else None,
                cause[0],
                str(cause[1]),
                action,
            ],
        )


def _gain(user: User, trace: rules.Trace, posted: Posted) -> Gain:
    levels = tuple(range(posted.level_before + 1, posted.level_after + 1))
    return Gain(
        points=trace.result,
        levels=levels,
        dgt=paid_at(posted.created_at, user, levels) if levels else 0,
        why=trace,
        replayed=posted.replayed,
    )


def _row(cursor: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.fetchone()
    return row
