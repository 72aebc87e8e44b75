"""Paths in the member's words: what each multiplies, how far one is, and what choosing one would mean."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.urls import reverse

from degentalk.accounts.boards import Place
from degentalk.accounts.models import User
from degentalk.core.clock import database_time
from degentalk.core.figures import times
from degentalk.rulebook import services as rulebook
from paths import rules as path_rules
from paths import services as paths
from paths.boards import PathBoard
from paths.models import UserPath, XpPath
from paths.rules import ONE, PathLevel, PathRules
from paths.rules.progress import PathProgress, progress
from paths.services import PathStanding
from paths.services.choosing import cooldown


@dataclass(frozen=True)
class Multiplied:
    """What a path multiplies: ×1.5 Reply written."""

    label: str
    times: str
    is_more: bool
    """Whether it earns more than without a path."""


class State(StrEnum):
    """What a path is to whoever looks at it."""

    PRIMARY = "primary"
    FIRST = "first"
    CHOOSABLE = "choosable"
    TOKEN = "token"  # noqa: S105
    """Choosable with a token only."""
    COOLDOWN = "cooldown"
    PAUSED = "paused"
    IDLE = "idle"
    """A visitor looks at it."""


@dataclass(frozen=True)
class Forecast:
    """What the path would have earned this member, and how much more that is than they earned."""

    points: int
    difference: int


@dataclass(frozen=True)
class PathShown:
    """A path, ready to show to one viewer."""

    id: str
    name: str
    tagline: str
    description: str
    icon: str
    color: str
    url: str
    is_active: bool
    levels: tuple[PathLevel, ...]
    multiplies: tuple[Multiplied, ...]
    state: str
    progress: PathProgress | None
    """None where the viewer never had it."""
    again_at: datetime | None
    """When the viewer may switch without a token; None: now."""
    forecast: Forecast | None = None
    """Apps above know it."""


def shown_to(viewer: User | None, found: Iterable[XpPath]) -> list[PathShown]:
    """Paths with their levels, as this viewer may see and choose them; a paused one only to who has it.

    At most three queries, however many paths.
    """
    standing = paths.standing_of(viewer) if viewer else None
    rows = {row.path_id: row for row in standing.rows} if standing else {}
    return [shown(path, standing) for path in found if path.is_active or path.pk in rows]


def shown(path: XpPath, standing: PathStanding | None) -> PathShown:
    """One path, as somebody of that standing sees it; None for a visitor."""
    row = next((row for row in standing.rows if row.path_id == path.pk), None) if standing else None
    rules = rules_of(path)
    return PathShown(
        id=path.pk,
        name=path.name,
        tagline=path.tagline,
        description=path.description,
        icon=path.icon,
        color=path.color,
        url=reverse("pages:path", args=[path.pk]),
        is_active=path.is_active,
        levels=rules.levels,
        multiplies=multiplies(path),
        state=_state(path, standing),
        progress=progress(rules, row.path_xp) if row else None,
        again_at=standing.again_at if standing else None,
    )


def multiplies(path: XpPath) -> tuple[Multiplied, ...]:
    """What a path multiplies, by the names of actions that members know; most first."""
    actions = rulebook.recent().rules["xp"]["actions"]
    named = sorted((-bps, actions.get(action, {}).get("label", action)) for action, bps in path.xp_multipliers.items())
    return tuple(Multiplied(label, times(-less), is_more=-less > ONE) for less, label in named if -less != ONE)


def rules_of(path: XpPath) -> PathRules:
    """What the rules say of it: ten seconds late at most, and usually without a query. One that they do not know yet
    is what its rows say."""
    known = path_rules.path_named(rulebook.recent().rules, path.pk)
    if known is not None:
        return known
    levels = tuple(PathLevel(row.level, row.xp_required, row.title) for row in path.levels.all())
    return PathRules(path.pk, path.name, path.is_active, path.xp_multipliers, levels)


def progress_of(row: UserPath) -> PathProgress:
    """How far a member is in a path, by its XP."""
    return progress(rules_of(row.path), row.path_xp)


def _state(path: XpPath, standing: PathStanding | None) -> State:
    if standing is None:
        return State.IDLE if path.is_active else State.PAUSED
    if standing.primary and standing.primary.path_id == path.pk:
        return State.PRIMARY
    if not path.is_active:
        return State.PAUSED
    if standing.primary is None:
        return State.FIRST
    if standing.again_at is None:
        return State.CHOOSABLE
    return State.TOKEN if standing.tokens else State.COOLDOWN


# ── Choosing ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Change:
    """What choosing a path would mean for a member."""

    to: PathShown
    left: PathShown | None
    """The path that stops; None before the first choice."""
    tokens: int
    wait: timedelta
    """From then on, until the next switch needs no token."""
    again_at: datetime
    """When that would be, if it were chosen now."""

    @property
    def waits(self) -> bool:
        return self.wait > timedelta(0)


def change_to(user: User, path: XpPath) -> Change:
    """What it would mean if this member chose that path now. Four queries."""
    standing, wait = paths.standing_of(user), cooldown()
    return Change(
        to=shown(path, standing),
        left=shown(standing.primary.path, standing) if standing.primary else None,
        tokens=standing.tokens,
        wait=wait,
        again_at=database_time() + wait,
    )


# ── What others see ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PathHad:
    """A path that a member is in."""

    path: XpPath
    url: str
    progress: PathProgress
    multiplies: tuple[Multiplied, ...]


@dataclass(frozen=True)
class Summary:
    """A member's paths at a glance, the same for everybody who looks."""

    primary: PathHad | None
    others: tuple[PathHad, ...]
    """By XP; where the member has any."""


def summary_of(user: User) -> Summary:
    """One query, however many paths."""
    rows = UserPath.objects.of(user).order_by("-path_xp", "path_id")
    had = [(row.primary_path, _had(row)) for row in rows]
    return Summary(
        primary=next((one for is_primary, one in had if is_primary), None),
        others=tuple(one for is_primary, one in had if not is_primary and one.progress.xp),
    )


def _had(row: UserPath) -> PathHad:
    url = reverse("pages:path", args=[row.path_id])
    return PathHad(row.path, url, progress_of(row), multiplies(row.path))


@dataclass(frozen=True)
class PathPlace(Place):
    """Where a member stands on a path's board."""

    path_level: int
    title: str


def place_of(user: User, path: XpPath) -> PathPlace:
    """The place of a member on the board of a path. Two queries."""
    mine = UserPath.objects.filter(user=user, path=path).first()
    is_listed = mine.is_listed if mine else user.is_active and not user.hides_from_boards
    stands = progress(rules_of(path), mine.path_xp if mine else 0)
    place = PathBoard(path).place_of(user, figure=stands.xp, is_listed=is_listed)
    return PathPlace(**asdict(place), path_level=stands.level, title=stands.title)
