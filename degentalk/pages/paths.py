"""The page of all paths and the page of one: what they are, how far the viewer is, and what each would have earned."""

from dataclasses import asdict, dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.pages.boards import Tab
from degentalk.rulebook import services as rulebook
from paths import presentation
from paths import rules as path_rules
from paths import services as paths
from paths.models import XpPath
from paths.presentation import Forecast as OfPath
from paths.presentation import PathShown
from paths.views import PathBoardShown
from xp import services as xp
from xp.models import XpLog
from xp.services import Forecast

FORECAST_SECONDS = 10 * 60


@dataclass(frozen=True)
class PathsShown:
    """All paths, for one viewer."""

    paths: list[PathShown]
    forecast: Forecast | None
    """None for visitors."""

    @property
    def has_primary(self) -> bool:
        return any(path.state == presentation.State.PRIMARY for path in self.paths)

    @property
    def most(self) -> PathShown | None:
        """The path that would have earned most, if that is more than was earned."""
        told = [path for path in self.paths if path.forecast and path.forecast.difference > 0]
        return max(told, key=lambda path: path.forecast.points if path.forecast else 0, default=None)


def all_of(viewer: User | AnonymousUser) -> PathsShown:
    """Every path in the order of pages."""
    member = viewer if isinstance(viewer, User) else None
    found = presentation.shown_to(member, XpPath.objects.shown())
    forecast = forecast_of(member) if member else None
    return PathsShown([_with_forecast(path, forecast) for path in found], forecast)


def one(path: XpPath, viewer: User | AnonymousUser) -> PathShown:
    """One path with its levels."""
    if not isinstance(viewer, User):
        return presentation.shown(path, None)
    return _with_forecast(presentation.shown(path, paths.standing_of(viewer)), forecast_of(viewer))


def forecast_of(member: User) -> Forecast:
    """What the member's last 30 days would have earned: as of ten minutes ago at most, and as of their newest award.

    One query where that is known.
    """
    newest = XpLog.objects.filter(user=member).newest().values_list("pk", flat=True).first()
    key = f"pages:forecast:{member.pk}:{rulebook.recent().number}:{newest}"
    # Plain values in the cache: an instance would not survive a release that changes the class.
    figures = cache.get(key)
    if figures is None:
        figures = asdict(xp.forecast(member))
        cache.set(key, figures, FORECAST_SECONDS)
    return Forecast(**figures)


def views(shown: PathBoardShown) -> list[Tab]:
    """A path's board from the top, or around oneself: for members only."""
    if shown.me is None:
        return []
    page = reverse("pages:path", args=[shown.path.pk])
    return [
        Tab("top", _("From the top"), page, is_current=shown.is_from_the_top and not shown.is_around),
        Tab("around", _("Around me"), f"{page}?around=me", is_current=shown.is_around),
    ]


def boards_of_paths() -> list[tuple[str, str]]:
    """Name and address of each path that has a board, without a query."""
    known = path_rules.paths(rulebook.recent().rules).values()
    named = sorted((path.name, reverse("pages:path", args=[path.id])) for path in known if path.is_active)
    return [(name, f"{url}#board") for name, url in named]


def _with_forecast(path: PathShown, forecast: Forecast | None) -> PathShown:
    points = forecast.by_path.get(path.id) if forecast and forecast.awards else None
    if forecast is None or points is None:
        return path
    return replace(path, forecast=OfPath(points, points - forecast.earned))
