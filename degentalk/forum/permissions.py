"""Who moderates, and whom."""

from django.contrib.auth.models import AnonymousUser

from degentalk.accounts.models import User


def is_moderator(viewer: User | AnonymousUser) -> bool:
    """Staff with the permission. Other members are not looked up: that would cost every page two queries."""
    return viewer.is_active and viewer.is_staff and viewer.has_perm("forum.moderate")


def may_undo_tips(viewer: User | AnonymousUser) -> bool:
    """Moderators whom that is given too."""
    return is_moderator(viewer) and viewer.has_perm("forum.undo_tip")


def may_moderate(viewer: User | AnonymousUser, member: User) -> bool:
    """Nobody moderates themselves, and only an admin moderates staff."""
    return is_moderator(viewer) and viewer.pk != member.pk and (viewer.is_superuser or not is_staff(member))


def is_staff(member: User) -> bool:
    """Whether somebody has any power beyond a member's."""
    return member.is_staff or member.is_superuser
