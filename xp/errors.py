"""What XP refuses. A refused award is no error: it is a Gain that says why."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.db import Error
from django.utils.translation import gettext as _

from degentalk.core.errors import Conflict, KeyReused, MemberError, Refused


class UnknownAction(LookupError):
    """A mistake in our own code: the rules do not know that action."""


class CurveChangeUnderWay(Conflict):
    """One change of the curve at a time."""

    code = "curve-change-under-way"

    def __init__(self) -> None:
        super().__init__(
            _("Everyone's level is still following the last change of the curve. Try again when it is done.")
        )


class NotAllowed(MemberError):
    """Whoever asks may not have this done, now: it is not remembered for the key, and may be asked again."""

    status = HTTPStatus.FORBIDDEN
    code = "not-allowed"


class CauseTaken(Refused):
    """A cause belongs to one member."""

    code = "cause-taken"

    def __init__(self) -> None:
        super().__init__(_("This cause has earned another member XP for this action. Name a cause of its own."))


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the door refuses into errors that members understand; everything else passes."""
    try:
        yield
    except Error as error:
        match getattr(error.__cause__, "sqlstate", None):
            case "XP002":
                raise KeyReused from error
            case "XP003":
                raise Refused(_("They do not have that much XP: an adjustment leaves no less than 0.")) from error
            case "XP004":
                raise Refused(_("An adjustment needs a reason, and nobody adjusts their own XP.")) from error
            case "XP005":
                raise CurveChangeUnderWay from error
        raise
