"""What the forum does when accounts announces something, in the same transaction."""

from django.dispatch import receiver

from degentalk.accounts import signals
from degentalk.accounts.models import Suspension
from degentalk.forum.models import ModerationAct
from degentalk.forum.services.bans import end_ban


@receiver(signals.reinstated)
def end_ban_of_reinstated(suspension: Suspension, **_signal: object) -> None:
    """Whoever lets a banned member in again, on whichever page, gives back what the ban took. `unban` has done so."""
    banned = ModerationAct.objects.last_ban_of(suspension.member) is not None
    if banned and suspension.ended_by is not None:
        end_ban(member=suspension.member, moderator=suspension.ended_by, reason=suspension.end_reason)
