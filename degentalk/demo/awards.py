"""Awards by the thousand: decided by the same rules as the site's, posted through the same door, but in sets."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts.models import Notification, User
from degentalk.demo.memory import Memory
from degentalk.rulebook.services import RuleSetFacts
from paths import rules as path_rules
from xp import rules
from xp.models import LevelDgtRewardLog, XpAction, XpRefusal
from xp.rules import Curve, Event

BATCH = 1_000

# CASE makes sure that the clock is set before the door opens. The doors see what the rows before them did.
POST_AWARDS = """
select user_id, at::timestamptz, (posted).level_before, (posted).level_after from (
    select user_id, at, case when set_config('degentalk.now', at, false) = at then
        xp_post(user_id, action, points, key, %s, trace::jsonb, cause_type, cause_id, counterparty_id,
            p_path => path, p_path_share => case when path is not null then points end)
    end as posted
    from unnest(
        %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::bigint[], %s::text[]
    ) as awards (at, user_id, action, points, key, trace, cause_type, cause_id, counterparty_id, path)
) as awarded
where (posted).level_after > (posted).level_before
"""


class _Posting(NamedTuple):
    """An award that waits for the door."""

    at: str
    user_id: int
    action: str
    points: int
    key: str
    trace: str
    cause_type: str
    cause_id: str
    counterparty_id: int | None
    path: str | None


class Awards:
    """What `xp.award` does, for many."""

    def __init__(self, users: Mapping[str, User], rule_set: RuleSetFacts, now: datetime) -> None:
        self.memory = Memory()
        self.rule_set = rule_set
        self._actions = dict(XpAction.objects.values_list("name", "id"))
        self._pages = {user.pk: user.get_absolute_url() for user in users.values()}
        self._refusals_kept_since = now - timedelta(days=settings.XP_REFUSALS_KEPT_DAYS)
        self._waiting: list[_Posting] = []
        self._refused: list[XpRefusal] = []

    def award(
        self,
        *,
        at: datetime,
        user: User,
        action: str,
        key: str,
        cause: tuple[str, object],
        base: int | None = None,
        giver: User | None = None,
    ) -> None:
        """Decide now; what is granted is posted with the next `flush`, with all that was decided before it."""
        path = self.memory.paths.get(user.pk)
        state = self.memory.state(user, action, at, giver, self._multiplier(path, action))
        event = Event(action, at, base=base, other_acts=giver is not None)
        decision = rules.evaluate(self.rule_set.rules, state, event)
        if decision.trace is None:
            self._keep_refusal(at, user, action, key, cause, giver, decision)
            return
        self.memory.earned(user, action, decision.points, at, giver)
        self._waiting.append(
            _Posting(
                at.isoformat(),
                user.pk,
                action,
                decision.points,
                key,
                json.dumps(decision.trace.as_json()),
                cause[0],
                str(cause[1]),
                giver.pk if giver else None,
                path,
            )
        )
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Open the door for all awards that wait."""
        if not self._waiting:
            return
        columns = [list(column) for column in zip(*self._waiting, strict=True)]
        self._waiting.clear()
        with connection.cursor() as cursor:
            cursor.execute(POST_AWARDS, [self.rule_set.number, *columns])
            risen = cursor.fetchall()
        if risen:
            self._tell(risen)

    def finish(self) -> None:
        """Write what had time until the end."""
        self.flush()
        XpRefusal.objects.bulk_create(self._refused)
        self._refused.clear()

    def _multiplier(self, path: str | None, action: str) -> rules.Multiplier | None:
        bps = path_rules.multiplier(self.rule_set.rules, path, action)
        return None if bps == rules.ONE else rules.Multiplier(f"path:{path}", bps)

    def _keep_refusal(
        self,
        at: datetime,
        user: User,
        action: str,
        key: str,
        cause: tuple[str, object],
        other: User | None,
        decision: rules.Decision,
    ) -> None:
        if at < self._refusals_kept_since or decision.refused is None:
            return
        self._refused.append(
            XpRefusal(
                user=user,
                action_id=self._actions[action],
                key=key,
                reason=decision.refused,
                again_at=decision.again_at,
                created_at=at,
                rule_set_id=self.rule_set.number,
                counterparty=other,
                cause_type=cause[0],
                cause_id=str(cause[1]),
            )
        )

    def _tell(self, risen: list[tuple[int, datetime, int, int]]) -> None:
        """What `xp.award` tells members who reach a level."""
        users, moments = {row[0] for row in risen}, {row[1] for row in risen}
        paid = LevelDgtRewardLog.objects.filter(user__in=users, created_at__in=moments, state="paid")
        dgt = {(row.user_id, row.level): row.dgt_reward for row in paid}
        curve = Curve.of(self.rule_set.rules)
        Notification.objects.bulk_create(
            [
                self._level_up(user_id, at, curve.level(after), sum(dgt.get((user_id, level), 0) for level in levels))
                for user_id, at, before, after in risen
                for levels in [range(before + 1, after + 1)]
            ],
            ignore_conflicts=True,
        )

    def _level_up(self, user_id: int, at: datetime, level: rules.Level, dgt: int) -> Notification:
        text = _("You reached level %(level)d, %(rank)s.") % {"level": level.level, "rank": level.rank_name}
        if dgt:
            text += " " + ngettext("%(dgt)s DGT is yours.", "%(dgt)s DGT are yours.", dgt) % {"dgt": f"{dgt:,}"}
        return Notification(
            user_id=user_id,
            kind="level_up",
            text=text,
            url=self._pages[user_id],
            key=f"level:{level.level}",
            created_at=at,
        )
