"""Changing the thresholds of the curve: at once for the rules, in batches for the levels that members have."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.errors import Conflict, Refused
from degentalk.core.nudges import nudge_after_commit
from degentalk.rulebook import services as rulebook
from xp import rules, sections
from xp.errors import in_words
from xp.models import LevelDgtRewardLog, XpCurveChange, XpLevel

logger = logging.getLogger(__name__)

TASK = "xp.recompute_levels"
MEMBERS_PER_BATCH = 25
"""Members whose level one transaction moves: few, so that whoever earns XP meanwhile hardly waits. Each may be paid for
many levels at once."""
RUN_SECONDS = 120
"""How long one run of the task works; the timetable starts the next."""
XP_MAX = 10**15
"""No level can need more: sums of XP stay far inside a BIGINT."""
BUSY = frozenset({"55P03", "40P01"})  # lock timeout, deadlock: later it works
TOO_MUCH = "57014"  # statement timeout: a smaller batch works

BEGIN = """
insert into xp_curve_changes (rule_set_id, pays_rewards, actor_id, created_at) values (%s, %s, %s, clock()) returning id
"""
FORESEE = """
with curve as (
    select coalesce(c.required, l.xp_required) as required, l.level
    from xp_levels l left join unnest(%s::int[], %s::bigint[]) c (level, required) on c.level = l.level
), moved as (
    select x.user_id, x.level as before,
        width_bucket(greatest(x.xp, 0), (select array_agg(required order by level) from curve)) as after
    from user_xp x
), due as (
    select m.user_id, r.dgt_reward
    from moved m join level_dgt_rewards r on r.level > m.before and r.level <= m.after
    where not exists (select from level_dgt_rewards_log g where g.user_id = m.user_id and g.level = r.level)
)
select count(*) filter (where after > before), count(*) filter (where after < before),
    (select count(distinct user_id) from due), (select coalesce(sum(dgt_reward), 0)::bigint from due)
from moved
"""


@dataclass(frozen=True)
class Foresight:
    """What a curve would do to the members of this moment."""

    up: int
    down: int
    paid_members: int
    """Members who would be paid, if the change pays rewards."""
    dgt: int
    """All that they would be paid."""


@dataclass(frozen=True)
class Relevelled:
    """A member whose level the curve moved."""

    user_id: int
    before: int
    after: int


def foresee(*, thresholds: Mapping[int, int]) -> Foresight:
    """What these thresholds would do. Raises RuleError for a curve that cannot be."""
    _refuse_crooked(thresholds)
    with connection.cursor() as cursor:
        cursor.execute(FORESEE, _columns(thresholds))
        return Foresight(*cursor.fetchone())


def change_curve(*, thresholds: Mapping[int, int], pays_rewards: bool, reason: str, actor: User) -> XpCurveChange:
    """Let levels (number → XP) need other XP, publish the rule set, and begin to bring everyone's level in line.

    `pays_rewards`: whether levels that members reach only because of this change pay their reward; if not, they never
    pay later either. What lost levels paid is not taken back. Raises Refused without a reason or a change, RuleError
    for a curve that cannot be, CurveChangeUnderWay, Conflict if the site is too busy.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept with the new rule set."))
    _refuse_crooked(thresholds)
    try:
        with in_words(), transaction.atomic():
            return _change(thresholds, pays_rewards, reason, actor)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in BUSY:
            raise
        raise Conflict(_("Too many members are earning XP at this moment. Nothing was changed; try again.")) from error


def recompute_levels() -> int:
    """Bring levels in line with a change of the curve; returns how many members moved. May run twice, and at once."""
    moved, size = 0, MEMBERS_PER_BATCH
    stop_at = time.monotonic() + RUN_SECONDS
    while time.monotonic() < stop_at:
        change = XpCurveChange.objects.filter(finished_at=None).first()
        if change is None:
            break
        try:
            with transaction.atomic():
                batch = _recompute(change, size)
        except OperationalError as error:
            sqlstate = getattr(error.__cause__, "sqlstate", None)
            if sqlstate == TOO_MUCH and size > 1:
                size //= 2
                continue
            if sqlstate not in BUSY:
                raise
            logger.info("change of the curve %s: somebody holds a member; the timetable goes on", change)
            break
        moved += len(batch)
        if XpCurveChange.objects.filter(pk=change.pk, done_up_to=change.done_up_to).exists():
            break  # finished, or another worker is at it
    return moved


def _change(thresholds: Mapping[int, int], pays_rewards: bool, reason: str, actor: User) -> XpCurveChange:
    with connection.cursor() as cursor:
        # First of all, so that nothing is held while this waits for the awards in flight.
        cursor.execute("select xp_change_curve(%s::int[], %s::bigint[])", _columns(thresholds))
        (moved,) = cursor.fetchone()
    if not moved:
        raise Refused(_("The curve is like that already: nothing to change."))
    rule_set = rulebook.publish(actor=actor, reason=reason)
    change = _begun(rule_set.number, pays_rewards, actor)
    message = _("Changed %(levels)d thresholds, with rewards: %(pays)s. Reason: %(reason)s") % {
        "levels": moved, "pays": _("yes") if pays_rewards else _("no"), "reason": reason,
    }  # fmt: skip
    LogEntry.objects.log_actions(actor.pk, [change], CHANGE, message, single_object=True)
    nudge_after_commit(TASK)
    return change


def _begun(rule_set: int, pays_rewards: bool, actor: User) -> XpCurveChange:
    """The row by which levels follow. Its progress is for the database to write."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [rule_set, pays_rewards, actor.pk])
        (number,) = cursor.fetchone()
    return XpCurveChange.objects.get(pk=number)


def _refuse_crooked(thresholds: Mapping[int, int]) -> None:
    """The sentences before the constraint: which level, and what is wrong with it."""
    levels = list(XpLevel.objects.all())
    for number in thresholds.keys() - {level.level for level in levels}:
        raise Refused(_("There is no level %(level)d.") % {"level": number})
    if any(not 0 <= required <= XP_MAX for required in thresholds.values()):
        raise Refused(_("A level needs 0 to %(most)s XP.") % {"most": f"{XP_MAX:,}"})
    sections.validate_curve([(level.level, thresholds.get(level.level, level.xp_required)) for level in levels])


def _columns(thresholds: Mapping[int, int]) -> list[list[int]]:
    return [list(thresholds.keys()), list(thresholds.values())]


def _recompute(change: XpCurveChange, most: int) -> list[Relevelled]:
    with connection.cursor() as cursor:
        cursor.execute("select user_id, level_before, level_after from xp_recompute_levels(%s, %s)", [change.pk, most])
        batch = [Relevelled(*row) for row in cursor.fetchall()]
    if batch:
        _tell(change, batch)
    return batch


def _tell(change: XpCurveChange, batch: list[Relevelled]) -> None:
    """Each member whose level moved reads it once, with the DGT it paid."""
    curve = rules.Curve.of(rulebook.current().rules)
    members = User.objects.in_bulk([moved.user_id for moved in batch])
    paid = _paid_now(batch)
    for moved in batch:
        user, dgt = members[moved.user_id], paid.get(moved.user_id, 0)
        text = _("The levels changed: your XP make you level %(level)d, %(rank)s, now.") % {
            "level": moved.after, "rank": curve.level(moved.after).rank_name,
        }  # fmt: skip
        if dgt:
            text += " " + ngettext("%(dgt)s DGT is yours.", "%(dgt)s DGT are yours.", dgt) % {"dgt": f"{dgt:,}"}
        elif moved.after < moved.before:
            text += " " + _("What your levels paid stays yours.")
        accounts.notify(
            user=user, kind="curve_change", text=text, url=user.get_absolute_url(), key=f"curve_change:{change.pk}"
        )


def _paid_now(batch: list[Relevelled]) -> dict[int, int]:
    """DGT that this transaction paid for levels, by member."""
    moment = database_time()
    paid = LevelDgtRewardLog.objects.filter(
        user_id__in=[moved.user_id for moved in batch],
        state=LevelDgtRewardLog.State.PAID,
        created_at=moment,
        paid_at=moment,
    )
    sums: dict[int, int] = {}
    for user_id, dgt in paid.values_list("user_id", "dgt_reward"):
        sums[user_id] = sums.get(user_id, 0) + dgt
    return sums
