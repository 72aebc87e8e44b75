"""Refusals a member can understand. Everything else that goes wrong is a bug and becomes a 500."""

from http import HTTPStatus
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class MemberError(Exception):
    """A verb says no. `str(error)` is a sentence for the member; `code` is for programs."""

    status: ClassVar[int] = HTTPStatus.UNPROCESSABLE_ENTITY
    code: ClassVar[str] = "refused"

    @property
    def headers(self) -> dict[str, str]:
        """What the API's answer says beside the problem."""
        return {}

    def problem(self) -> dict[str, str]:
        """The body that is stored for a retry and shown by the API (RFC 9457)."""
        return {"title": HTTPStatus(self.status).phrase, "detail": str(self), "code": self.code}


class Refused(MemberError):
    """The request is well formed, but the rules do not allow it."""


class NotFound(MemberError):
    """It does not exist, or it is none of this member's business: both look the same."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class Conflict(MemberError):
    """Something else happened first."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Busy(Conflict):
    """Others held what it needs for too long. Nothing was done."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("Somebody else is changing the same thing just now. Nothing was done: try again."))


class TooOften(MemberError):
    """Not now: it was done as often as one may. Never remembered for a key."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-often"

    def __init__(self, *, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        words = ngettext(
            "That was too often. Try again in %(seconds)d second.",
            "That was too often. Try again in %(seconds)d seconds.",
            retry_after_seconds,
        )
        super().__init__(words % {"seconds": retry_after_seconds})

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_seconds)}


class KeyMissing(MemberError):
    """No usable idempotency key came with the request."""

    status = HTTPStatus.BAD_REQUEST
    code = "key-missing"

    def __init__(self) -> None:
        super().__init__(_("Send an idempotency key: 1 to 200 visible ASCII characters, new for every attempt."))


class KeyReused(MemberError):
    """The key belongs to another request."""

    code = "key-reused"

    def __init__(self) -> None:
        super().__init__(_("This idempotency key was used for another request. Use a new key."))


class KeyInFlight(MemberError):
    """The request waited for another one too long; nothing was done for this one."""

    status = HTTPStatus.CONFLICT
    code = "key-in-flight"

    def __init__(self) -> None:
        super().__init__(_("This is still being worked on. Try again in a moment."))
