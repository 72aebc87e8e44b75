"""Adjustments of XP that take two people: asked for here, and done once somebody else agreed."""

from typing import cast

from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval
from xp.models import UserXp
from xp.services.adjust import adjust

ADJUSTMENT = "xp_adjustment"


def ask_to_adjust(*, user: User, points: int, reason: str, actor: User, key: str) -> Approval:
    """Ask a second member of staff to agree to an adjustment, once per key. Raises what `approvals.ask` raises."""
    words = _("Add %(points)s XP to %(name)s.") if points > 0 else _("Take %(points)s XP from %(name)s.")
    return approvals.ask(
        kind=ADJUSTMENT,
        actor=actor,
        about=user,
        request={"points": points},
        summary=words % {"points": f"{abs(points):,}", "name": user.username},
        reason=reason,
        key=key,
    )


def adjust_approved(approval: Approval, decider: User) -> str:
    """Do what was asked for, in both names. What `adjust` refuses now is refused."""
    member, points = cast(User, approval.about), approval.request["points"]
    adjust(
        user=member,
        points=points,
        reason=approval.reason,
        actor=approval.asked_by,
        approver=decider,
        key=approval.key,
    )
    return adjusted(member, points)


def adjusted(user: User, points: int) -> str:
    """What an adjustment did, in a sentence for staff."""
    return _("Adjusted by %(points)s XP: %(name)s has %(xp)s XP now.") % {
        "points": f"{points:+,}", "name": user.username, "xp": f"{UserXp.objects.of(user).xp:,}",
    }  # fmt: skip
