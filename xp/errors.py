"""What XP refuses. A refused award is no error: it is a Gain that says why."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error
from django.utils.translation import gettext as _

from degentalk.core.errors import KeyReused, Refused


class UnknownAction(LookupError):
    """A mistake in our own code: the rules do not know that action."""


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
        raise
