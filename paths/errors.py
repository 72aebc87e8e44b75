"""What paths refuse, in the member's words."""

from datetime import datetime

from django.utils.translation import gettext as _

from degentalk.core.errors import Conflict, NotFound
from degentalk.core.templatetags.degen import moment as in_words


class NoSuchPath(NotFound):
    """It does not exist, or it is paused and cannot be chosen."""

    code = "no-such-path"

    def __init__(self) -> None:
        super().__init__(_("There is no such path to choose."))


class SwitchTooSoon(Conflict):
    """The cooldown since the last choice is not over, and no token was used."""

    code = "switch-too-soon"

    def __init__(self, again_at: datetime, *, has_token: bool) -> None:
        self.again_at, self.has_token = again_at, has_token
        words = (
            _("You can switch again from %(when)s, or use a path switch now.")
            if has_token
            else _("You can switch again from %(when)s.")
        )
        super().__init__(words % {"when": in_words(again_at)})
