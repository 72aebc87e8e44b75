"""Seals: every closed journal in exactly one block, whatever commits when; signed, chained and logged outside."""

import hashlib
import json
import os
import time
from contextlib import contextmanager

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import Error, IntegrityError, connection, transaction

from degentalk.core import clock
from tests import make
from tests.sealing import once_closed, seal_everything, wait_until_closed
from tests.threads import together
from wallet import merkle, signing, tasks
from wallet import services as wallet
from wallet.models import DgtJournal, DgtSeal, DgtTransaction
from wallet.services import seal_log, seals
from wallet.services.seals import SealingStopped


@pytest.fixture
def alice(committed_db):
    return make.user("alice")


def credit(user, number):
    return wallet.credit(user=user, amount=10, source="rewards", key=f"credit:{number}", description="").id


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


def xid_of(other):
    return other.execute("select pg_current_xact_id()::text::bigint").fetchone()[0]


def blocks():
    """The ids of the journals of each block, by the bounds of the seals alone."""
    rows = DgtJournal.objects.order_by("id")
    start, found = (0, 0), []
    for seal in DgtSeal.objects.order_by("number"):
        end = (seal.epoch, seal.xid)
        found.append([row.pk for row in rows if start <= (row.epoch, int(row.xid)) < end])
        start = end
    return found


# ── which journals ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_closed_journal_is_in_a_block(alice):
    journals = [credit(alice, number) for number in range(3)]
    seal_everything()
    assert blocks() == [journals]


def test_nothing_new_makes_no_seal(alice):
    assert (seals.seal(), DgtSeal.objects.count()) == ([], 0)
    credit(alice, 1)
    seal_everything()
    assert (seals.seal(), DgtSeal.objects.count()) == ([], 1)


def test_a_journal_of_an_open_transaction_is_not_sealed(alice):
    with another_connection() as other:
        journal = raw_credit(other, alice, "open:1")
        assert seals.seal() == []
        other.commit()
    seal_everything()
    assert blocks() == [[journal]]


def test_a_transaction_that_commits_late_with_an_older_id_is_in_a_later_block_once(alice):
    """Ids are taken when a journal is written, the number of a transaction with its first write."""
    with another_connection() as early, another_connection() as late:
        xid_of(early)
        old_id = raw_credit(late, alice, "late:1")
        new_id = raw_credit(early, make.user("bob"), "early:1")
        early.commit()
        once_closed(seals.seal, before=xid_of(late))
        assert (old_id < new_id, blocks()) == (True, [[new_id]])
        late.commit()
    seal_everything()
    assert blocks() == [[new_id], [old_id]]


def test_a_transaction_that_is_rolled_back_leaves_no_gap(alice):
    with another_connection() as other:
        raw_credit(other, alice, "gone:1")
        other.rollback()
    journal = credit(alice, 1)
    seal_everything()
    assert blocks() == [[journal]]


def test_a_storm_of_transactions_while_sealing_leaves_every_journal_in_one_block(alice):
    members = [alice, *(make.user(f"member_{number}") for number in range(3))]

    def pay(member):
        for number in range(8):
            with transaction.atomic():
                credit(member, f"{member.pk}:{number}:a")
                time.sleep(0.002)  # long enough for a sealer to look
                credit(member, f"{member.pk}:{number}:b")

    def keep_sealing():
        for _ in range(20):
            seals.seal()

    together([*(lambda member=member: pay(member) for member in members), keep_sealing, keep_sealing])
    seal_everything()
    sealed = [journal for block in blocks() for journal in block]
    assert sorted(sealed) == list(DgtJournal.objects.order_by("id").values_list("pk", flat=True))
    assert [seal.journals for seal in DgtSeal.objects.order_by("number")] == [len(block) for block in blocks()]


def test_a_block_has_a_limit_and_the_next_goes_on(alice, monkeypatch):
    monkeypatch.setattr(seals, "JOURNALS_MAX", 2)
    journals = [credit(alice, number) for number in range(5)]
    seal_everything()
    assert blocks() == [journals[:2], journals[2:4], journals[4:]]


def test_a_transaction_is_never_split(alice, monkeypatch):
    monkeypatch.setattr(seals, "JOURNALS_MAX", 2)
    first = credit(alice, "first")
    with transaction.atomic():
        together_ones = [credit(alice, number) for number in range(5)]
    last = credit(alice, "last")
    seal_everything()
    assert blocks() == [[first], together_ones, [last]]


def test_journals_from_before_a_restore_are_sealed_before_those_after_it(alice, owner):
    before = credit(alice, "before")
    owner.execute("update database_mark set epoch = 2")
    after = credit(alice, "after")
    seal_everything()
    assert (blocks(), DgtSeal.objects.get().epoch) == ([[before, after]], 2)


def test_a_restore_that_did_not_raise_the_epoch_stops_sealing(alice, owner):
    credit(alice, 1)
    seal_everything()
    owner.execute("alter table dgt_seals disable trigger user")
    owner.execute("update dgt_seals set xid = xid + 1000000")
    with pytest.raises(SealingStopped, match="a restore must raise the epoch"):
        seals.seal()


def test_two_sealers_at_once_make_one_chain(alice):
    for number in range(5):
        credit(alice, number)
    wait_until_closed()
    made = together([seals.seal] * 4)
    assert (sorted(len(seals) for seals in made), DgtSeal.objects.count()) == ([0, 0, 0, 1], 1)


def test_while_another_seals_a_call_changes_nothing(alice):
    credit(alice, 1)
    with another_connection() as other:
        other.execute("select pg_advisory_lock(%s)", [seals.SEALING_LOCK])
        wait_until_closed()
        assert seals.seal() == []
    assert len(seal_everything()) == 1


@pytest.mark.django_db
def test_it_commits_by_itself():
    with pytest.raises(RuntimeError, match="outside of atomic"):
        seals.seal()


def test_stored_bytes_that_are_not_the_entrys_stop_sealing(alice, owner, caplog):
    credit(alice, 1)
    owner.execute("alter table dgt_transactions disable trigger user")
    owner.execute("update dgt_transactions set amount = amount + 1 where amount > 0")
    with pytest.raises(SealingStopped, match="journal 1 line 2 are not those of the entry. Nothing was sealed"):
        seal_everything()
    assert DgtSeal.objects.count() == 0


# ── what a seal says ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_root_is_over_the_canonical_bytes_by_journal_and_line(alice):
    credit(alice, 1)
    wallet.transfer(sender=make.verified(alice), receiver=make.verified(make.user("bob")), amount=3, key="transfer:1")
    (seal,) = seal_everything()
    entries = DgtTransaction.objects.order_by("journal_id", "line")
    leaves = [merkle.leaf(bytes(entry.canonical)) for entry in entries]
    assert (seal.root, seal.journals, seal.entries) == (merkle.root(leaves).hex(), 2, 4)


def test_a_seal_is_canonical_json_hashed_and_signed(alice):
    credit(alice, 1)
    moment = clock.database_time().replace(microsecond=0)
    with clock.at(moment):
        (seal,) = seal_everything()
    text = (
        f'{{"entries":2,"epoch":1,"journals":1,"number":1,"previous":"{"0" * 64}","root":"{seal.root}",'
        f'"sealed_at":"{moment:%Y-%m-%dT%H:%M:%S}.000000Z","version":1,"xid":{seal.xid}}}'
    )
    assert seal.hash == hashlib.sha256(text.encode()).hexdigest()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.public_key))
    key.verify(bytes.fromhex(seal.signature), text.encode())
    assert seal.public_key == signing.public_key()


def test_a_seal_reads_the_same_from_the_database(alice):
    credit(alice, 1)
    (seal,) = seal_everything()
    assert signing.published(DgtSeal.objects.get()) == signing.published(seal)


def test_every_seal_names_the_hash_of_the_one_before(alice):
    for number in range(3):
        credit(alice, number)
        seal_everything()
    chain = list(DgtSeal.objects.order_by("number"))
    assert [seal.number for seal in chain] == [1, 2, 3]
    assert [seal.previous for seal in chain] == ["0" * 64, chain[0].hash, chain[1].hash]


def test_a_new_key_signs_what_comes_and_old_seals_keep_theirs(alice, settings):
    credit(alice, 1)
    seal_everything()
    old = signing.public_key()
    settings.SEAL_KEY, settings.SEAL_OLD_PUBLIC_KEYS = b"the key of the year after this!!", [bytes.fromhex(old)]
    credit(alice, 2)
    seal_everything()
    assert [seal.public_key for seal in DgtSeal.objects.order_by("number")] == [old, signing.public_key()]
    assert signing.trusted_keys() == [signing.public_key(), old]


def test_no_personal_data_is_sealed(alice):
    credit(alice, 1)
    seal_everything()
    sealed = b"".join(bytes(entry.canonical) for entry in DgtTransaction.objects.all())
    sealed += signing.canonical(signing.published(DgtSeal.objects.get()))
    assert [word for word in (b"alice", b"example.com") if word in sealed] == []


# ── what the database refuses ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["dgt_seals", "dgt_audits"])
@pytest.mark.parametrize("statement", ["update {} set {key} = {key}", "delete from {}", "truncate {}"])
def test_seals_and_audits_only_grow(alice, owner, table, statement):
    credit(alice, 1)
    seal_everything()
    tasks.audit()
    statement = statement.format(table, key="number" if table == "dgt_seals" else "id")
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"number": 3}, "does not follow"),
        ({"number": 1}, "does not follow"),
        ({"previous": "ab" * 32}, "does not follow"),
        ({"xid": 1}, "lies behind"),
        ({"epoch": 0}, "lies behind"),
        ({"xid": 2**62}, "still open"),
        ({"epoch": 2}, "still open"),
    ],
)
def test_a_seal_that_does_not_follow_the_newest_is_refused(alice, change, why):
    credit(alice, 1)
    (seal,) = seal_everything()
    credit(alice, 2)
    wait_until_closed()
    follows = {"number": 2, "previous": seal.hash, "xid": seal.xid + 1, "hash": "cd" * 32}
    for name, value in (follows | change).items():
        setattr(seal, name, value)
    with pytest.raises(IntegrityError, match=why):
        seal.save(force_insert=True)


# ── the log outside ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def log(tmp_path, settings):
    path = tmp_path / "seals.log"
    settings.SEAL_LOG = str(path)
    return path


def logged(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


def everything():
    return [signing.published(seal) for seal in DgtSeal.objects.order_by("number")]


def test_every_seal_is_a_line_of_the_log(alice, log):
    for number in range(2):
        credit(alice, number)
        seal_everything()
    assert logged(log) == everything()


def test_saying_it_again_adds_no_line(alice, log):
    credit(alice, 1)
    seal_everything()
    assert (seals.seal(), seal_log.catch_up(), len(logged(log))) == ([], 0, 1)


def test_a_log_that_begins_late_catches_up(alice, log, settings):
    settings.SEAL_LOG = ""
    for number in range(3):
        credit(alice, number)
        seal_everything()
    assert not log.exists()
    settings.SEAL_LOG = str(log)
    seals.seal()
    assert logged(log) == everything()


def test_a_torn_line_is_written_again_as_a_whole(alice, log):
    for number in range(2):
        credit(alice, number)
        seal_everything()
    whole = log.read_bytes()
    log.write_bytes(whole[:-100])
    seals.seal()
    first, torn, again = log.read_bytes().splitlines()
    assert (first + b"\n" + again + b"\n", again.startswith(torn)) == (whole, True)


def test_a_log_that_cannot_be_written_stops_no_seal(alice, log, caplog):
    log.mkdir()
    credit(alice, 1)
    assert len(seal_everything()) == 1
    assert "SEAL_LOG could not be written" in [record.message for record in caplog.records]
    log.rmdir()
    seals.seal()
    assert logged(log) == everything()


def test_a_log_of_another_chain_is_left_alone_loudly(alice, log, caplog):
    credit(alice, 1)
    seal_everything()
    other = log.read_text().replace(DgtSeal.objects.get().hash, "ab" * 32)
    log.write_text(other)
    credit(alice, 2)
    seal_everything()
    assert log.read_text() == other
    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert errors[0].startswith("SEAL_LOG knows a seal 1 that is not in the database")


def test_the_task_seals_what_is_there(alice):
    credit(alice, 1)
    assert (once_closed(tasks.seal), tasks.seal()) == (1, 0)
