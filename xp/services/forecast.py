"""What a member's last 30 days would have earned on each path, by the rules in force now."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.registry import Rules
from paths import rules as path_rules
from xp import rules
from xp.models import EventParticipation
from xp.rules import Past, Trace

DAYS = 30
MOST = 5_000
"""So many awards are looked at, the newest; nobody earns more often in a month."""

# Awards that count now, each as it was granted; of a tip that came back in part, the amount that stayed.
AWARDS = """
select a.name, l.created_at, l.trace, coalesce(undone.amount, l.amount), l.counterparty_id,
    l.xp_awarded + coalesce(undone.xp, 0)
from xp_log l join xp_actions a on a.id = l.action_id
left join lateral (
    select sum(r.xp_awarded)::bigint as xp, (array_agg(r.amount order by r.id desc))[1] as amount
    from xp_log r where r.origin_id = l.id
) undone on true
where l.user_id = %s and l.reverses_id is null and l.created_at >= %s
order by l.created_at desc, l.id desc limit %s
"""


@dataclass(frozen=True)
class Forecast:
    """XP of the same 30 days, as they were and as they would have been."""

    awards: int
    """How many awards it looked at."""
    earned: int
    """What they were in fact."""
    without: int
    """Without a path."""
    by_path: dict[str, int]
    """On each active path, by its id."""


@dataclass(frozen=True)
class _Granted:
    past: Past
    points: int


def forecast(user: User) -> Forecast:
    """Replay the member's last 30 days under each active path. Three queries, however many paths.

    What was refused then stays refused, what was taken back stays out, and so do adjustments by staff: it says what
    would have been, not what will be.
    """
    rule_set = rulebook.current().rules
    since = database_time() - timedelta(days=DAYS)
    granted = _granted(user, since)
    past = [row.past for row in granted]

    def total(path: str | None) -> int:
        return rules.replay(rule_set, past, _path(rule_set, path), since=since)

    counted = [row for row in granted if row.past.at >= since]
    known = path_rules.paths(rule_set)
    return Forecast(
        awards=len(counted),
        earned=sum(row.points for row in counted),
        without=total(None),
        by_path={path.id: total(path.id) for path in known.values() if path.is_active},
    )


def _path(rule_set: Rules, path: str | None) -> Callable[[str], rules.Multiplier | None]:
    of_action: dict[str, rules.Multiplier | None] = {}

    def multiplier(action: str) -> rules.Multiplier | None:
        if action not in of_action:
            bps = path_rules.multiplier(rule_set, path, action)
            of_action[action] = None if bps == rules.ONE else rules.Multiplier(f"path:{path}", bps)
        return of_action[action]

    return multiplier


def _granted(user: User, since: datetime) -> list[_Granted]:
    """Awards since the beginning of that moment's UTC week, oldest first."""
    monday = rules.span_at("week", since).starts_at
    joined = list(EventParticipation.objects.filter(user=user).values_list("event_id", "joined_at"))
    with connection.cursor() as cursor:
        cursor.execute(AWARDS, [user.pk, monday, MOST])
        rows = cursor.fetchall()
    return [
        _Granted(_past(action, at, Trace.of(json.loads(trace)), amount, other, joined), points)
        for action, at, trace, amount, other, points in reversed(rows)
        if points > 0
    ]


def _past(
    action: str,
    at: datetime,
    trace: Trace,
    amount: int | None,
    other: int | None,
    joined: Iterable[tuple[int, datetime]],
) -> Past:
    return Past(
        action=action,
        at=at,
        base=trace.base if trace.scale is None else None,
        amount=amount,
        other=other,
        boosts=tuple(m for m in trace.multipliers if m.source.startswith("boost:")),
        joined=frozenset(event for event, joined_at in joined if joined_at < at),
    )
