"""A streak freeze: it covers one missed day by itself."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk import unlocks
from degentalk.accounts.models import User
from xp.models import StreakFreeze
from xp.services import grant_streak_freeze


class StreakFreezeData(unlocks.UnlockData):
    pass


def deliver(user: User, data: unlocks.Data, source: str) -> None:
    """It waits for the day that its owner misses."""
    grant_streak_freeze(user=user, source=source)


def take_away(source: str) -> bool:
    """An unused one; one that covered a day stays."""
    deleted, _by_model = StreakFreeze.objects.filter(source=source, used_for=None).delete()
    return deleted > 0


def spent(sources: Collection[str]) -> set[str]:
    """Those that covered a day."""
    used = StreakFreeze.objects.filter(source__in=sources, used_for__isnull=False)
    return set(used.values_list("source", flat=True))


TYPE = unlocks.register(
    unlocks.Delivered(
        name="streak_freeze",
        label=gettext_lazy("Streak freeze"),
        icon="snowflake",
        data=StreakFreezeData,
        says=lambda data: _("Keeps your streak over one missed day, by itself."),
        deliver=deliver,
        take_away=take_away,
        spent=spent,
    )
)
