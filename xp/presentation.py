"""XP as members read it: what an award was for and its arithmetic, a place on the board, the ladder of ranks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import prod

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.rulebook import services as rulebook
from xp import services
from xp.models import UserXp, XpLog
from xp.rules import ONE, Level, Multiplier, Refusal, Trace, multiply

TraceLine = tuple[str, str]
"""What, and how much: ("Base", "10")."""


@dataclass(frozen=True)
class Entry:
    """One line of a member's XP history."""

    label: str
    points: int
    created_at: datetime
    formula: str
    """The arithmetic at a glance: 10 × 1.25 = 12. Empty for a reversal."""
    trace_lines: tuple[TraceLine, ...]
    """The same, each factor with its name."""
    reversed: bool
    cause_type: str
    cause_id: str
    subject: str = ""
    """What the thing behind it is called, and `cause_url` where it can be seen; apps above know, XP does not."""
    cause_url: str = ""


def entries(rows: Iterable[XpLog]) -> list[Entry]:
    """Rows of `XpLog.objects.of(user)`, ready to show."""
    return [entry(row) for row in rows]


def entry(row: XpLog) -> Entry:
    """One row, ready to show. A reversal says what it takes back and has no arithmetic of its own."""
    return Entry(
        label=_label(row),
        points=row.xp_awarded,
        created_at=row.created_at,
        formula="" if row.reverses_id else formula(row.why),
        trace_lines=() if row.reverses_id else trace_lines(row.why),
        reversed=hasattr(row, "reversed_by"),
        cause_type=row.cause_type,
        cause_id=row.cause_id,
    )


def formula(trace: Trace) -> str:
    """10 × 1.25 = 12, rounded down; the base alone where nothing multiplies it; what a cap left of it."""
    if not trace.multipliers:
        equation = _("Base %(points)s") % {"points": _whole(trace.base)}
    else:
        factors = [_whole(trace.base), *(_factor(multiplier.basis_points) for multiplier in trace.multipliers)]
        equation = f"{' × '.join(factors)} = {_whole(multiply(trace.base, trace.multipliers))}"
        if not _is_exact(trace):
            equation = _("%(equation)s, rounded down") % {"equation": equation}
    if trace.limit is None:
        return equation
    return _("%(equation)s, of which a cap left %(points)s") % {"equation": equation, "points": _whole(trace.result)}


def trace_lines(trace: Trace) -> tuple[TraceLine, ...]:
    """An award's arithmetic, line by line: base, every multiplier, result."""
    lines = [] if trace.scale is None else [(_("DGT moved"), _whole(trace.scale.amount))]
    lines.append((_("Base"), _whole(trace.base)))
    lines += [(_source(multiplier), f"×{_factor(multiplier.basis_points)}") for multiplier in trace.multipliers]
    if trace.limit is not None:
        lines.append((_limit(trace.limit.name), _whole(trace.limit.left)))
    lines.append((_("Result") if _is_exact(trace) else _("Result, rounded down"), f"= {_whole(trace.result)}"))
    return tuple(lines)


@dataclass(frozen=True)
class Place:
    """Where a member stands on the board, also one whom it does not show to others."""

    position: int | None
    """None beyond the first 10,000, and without XP."""
    user_id: int
    username: str
    xp: int
    level: int
    rank_name: str
    tier: str
    behind: int | None
    """XP that the nearest member ahead has more; None at the top."""
    is_listed: bool


def place_of(user: User, mine: UserXp) -> Place:
    """The place of `mine`, the XP row of `user`. Two queries."""
    standing = services.curve().level(mine.level)
    above = UserXp.objects.next_above(mine.xp)
    return Place(
        position=UserXp.objects.position_of(mine.xp) if mine.xp > 0 else None,
        user_id=user.pk,
        username=user.username,
        xp=max(mine.xp, 0),
        level=mine.level,
        rank_name=standing.rank_name,
        tier=standing.tier,
        behind=None if above is None else above - max(mine.xp, 0),
        is_listed=mine.is_listed,
    )


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


def _label(row: XpLog) -> str:
    label = row.action.label if row.action else _("Adjustment by staff")
    if row.reverses_id is None:
        return label
    words = _("Taken back: %(label)s") if row.xp_awarded < 0 else _("Granted again: %(label)s")
    return words % {"label": label}


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


def _source(multiplier: Multiplier) -> str:
    """`path:analyst` reads “Analyst path”."""
    words = " ".join(reversed(multiplier.source.split(":"))).replace("_", " ")
    return words[:1].upper() + words[1:]


def _factor(basis_points: int) -> str:
    """12,500 reads 1.25, 20,000 reads 2: as many decimals as it needs."""
    whole, rest = divmod(basis_points, ONE)
    decimals = f"{rest:04d}".rstrip("0")
    return number_format(f"{whole}.{decimals}" if decimals else whole, use_l10n=True)


def _whole(points: int) -> str:
    return str(number_format(points, use_l10n=True, force_grouping=True))
