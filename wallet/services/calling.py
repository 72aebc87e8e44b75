"""How the verbs call the doors in the database."""

import hashlib
import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from wallet.errors import BadAmount, in_words

AMOUNT_MAX = 10**12


@dataclass(frozen=True)
class Journal:
    """A movement that has happened, now or the first time this key was used."""

    id: int
    public_id: UUID
    replayed: bool


def call(door: str, arguments: list[Any], *, you: User | None = None) -> Journal:
    """Call a door that moves DGT: its name and the places of its arguments. `you` is the member who reads a refusal."""
    row = ask(f"select journal_id, public_id, replayed from {door}", arguments, you=you)  # noqa: S608 our own constant
    return Journal(*row)


def ask(statement: str, arguments: list[Any], *, you: User | None = None) -> tuple[Any, ...]:
    """One row of a statement that may refuse. A refusal does not spoil the caller's transaction."""
    with in_words(you=you.pk if you else None), _savepoint(), connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def request_hash(**request: object) -> str:
    """What makes two requests with one key the same."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def check_amount(amount: int) -> None:
    """Raises BadAmount for anything but a whole number in range."""
    # bool is an int in Python; a float that happens to be whole is still not a whole amount.
    if type(amount) is not int or not 1 <= amount <= AMOUNT_MAX:
        raise BadAmount(_("Amounts are whole DGT from 1 to 1,000,000,000,000."))


def _savepoint() -> AbstractContextManager[object]:
    # Outermost, one statement is a transaction by itself.
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
