"""XP as members read it: what an award was for and its arithmetic, why something earned nothing, a place on the board,
the ladder of ranks."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from math import prod

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk.accounts.boards import Place
from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from paths import rules as path_rules
from xp import services
from xp.boards import XpBoard
from xp.figures import factor, times, whole
from xp.models import UserXp, XpLog, XpRefusal
from xp.rules import ALL_TIME, ONE, Action, Level, Multiplier, Refusal, Span, Trace, multiply
from xp.services.undo import EARNED_BY_GIVING

TraceLine = tuple[str, str]
"""What, and how much: ("Base", "10")."""


@dataclass(frozen=True)
class Entry:
    """One line of a member's XP history."""

    label: str
    points: int
    created_at: datetime
    formula: str
    """The arithmetic at a glance: 10 × 1.25 = 12. Empty for a reversal and for an adjustment by staff."""
    trace_lines: tuple[TraceLine, ...]
    """The same, each factor with its name."""
    reversed: bool
    cause_type: str
    cause_id: str
    subject: str = ""
    """What the thing behind it is called, and `cause_url` where it can be seen; apps above know, XP does not."""
    cause_url: str = ""
    because: str = ""
    """The noun of what took it back or gave it again, such as `post_hidden`."""
    reason: str = ""
    """What staff wrote about it. Only for the member themself."""


def entries(rows: Iterable[XpLog], *, is_own: bool = False) -> list[Entry]:
    """Rows of `XpLog.objects.of(user).with_reversals().with_rules()`, ready to show; with the reasons of staff if it is
    the member who looks."""
    return [entry(row, is_own=is_own) for row in rows]


def entry(row: XpLog, *, is_own: bool = False) -> Entry:
    """One row, ready to show. A reversal says what it takes back and has no arithmetic of its own."""
    return Entry(
        label=label(row),
        points=row.xp_awarded,
        created_at=row.created_at,
        formula=formula_of(row),
        trace_lines=lines_of(row) if _is_award(row) else (),
        reversed=hasattr(row, "reversed_by"),
        cause_type=row.cause_type,
        cause_id=row.cause_id,
        because=str(row.metadata.get("because", "")).partition(":")[0],
        reason=row.reason if is_own else "",
    )


def formula_of(row: XpLog) -> str:
    """The arithmetic of an award at a glance; empty for a reversal and for an adjustment by staff."""
    return formula(row.why) if _is_award(row) else ""


def formula(trace: Trace) -> str:
    """10 × 1.25 = 12, rounded down; the base alone where nothing multiplies it; what a cap left of it."""
    if not trace.multipliers:
        equation = _("Base %(points)s") % {"points": whole(trace.base)}
    else:
        factors = [whole(trace.base), *(factor(multiplier.basis_points) for multiplier in trace.multipliers)]
        equation = f"{' × '.join(factors)} = {whole(multiply(trace.base, trace.multipliers))}"
        if not _is_exact(trace):
            equation = _("%(equation)s, rounded down") % {"equation": equation}
    if trace.limit is None:
        return equation
    return _("%(equation)s, of which a cap left %(points)s") % {"equation": equation, "points": whole(trace.result)}


def lines_of(row: XpLog) -> tuple[TraceLine, ...]:
    """An award's arithmetic, line by line; its path has the name that the rules of that moment gave it."""
    trace = row.why
    if not any(multiplier.source.startswith("path:") for multiplier in trace.multipliers):
        return trace_lines(trace)
    decided_by = rulebook.at(number=row.rule_set_id, sha256=row.rule_set.sha256)
    return trace_lines(trace, {path.id: path.name for path in path_rules.paths(decided_by.rules).values()})


def trace_lines(trace: Trace, names: Mapping[str, str] | None = None) -> tuple[TraceLine, ...]:
    """An award's arithmetic, line by line: base, every multiplier, result. `names` are those of paths, by their ids."""
    lines = [] if trace.scale is None else [(_("DGT moved"), whole(trace.scale.amount))]
    lines.append((_("Base"), whole(trace.base)))
    lines += [(_source(multiplier, names or {}), times(multiplier.basis_points)) for multiplier in trace.multipliers]
    if trace.limit is not None:
        lines.append((_limit(trace.limit.name), whole(trace.limit.left)))
    lines.append((_("Result") if _is_exact(trace) else _("Result, rounded down"), f"= {whole(trace.result)}"))
    return tuple(lines)


# ── What earned nothing ─────────────────────────────────────────────────────────────────────────────────────────────

WHY_REFUSED: dict[str, Promise] = {
    Refusal.UNKNOWN_ACTION: gettext_lazy("Nothing of that name earns XP here."),
    Refusal.SWITCHED_OFF: gettext_lazy("This earns no XP at present."),
    Refusal.SUSPENDED: gettext_lazy("Suspended accounts neither earn XP nor bring it to others."),
    Refusal.SELF: gettext_lazy("What you do for yourself earns nothing."),
    Refusal.ONE_PERSON: gettext_lazy("Both accounts belong to one person, so neither earns from the other."),
    Refusal.TOO_NEW: gettext_lazy("Your account was too new for it."),
    Refusal.UNVERIFIED: gettext_lazy("Your e-mail address was not confirmed."),
    Refusal.REPOST: gettext_lazy("You had written the same, or nearly the same, within 24 hours."),
    Refusal.RETURNED: gettext_lazy("The DGT only came back from an earlier tip."),
    Refusal.COOLDOWN: gettext_lazy("It came too soon after the last time."),
    Refusal.DAILY_CAP: gettext_lazy("You had all the XP it pays in one day. Days are those of UTC."),
    Refusal.WEEKLY_CAP: gettext_lazy("You had all the XP it pays in one week. Weeks begin on Monday, UTC."),
    Refusal.PAIR_CAP: gettext_lazy("You had all the XP it pays for one other member in a day. Days are those of UTC."),
    Refusal.NOTHING: gettext_lazy("It was too little for a whole XP."),
}
WHY_REFUSED_TO_THE_OTHER: dict[str, Promise] = {
    Refusal.TOO_NEW: gettext_lazy("The account that did it was too new to bring you XP."),
    Refusal.UNVERIFIED: gettext_lazy("The account that did it has no confirmed e-mail address."),
}
"""Where another member acts, as with a like, the limits of new accounts are theirs."""


def why_refused(reason: str, *, other_acts: bool = False) -> str:
    """A refusal in a sentence. `other_acts`: another member did it, as with a like received."""
    words = WHY_REFUSED | WHY_REFUSED_TO_THE_OTHER if other_acts else WHY_REFUSED
    return str(words.get(reason) or _("It earned nothing."))


@dataclass(frozen=True)
class RefusedEntry:
    """Something a member did that earned nothing."""

    label: str
    why: str
    created_at: datetime
    again_at: datetime | None
    """When it pays again, where that is a question of time."""
    pays_again: bool
    """That moment has passed."""
    cause_type: str
    cause_id: str
    subject: str = ""
    cause_url: str = ""


def refusals(rows: Iterable[XpRefusal]) -> list[RefusedEntry]:
    """Rows of `XpRefusal.objects.of(user)`, ready to show to that member."""
    now = timezone.now()
    return [_refused(row, now) for row in rows]


def _refused(row: XpRefusal, now: datetime) -> RefusedEntry:
    other_acts = row.counterparty_id is not None and row.action.name not in EARNED_BY_GIVING
    return RefusedEntry(
        label=row.action.label,
        why=why_refused(row.reason, other_acts=other_acts),
        created_at=row.created_at,
        again_at=row.again_at,
        pays_again=row.again_at is not None and row.again_at <= now,
        cause_type=row.cause_type,
        cause_id=row.cause_id,
    )


# ── Places and ranks ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class XpPlace(Place):
    """Where a member stands on a board of XP."""

    level: int
    rank_name: str
    tier: str

    @property
    def xp(self) -> int:
        """Of the board's span, and never below 0."""
        return self.figure


def place_of(user: User, mine: UserXp, span: Span = ALL_TIME) -> XpPlace:
    """The place of a member on the board of a span; `mine` is their XP row.

    One query for all time, two for a period.
    """
    board = XpBoard(span)
    xp = max(mine.xp if span == ALL_TIME else board.xp_of(user), 0)
    standing = services.curve().level(mine.level)
    return XpPlace(
        **asdict(board.place_of(user, figure=xp, is_listed=mine.is_listed)),
        level=mine.level,
        rank_name=standing.rank_name,
        tier=standing.tier,
    )


def nobody_on(span: Span) -> str:
    """What an empty board says."""
    sentences = {
        "day": _("Nobody has earned XP today yet"),
        "week": _("Nobody has earned XP this week yet"),
        "month": _("Nobody has earned XP this month yet"),
    }
    return sentences.get(span.name, _("Nobody is on this board yet"))


def boundaries(span: Span) -> str:
    """What a board counts, from when to when: in UTC, as the boundaries are."""
    if not span.starts_at or not span.ends_at:
        return _("All XP ever earned.")
    sentences = {
        "day": _("Day since %(start)s, 00:00 UTC. The next begins on %(end)s."),
        "week": _("Week since %(start)s, 00:00 UTC. The next begins on %(end)s."),
        "month": _("Month since %(start)s, 00:00 UTC. The next begins on %(end)s."),
    }
    start, end = (date_format(moment, "D j M") for moment in (span.starts_at, span.ends_at))
    return sentences[span.name] % {"start": start, "end": end}


@dataclass(frozen=True)
class Rung:
    """A tier as a step of the ladder: the how manyth of how many, and where the next begins."""

    number: int
    count: int
    following: Level | None


def ladder() -> list[Level]:
    """The first level of every tier, ascending."""
    levels = services.curve().levels
    return [here for below, here in zip((None, *levels), levels, strict=False) if not below or below.tier != here.tier]


def rung_of(level: int) -> Rung:
    """Which step of the ladder a level stands on."""
    steps = ladder()
    number = sum(step.level <= level for step in steps)
    return Rung(number, len(steps), following=steps[number] if number < len(steps) else None)


def reward_of(level: int) -> int:
    """DGT that reaching a level pays, or 0. Usually without a query."""
    return int(rulebook.recent().rules["xp"]["rewards"].get(str(level), 0))


def action_pays(name: str) -> int:
    """The base XP of an action, or 0 while it is switched off. Usually without a query."""
    action = Action.of(rulebook.recent().rules, name)
    return action.base if action and action.is_enabled else 0


def label(row: XpLog) -> str:
    """What a row is about, in words."""
    what = row.action.label if row.action else _adjustment(row)
    if row.reverses_id is None:
        return what
    words = _("Taken back: %(label)s") if row.xp_awarded < 0 else _("Granted again: %(label)s")
    if row.xp_awarded >= 0 and row.metadata.get("because", "").startswith("tip_returned:"):
        words = _("%(label)s, what stayed of it")
    return words % {"label": what}


def _is_award(row: XpLog) -> bool:
    return row.action_id is not None and row.reverses_id is None


def _adjustment(row: XpLog) -> str:
    """A row without an action is by staff; without staff it is the doctor's."""
    return _("Adjustment by staff") if row.actor_id else _("Put right by xp_doctor")


def _limit(name: str) -> str:
    names: dict[str, str] = {
        Refusal.DAILY_CAP: _("Left of the daily cap"),
        Refusal.WEEKLY_CAP: _("Left of the weekly cap"),
        Refusal.PAIR_CAP: _("Left of the daily cap from one member"),
    }
    return names.get(name, _("At most"))


def _is_exact(trace: Trace) -> bool:
    product = prod((multiplier.basis_points for multiplier in trace.multipliers), start=trace.base)
    return bool(multiply(trace.base, trace.multipliers) * ONE ** len(trace.multipliers) == product)


def _source(multiplier: Multiplier, names: Mapping[str, str]) -> str:
    """`path:analyst` reads “Analyst path”, by its name if that is known. An event has its name, a boost needs none."""
    kind, _colon, name = multiplier.source.partition(":")
    match kind:
        case "event":
            return _("Event “%(name)s”") % {"name": name}
        case "boost":
            return _("Boost")
        case "path" if name in names:
            return _("%(name)s path") % {"name": names[name]}
    words = f"{name} {kind}".strip().replace("_", " ")
    return words[:1].upper() + words[1:]
