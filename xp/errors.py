"""What XP refuses. A refused award is no error: it is a Gain that says why."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error

from degentalk.core.errors import KeyReused


class UnknownAction(LookupError):
    """A mistake in our own code: the rules do not know that action."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the door says of a misused key into KeyReused; everything else passes."""
    try:
        yield
    except Error as error:
        if getattr(error.__cause__, "sqlstate", None) == "XP002":
            raise KeyReused from error
        raise
