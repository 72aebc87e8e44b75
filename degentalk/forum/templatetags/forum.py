"""Who may moderate, for templates."""

from django import template

from degentalk.accounts.models import User
from degentalk.forum import permissions

register = template.Library()


@register.filter
def is_moderator(viewer: object) -> bool:
    """`{% if request.user|is_moderator %}`. Whoever is not signed in, or has no request at all, is none."""
    return isinstance(viewer, User) and permissions.is_moderator(viewer)


@register.filter
def may_moderate(viewer: object, member: User) -> bool:
    """`{% if request.user|may_moderate:person %}`."""
    return isinstance(viewer, User) and permissions.may_moderate(viewer, member)
