"""A highlight: one's own thread stands out in the list for some hours."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.core.errors import Refused
from degentalk.core.fields import DIGITS, StrictIntegerField
from degentalk.core.templatetags.degen import moment as in_words
from degentalk.forum.services.highlights import highlight_thread, highlightable, hold_own_thread

HOURS_MAX = 24 * 30


class ThreadHighlightData(unlocks.UnlockData):
    hours = StrictIntegerField(min_value=1, max_value=HOURS_MAX)


def hold(user: User, target: str) -> None:
    """Replies to it and moderation hold the thread before its author."""
    if DIGITS.fullmatch(target):
        hold_own_thread(user, int(target))


def use(user: User, data: unlocks.Data, source: str, target: str) -> str:
    """Highlight the thread whose id is the target, from now on."""
    if not DIGITS.fullmatch(target):
        raise Refused(_("Choose one of your own threads that is still there."))
    shown = highlight_thread(thread_id=int(target), member=user, hours=data["hours"], source=source)
    facts = {"title": shown.thread.title, "when": in_words(shown.ends_at)}
    return _("“%(title)s” stands out until %(when)s.") % facts


TYPE = unlocks.register(
    unlocks.Usable(
        name="thread_highlight",
        label=gettext_lazy("Thread highlight"),
        icon="megaphone",
        data=ThreadHighlightData,
        says=lambda data: (
            _("One of your threads stands out in the list for %(hours)d hours.") % {"hours": data["hours"]}
        ),
        use=use,
        target=unlocks.Target(gettext_lazy("Thread"), highlightable, hold),
    )
)
