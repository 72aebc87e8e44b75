"""The economy at a glance: real figures for the strip, at most a minute old and usually without a query."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock
from degentalk.forum.models import Post
from wallet.models import DgtTransaction, UserWallet
from xp.models import XpLog

CACHE_KEY = "pages:economy"
CACHE_SECONDS = 60
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Economy:
    """Whole DGT, whole XP, counts. The day is the last 24 hours."""

    supply: int
    minted: int
    burned: int
    xp: int
    posts: int
    members: int

    def strip(self) -> list[tuple[str, int]]:
        """Label and figure, in the order shown. Nothing is said of burning while nothing burns."""
        figures = [(_("Supply, DGT"), self.supply), (_("Minted 24 h"), self.minted)]
        if self.burned:
            figures.append((_("Burned 24 h"), self.burned))
        return [*figures, (_("XP 24 h"), self.xp), (_("Posts 24 h"), self.posts), (_("Members"), self.members)]


def recent() -> Economy:
    """The figures of the last minute."""
    # Plain values in the cache: an instance would not survive a release that changes the class.
    figures = cache.get(CACHE_KEY)
    if figures is None:
        figures = asdict(measure())
        cache.set(CACHE_KEY, figures, CACHE_SECONDS)
    return Economy(**figures)


def measure() -> Economy:
    """The figures now, in five queries."""
    a_day_ago = Clock() - DAY
    minted, burned = DgtTransaction.objects.since(a_day_ago).minted_and_burned()
    return Economy(
        supply=UserWallet.objects.supply(),
        minted=minted,
        burned=burned,
        xp=XpLog.objects.since(a_day_ago).points(),
        posts=Post.objects.visible().filter(created_at__gte=a_day_ago).count(),
        members=User.objects.filter(is_active=True).count(),
    )
