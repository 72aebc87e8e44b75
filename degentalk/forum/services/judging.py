"""Who may decide about whom, and why."""

from degentalk.accounts.models import User
from degentalk.accounts.rules import clean_line
from degentalk.forum import rules
from degentalk.forum.errors import NoReason, OneselfModerated, StaffModerated
from degentalk.forum.permissions import is_staff


def checked_reason(text: str) -> str:
    """The reason on one line. Raises NoReason."""
    reason = clean_line(text)[: rules.REASON_MAX_LENGTH]
    if not rules.shows_something(reason):
        raise NoReason
    return reason


def refuse_unless_may_moderate(moderator: User, member: User) -> None:
    """Raises OneselfModerated and StaffModerated: that one is a moderator at all is for the page to ask."""
    if moderator.pk == member.pk:
        raise OneselfModerated
    if is_staff(member) and not moderator.is_superuser:
        raise StaffModerated
