"""Who may use an API view."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from degentalk.accounts.models import ApiToken

if TYPE_CHECKING:  # DRF's views import this module for their defaults
    from rest_framework.views import APIView


class SignedInWithScope(BasePermission):
    """Signed in; and with a token, one that has the view's `scope`. A view without a scope takes no tokens."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, ApiToken):
            require_scope(request.auth, getattr(view, "scope", None))
        return True


def require_scope(token: ApiToken, scope: str | None) -> None:
    """Raise PermissionDenied, in a sentence that says what is missing."""
    if scope is None:
        raise PermissionDenied(_("API tokens are not accepted here. Use the site itself."))
    if scope not in token.scopes:
        raise PermissionDenied(_("This API token lacks the scope “%(scope)s”.") % {"scope": scope})


def has_scope(request: Request, scope: str) -> bool:
    """Whether this is a member who may read that of their own: signed in, and with a token only by its scope."""
    if isinstance(request.auth, ApiToken):
        return scope in request.auth.scopes
    return bool(request.user.is_authenticated)


def may(request: Request, *, scope: str, permission: str) -> bool:
    """Whether the asker holds a permission of the site; and with a token, whether it has the scope too."""
    has_scope = not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
    return has_scope and request.user.has_perm(permission)


def require_permission(request: Request, *, scope: str, permission: str) -> None:
    """The same, raising PermissionDenied in a sentence that says what is missing."""
    if isinstance(request.auth, ApiToken):
        require_scope(request.auth, scope)
    if not request.user.has_perm(permission):
        raise PermissionDenied(_("This takes the permission “%(permission)s”.") % {"permission": permission})
