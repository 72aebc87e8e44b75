"""Who is asking the API: a token's owner, or the member signed in to the browser."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from degentalk.accounts import services
from degentalk.accounts.models import ApiToken, User


class ApiTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer dgt_pat_…`. Unknown, expired and malformed tokens get the same 401."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """One look-up by digest, where Knox reads all tokens of the member and deletes expired ones as it goes."""
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("This API token is not valid.")) from None
        found = ApiToken.objects.live(timezone.now()).select_related("user").filter(digest=digest).first()
        if found is None:
            raise AuthenticationFailed(_("This API token is not valid."))
        user, _token = self.validate_user(found)
        services.touch_token(found)
        return user, found


class SessionAuthentication(authentication.SessionAuthentication):
    """DRF's, but it names itself, so that an unauthenticated request is answered 401 and not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
