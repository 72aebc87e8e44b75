"""What a member has just earned, as toasts."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from degentalk.core import toasts
from xp.figures import whole
from xp.services import Gain, curve


def earned(request: HttpRequest, gain: Gain, *, why: str) -> None:
    """XP, and the newest level. A refusal of the rules, such as a cooldown, is quiet."""
    if gain.points:
        toasts.add(request, kind="xp", title=_("+%(points)s XP") % {"points": whole(gain.points)}, text=why)
    if gain.levels:
        reached = curve().level(gain.levels[-1])
        toasts.add(
            request,
            kind="levelup",
            title=_("Level %(level)s") % {"level": whole(reached.level)},
            text=_reward(reached.rank_name, gain.dgt),
            level=reached.level,
            tier=reached.tier,
            name=reached.rank_name,
        )


def _reward(rank_name: str, dgt: int) -> str:
    if not dgt:
        return _("You are %(rank)s now.") % {"rank": rank_name}
    words = ngettext("%(rank)s. %(amount)s DGT is yours.", "%(rank)s. %(amount)s DGT are yours.", dgt)
    return words % {"rank": rank_name, "amount": whole(dgt)}
