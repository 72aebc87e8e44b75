"""The verbs of the ledger. Each takes a key: the same key and request again changes nothing.

All amounts are whole DGT from 1 to 1,000,000,000,000. Every verb joins the caller's transaction, or is one itself.
"""

import hashlib
import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from wallet.errors import BadAmount, NoSuchAccount, in_words

AMOUNT_MAX = 10**12


@dataclass(frozen=True)
class Journal:
    """A movement that has happened, now or the first time this key was used."""

    id: int
    public_id: UUID
    replayed: bool


@dataclass(frozen=True)
class Leg:
    """One side of a movement: a member's own account, or the system account of that name."""

    amount: int
    user: User | None = None
    account: str = "member"


def credit(
    *,
    user: User,
    amount: int,
    source: str,
    key: str,
    description: str,
    actor: User | None = None,
) -> Journal:
    """Pay a member from a system account. Raises BadAmount, NoSuchAccount, KeyReused."""
    _check_amount(amount)
    legs = (Leg(-amount, account=source), Leg(amount, user))
    return _post("credit", legs, key=key, description=description, actor=actor)


def debit(
    *,
    user: User,
    amount: int,
    to: str,
    key: str,
    description: str,
    actor: User | None = None,
) -> Journal:
    """Take from a member into a system account. Raises BadAmount, NoSuchAccount, NotEnoughDGT, KeyReused."""
    _check_amount(amount)
    legs = (Leg(-amount, user), Leg(amount, account=to))
    return _post("debit", legs, key=key, description=description, actor=actor)


def transfer(*, sender: User, receiver: User, amount: int, key: str, description: str = "") -> Journal:
    """Move DGT from member to member: neither earned nor spent.

    Raises BadAmount, NoSuchAccount (oneself, or suspended), NotEnoughDGT, KeyReused.
    """
    _check_amount(amount)
    if sender.pk == receiver.pk:
        raise NoSuchAccount(_("You cannot send DGT to yourself."))
    if not (sender.is_active and receiver.is_active):
        raise NoSuchAccount(_("That account is suspended and cannot send or receive DGT."))
    legs = (Leg(-amount, sender), Leg(amount, receiver))
    return _post("transfer", legs, key=key, description=description, actor=sender)


def reverse(*, journal_id: int, key: str, reason: str, actor: User | None) -> Journal:
    """Undo a journal by one that mirrors it. Raises AlreadyReversed, NotEnoughDGT, NoSuchAccount, KeyReused."""
    request = _hash({"kind": "reversal", "journal": journal_id, "actor": actor and actor.pk})
    return _call(
        "dgt_reverse(%s, %s, %s, %s::bigint, %s)",
        [journal_id, key, request, actor and actor.pk, reason],
    )


def _check_amount(amount: int) -> None:
    # bool is an int in Python; a float that happens to be whole is still not a whole amount.
    if type(amount) is not int or not 1 <= amount <= AMOUNT_MAX:
        raise BadAmount(_("Amounts are whole DGT from 1 to 1,000,000,000,000."))


def _post(kind: str, legs: tuple[Leg, ...], *, key: str, description: str, actor: User | None) -> Journal:
    request = _hash(
        {
            "kind": kind,
            "legs": [[leg.user and leg.user.pk, leg.account, leg.amount] for leg in legs],
            "description": description,
            "actor": actor and actor.pk,
        }
    )
    return _call(
        "dgt_post(%s, %s, %s::bigint[], %s::text[], %s::bigint[], %s, p_actor => %s::bigint, p_description => %s)",
        [
            kind,
            key,
            [leg.user and leg.user.pk for leg in legs],
            [leg.account for leg in legs],
            [leg.amount for leg in legs],
            request,
            actor and actor.pk,
            description,
        ],
    )


def _call(door: str, arguments: list[Any]) -> Journal:
    with in_words(), _savepoint(), connection.cursor() as cursor:
        cursor.execute(f"select journal_id, public_id, replayed from {door}", arguments)  # noqa: S608 our own constant
        return Journal(*cursor.fetchone())


def _savepoint() -> AbstractContextManager[object]:
    """A refusal must not spoil the caller's transaction. Outermost, one statement is a transaction by itself."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _hash(request: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
