"""Seals: every closed journal in exactly one block, whatever commits when; signed, chained and logged outside."""

import hashlib
import json
import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import Error, connection, transaction

from tests import make
from tests.sealing import is_unsealed, seal_everything
from tests.threads import together
from wallet import merkle, signing, tasks
from wallet import services as wallet
from wallet.models import DgtJournal, DgtSeal, DgtTransaction
from wallet.services import blocks, seals
from wallet.services.blocks import Bound
from wallet.services.seals import SealingStopped


@pytest.fixture
def alice(committed_db):
    return make.user("alice")


def credit(user, number):
    return wallet.credit(user=user, amount=10, source="rewards", key=f"credit:{number}", description="")


def block_of(journal):
    """The number of the one seal whose bounds have the journal between them."""
    row = DgtJournal.objects.filter(pk=journal.id).first()
    if row is None:  # of a transaction that is still open
        return None
    place = Bound(row.epoch, int(row.xid))
    covering = [seal.number for seal, start in with_starts() if start <= place < bound(seal)]
    assert len(covering) <= 1
    return covering[0] if covering else None


def with_starts():
    start = blocks.START
    for seal in DgtSeal.objects.order_by("number"):
        yield seal, start
        start = bound(seal)


def bound(seal):
    return Bound(seal.epoch, seal.xid)


@contextmanager
def another_connection():
    """The application's role, beside the test's own connection."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        yield other


def raw_credit(other, user, key):
    """A credit inside another connection's transaction; its journal's id."""
    return other.execute(
        "select journal_id from dgt_post('credit', %s, array [null, %s]::bigint[], array ['rewards', 'member'],"
        " array [-5, 5]::bigint[], 'test')",
        [key, user.pk],
    ).fetchone()[0]


def sealed_journals():
    return sum(seal.journals for seal in DgtSeal.objects.all())


# ── which journals ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_closed_journal_is_in_a_block(alice):
    journals = [credit(alice, number) for number in range(3)]
    seal_everything()
    assert [bool(block_of(journal)) for journal in journals] == [True] * 3
    assert sealed_journals() == DgtJournal.objects.count()


def test_nothing_new_makes_no_seal(alice):
    assert seals.seal() == []
    credit(alice, 1)
    seal_everything()
    count = DgtSeal.objects.count()
    assert (seals.seal(), DgtSeal.objects.count()) == ([], count)


def test_a_journal_of_an_open_transaction_is_not_sealed(alice):
    with another_connection() as other:
        raw_credit(other, alice, "open:1")
        assert seals.seal() == []
        other.commit()
    seal_everything()
    assert sealed_journals() == 1


def test_a_transaction_that_commits_late_with_an_older_id_is_in_a_later_block_once(alice):
    """The id is taken when the journal is written, the transaction's number with its first write."""
    with another_connection() as early, another_connection() as late:
        early.execute("select pg_current_xact_id()")
        old_id = raw_credit(late, alice, "late:1")
        new_id = raw_credit(early, make.user("bob"), "early:1")
        early.commit()
        seal_until(new_id)
        assert (block_number(new_id), block_number(old_id), old_id < new_id) == (1, None, True)
        late.commit()
    seal_everything()
    assert (block_number(old_id), sealed_journals()) == (2, 2)


def block_number(journal_id):
    return block_of(DgtJournal(pk=journal_id))


def seal_until(journal_id):
    for _ in range(1_000):
        seals.seal()
        if block_number(journal_id):
            return
    raise AssertionError("never sealed")


def test_a_transaction_that_is_rolled_back_leaves_no_gap(alice):
    with another_connection() as other:
        raw_credit(other, alice, "gone:1")
        other.rollback()
    journal = credit(alice, 1)
    seal_everything()
    assert (block_of(journal), sealed_journals()) == (1, 1)
