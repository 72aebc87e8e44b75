"""Journals that something hangs on: the app that knows it takes both back together, and says where."""

from collections.abc import Callable

from django.utils.functional import Promise

Claim = Callable[[int], str | Promise]
"""Given a journal's id: where it is taken back instead of in the ledger; "" where it is not this app's."""

_claims: list[Claim] = []


def register(claim: Claim) -> None:
    """Journals that `claim` names are not reversed alone."""
    _claims.append(claim)


def elsewhere(journal_id: int) -> str:
    """Where a journal is taken back, in a sentence; "" if in the ledger."""
    return next((said for claim in _claims if (said := str(claim(journal_id)))), "")
