"""A path switch: it lets its owner choose another primary path without waiting."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk import unlocks
from degentalk.accounts.models import User
from paths.services import grant_switch_token, spent_tokens, standing_of, take_switch_token


class PathSwitchData(unlocks.UnlockData):
    pass


def deliver(user: User, data: unlocks.Data, source: str) -> None:
    """It waits until its owner switches."""
    grant_switch_token(user=user, source=source)


def before_buying(user: User) -> str:
    """Whether they would pay for what costs nothing now."""
    if standing_of(user).again_at is not None:
        return ""
    return _("Choosing another path is free for you at the moment: a path switch is kept until you need one.")


TYPE = unlocks.register(
    unlocks.Delivered(
        name="path_switch",
        label=gettext_lazy("Path switch"),
        icon="trending-up",
        data=PathSwitchData,
        says=lambda data: _("Choose another path once, without waiting."),
        before_buying=before_buying,
        deliver=deliver,
        take_away=take_switch_token,
        spent=spent_tokens,
    )
)
