"""What the ledger refuses, in the member's words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error
from django.utils.translation import gettext as _

from degentalk.core.errors import KeyReused, Refused


class NotEnoughDGT(Refused):
    """The movement would overdraw a wallet."""

    code = "not-enough-dgt"


class BadAmount(Refused):
    """Not a whole number from 1 to 1,000,000,000,000."""

    code = "bad-amount"


class NoSuchAccount(Refused):
    """The other side cannot receive: oneself, missing, suspended, or not an account at all."""

    code = "no-such-account"


class AlreadyReversed(Refused):
    """A journal is reversed at most once."""

    code = "already-reversed"


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the door raises into errors of this module; everything else passes."""
    try:
        yield
    except Error as error:
        raise _translated(error) from error


def _translated(error: Error) -> Exception:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    diagnosis = getattr(cause, "diag", None)
    match state:
        case "DG001":
            short = json.loads(diagnosis.message_detail)  # type: ignore[union-attr]
            return NotEnoughDGT(
                _("You have %(balance)s DGT; this needs %(wanted)s.")
                % {"balance": f"{short['balance']:,}", "wanted": f"{short['wanted']:,}"}
            )
        case "DG002":
            return BadAmount(diagnosis.message_primary)  # type: ignore[union-attr]
        case "DG003":
            return KeyReused()
        case "DG004":
            return NoSuchAccount(diagnosis.message_primary)  # type: ignore[union-attr]
        case "DG005":
            return AlreadyReversed(_("A reversal cannot be reversed."))
        case "23505" if getattr(diagnosis, "constraint_name", "") == "dgt_journal_reverses_id_key":
            return AlreadyReversed(_("This movement has been reversed already."))
        case _:
            return error
