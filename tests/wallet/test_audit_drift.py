"""Every kind of drift that somebody with all rights can plant is found by the audit, and named (MONEY.md L23, L24)."""

import pytest

from tests import make
from tests.sealing import once_closed
from tests.wallet.auditing import (
    ALL_FOLLOW,
    BYTES_FOLLOW,
    audit,
    details,
    entry,
    findings,
    first_bad_block,
    journal,
    move_dgt,
    plant,
    without,
)
from wallet import signing
from wallet.models import DgtJournal, DgtSeal, DgtTransaction


@pytest.fixture
def alice(committed_db):
    return make.verified(make.user("alice"))


@pytest.fixture
def bob(committed_db):
    return make.verified(make.user("bob"))


@pytest.fixture
def ledger(alice, bob, settings):
    settings.AUDIT_FREEZES_WALLETS = False
    move_dgt(alice, bob)


# ── what is edited, removed or exchanged (L24) ──────────────────────────────────────────────────────────────────────


def test_l24_an_edited_amount_is_found_with_its_block(ledger, alice, owner):
    row = entry("capture:1", line=1)
    plant(owner, f"update dgt_transactions set amount = amount - 1 where id = {row.pk}")
    found = findings()
    assert found["entries"] == [f"journal {row.journal_id} line 1"]
    assert found["journals"] == [f"journal {row.journal_id}"]
    assert f"member {alice.pk}, held" in found["wallets"]
    assert first_bad_block() == 2


def test_l24_an_edited_amount_with_edited_bytes_is_found_by_the_root(ledger, alice, owner):
    row = entry("credit:1")
    plant(owner, f"update dgt_transactions set amount = amount + 1 where id = {row.pk}", BYTES_FOLLOW)
    found = findings()
    assert (found["seals"], "entries" in found) == (["seal 1"], False)
    assert found["journals"] == [f"journal {row.journal_id}"]
    assert first_bad_block() == 1


def test_l24_a_forgery_that_is_consistent_is_found_by_the_seal_alone(ledger, owner):
    changed = journal("credit:3").pk, journal("reversal:1").pk
    plant(
        owner,
        f"update dgt_transactions set amount = amount + sign(amount)::int where journal_id in {changed}",
        *ALL_FOLLOW,
    )
    report, code = audit()
    assert (code, findings(), report["first_bad_block"]) == (1, {"seals": ["seal 3"]}, 3)
    assert details("seals") == ["does not have the root of the entries that it covers"]


def test_l24_the_first_bad_block_is_named_where_several_are(ledger, owner):
    plant(
        owner,
        f"update dgt_transactions set amount = amount + 1 where id in ({entry('tip:1').pk}, {entry('debit:1').pk})",
    )
    assert first_bad_block() == 2


def test_l24_a_removed_entry_is_found(ledger, alice, owner):
    row = entry("credit:1")
    plant(owner, f"delete from dgt_transactions where id = {row.pk}")
    found = findings()
    assert (found["journals"], found["seals"]) == ([f"journal {row.journal_id}"], ["seal 1", "seal 1"])
    assert f"member {alice.pk}, balance" in found["wallets"]
    assert "was made over 3 journals and 6 entries; there are 3 and 5" in details("seals")


def test_l24_removed_entries_that_sum_to_zero_are_found_before_they_are_sealed(ledger, alice, bob, owner):
    """A journal of four entries, two of which cancel out: two lines are missing, the sum stays zero."""
    unsealed = owner.execute(
        f"select journal_id from dgt_write('credit', 'credit:6', array [null, null, {alice.pk}, {bob.pk}]::bigint[],"
        " array ['rewards', 'fees', 'member', 'debt'], array [-5, -7, 7, 5]::bigint[], '')"
    ).fetchone()[0]
    plant(owner, f"delete from dgt_transactions where journal_id = {unsealed} and abs(amount) = 7", *ALL_FOLLOW)
    assert findings() == {"journals": [f"journal {unsealed}"]}


def test_l24_a_removed_journal_is_found(ledger, bob, owner):
    plant(owner, *without("key = 'debit:1'"))
    found = findings()
    assert found["seals"] == ["seal 2", "seal 2"]
    assert {f"member {bob.pk}, balance", f"member {bob.pk}, spent"} <= set(found["wallets"])
    assert details("seals")[0] == "was made over 8 journals and 16 entries; there are 7 and 14"


def test_l24_removed_journals_whose_balances_follow_are_found_by_the_seal_alone(ledger, owner):
    plant(owner, *without("key in ('credit:3', 'reversal:1')"), *ALL_FOLLOW)
    assert (findings(), first_bad_block()) == ({"seals": ["seal 3", "seal 3"]}, 3)


def test_l24_exchanged_entries_are_found(ledger, owner):
    one, other = entry("credit:1"), entry("transfer:1")
    columns = "amount, balance_after, canonical"
    plant(
        owner,
        f"update dgt_transactions e set ({columns}) = (select {columns} from dgt_transactions o where o.id ="
        f" case e.id when {one.pk} then {other.pk} else {one.pk} end) where id in ({one.pk}, {other.pk})",
    )
    found = findings()
    assert found["entries"] == [f"journal {one.journal_id} line 2", f"journal {other.journal_id} line 2"]
    assert (found["seals"], first_bad_block()) == (["seal 1"], 1)


def test_l24_exchanged_journals_are_found(ledger, owner):
    """Two movements of one block in each other's place, bytes and all."""
    one, other = journal("credit:1"), journal("credit:2")
    plant(
        owner,
        f"update dgt_journal set key = 'aside' where id = {one.pk}",
        f"update dgt_journal set key = '{one.key}' where id = {other.pk}",
        f"update dgt_journal set key = '{other.key}' where id = {one.pk}",
        BYTES_FOLLOW,
    )
    assert findings() == {"seals": ["seal 1"]}


def test_an_entry_that_names_another_member_than_its_account_is_found(ledger, bob, owner):
    row = entry("credit:1")
    plant(owner, f"update dgt_transactions set user_id = {bob.pk} where id = {row.pk}")
    assert findings() == {"entries": [f"journal {row.journal_id} line 2"]}


@pytest.mark.parametrize("change", ["key = 'credit:9'", "kind = 'purchase'", "public_id = gen_random_uuid()"])
def test_an_edited_journal_is_found(ledger, owner, change):
    row = journal("credit:1").pk
    plant(owner, f"update dgt_journal set {change} where id = {row}")
    assert sorted(findings()["entries"]) == [f"journal {row} line 1", f"journal {row} line 2"]


def test_what_is_not_sealed_yet_is_compared_too(ledger, owner):
    row = entry("credit:5")
    plant(owner, f"update dgt_transactions set amount = amount + 1 where id = {row.pk}")
    report, _code = audit()
    assert (findings()["entries"], report["first_bad_block"]) == ([f"journal {row.journal_id} line 2"], None)


# ── what wallets say (L23) ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("dgt_balance", ["balance"]),
        ("held_dgt", ["held", "holds"]),
        ("lifetime_earned", ["earned"]),
        ("lifetime_spent", ["spent"]),
    ],
)
def test_l23_a_wallet_that_is_one_dgt_off_is_found(ledger, alice, owner, column, kinds):
    owner.execute(f"update user_wallet set {column} = {column} + 1 where user_id = {alice.pk}")
    assert findings()["wallets"] == [f"member {alice.pk}, {kind}" for kind in kinds]


def test_l23_a_debt_that_is_one_dgt_off_is_found(ledger, bob, owner):
    owner.execute(f"update user_wallet set debt_dgt = debt_dgt - 1 where user_id = {bob.pk}")
    assert findings() == {"wallets": [f"member {bob.pk}, debt"], "supply": ["wallets and system accounts"]}


def test_l23_a_hold_that_is_one_dgt_off_is_found(ledger, alice, owner):
    plant(owner, "update dgt_holds set released = released + 1")
    assert findings() == {"wallets": [f"member {alice.pk}, holds"]}


def test_l23_a_missing_wallet_is_found(ledger, alice, owner):
    owner.execute(f"delete from user_wallet where user_id = {alice.pk}")
    assert f"member {alice.pk}, balance" in findings()["wallets"]


def test_l23_a_running_balance_that_does_not_follow_is_found(ledger, alice, owner):
    row = entry("transfer:1", line=1)
    plant(owner, f"update dgt_transactions set balance_after = balance_after + 1 where id = {row.pk}")
    after = DgtTransaction.objects.filter(account_id=row.account_id, pk__gt=row.pk).earliest("pk")
    assert findings()["wallets"] == [f"member {alice.pk}, running at entry {pk}" for pk in (row.pk, after.pk)]


def test_l6_dgt_from_nowhere_are_found(ledger, alice, owner):
    plant(owner, f"update dgt_transactions set amount = amount + 1 where id = {entry('credit:1').pk}")
    owner.execute(f"update user_wallet set dgt_balance = dgt_balance + 1 where user_id = {alice.pk}")
    assert findings()["supply"] == ["all entries", "wallets and system accounts"]


# ── rewards ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_l23_a_reward_that_is_paid_twice_is_found(ledger, alice, owner):
    owner.execute(
        f"select dgt_write('level_reward', 'level_reward:{alice.pk}:2 again', array [null, {alice.pk}]::bigint[],"
        " array ['rewards', 'member'], array [-50, 50]::bigint[], '')"
    )
    twice = DgtJournal.objects.latest("id").pk
    assert findings() == {"rewards": [f"journal {twice}"]}


def test_a_reward_that_is_logged_with_another_amount_is_found(ledger, alice, owner):
    plant(owner, "update level_dgt_rewards_log set dgt_reward = dgt_reward + 1 where level = 5")
    assert findings() == {"rewards": [f"member {alice.pk}, level 5"]}


def test_a_reward_that_was_paid_to_somebody_else_is_found(ledger, alice, bob, owner):
    plant(owner, f"update level_dgt_rewards_log set user_id = {bob.pk} where level = 5")
    assert findings() == {"rewards": [f"member {bob.pk}, level 5"]}


def test_a_reward_whose_log_is_lost_is_found(ledger, alice, owner):
    paid = journal(f"level_reward:{alice.pk}:5").pk
    plant(owner, "delete from level_dgt_rewards_log where level = 5")
    assert findings() == {"rewards": [f"journal {paid}"]}


# ── the chain of seals ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("root = repeat('ab', 32)", ["does not have the hash of what it says", "is not signed by its public key",
            "does not have the root of the entries that it covers"]),
        ("journals = journals + 1", ["does not have the hash of what it says", "is not signed by its public key",
            "was made over"]),
        ("sealed_at = sealed_at + interval '1 second'", ["does not have the hash of what it says",
            "is not signed by its public key"]),
        ("hash = repeat('ab', 32)", ["does not have the hash of what it says", "does not name the hash of the seal"]),
        ("previous = repeat('ab', 32)", ["does not name the hash of the seal", "does not have the hash of what it says",
            "is not signed by its public key"]),
        ("signature = repeat('ab', 64)", ["is not signed by its public key"]),
        ("signature = 'nonsense'", ["is not signed by its public key"]),
        ("public_key = repeat('ab', 32)", ["is not signed by its public key",
            "is signed by a key that is not trusted"]),
    ],
)  # fmt: skip
def test_l24_a_seal_that_was_changed_is_named(ledger, owner, change, wrong):
    plant(owner, f"update dgt_seals set {change} where number = 2")
    found = details("seals")
    assert len(found) == len(wrong)
    assert [what for what, begins in zip(found, wrong, strict=True) if not what.startswith(begins)] == []
    assert first_bad_block() == 2


def test_l24_a_bound_that_was_moved_is_found(ledger, owner):
    plant(owner, "update dgt_seals set xid = xid - 1000000 where number = 2")
    assert "seal 2 does not reach beyond the seal before it" in [
        f"{one['subject']} {one['detail']}" for check in audit()[0]["checks"] for one in check["named"]
    ]


def test_l24_a_missing_seal_in_the_middle_is_found(ledger, owner):
    plant(owner, "delete from dgt_seals where number = 2")
    assert "comes after seal 1: the seals between them are missing" in details("seals")


def test_a_seal_of_a_key_that_nobody_trusts_is_found(ledger, settings):
    old = settings.SEAL_KEY
    settings.SEAL_KEY = b"the key of the year after this!!"
    assert details("seals") == ["is signed by a key that is not trusted"] * 3
    settings.SEAL_OLD_PUBLIC_KEYS = [bytes.fromhex(signing.public_part(old))]
    assert findings() == {}


def test_a_forged_chain_with_a_key_of_ones_own_is_found(ledger, owner):
    """Who rewrites history and all seals after it cannot sign them."""
    plant(owner, f"update dgt_transactions set amount = amount + 1 where id = {entry('credit:1').pk}", BYTES_FOLLOW)
    previous, forger = signing.NO_PREVIOUS, bytes(32)
    for seal in DgtSeal.objects.order_by("number"):
        seal.previous, seal.public_key = previous, signing.public_part(forger)
        previous = signing.hash_of(signing.document(seal))
        plant(
            owner,
            f"update dgt_seals set previous = '{seal.previous}', hash = '{previous}', public_key = '{seal.public_key}'"
            f" where number = {seal.number}",
        )
    assert "is signed by a key that is not trusted" in details("seals")


def test_sealing_that_stands_still_is_found(ledger, owner):
    plant(owner, "update dgt_journal set posted_at = posted_at - interval '2 hours' where key = 'credit:5'")
    assert once_closed(findings) == {"sealing": ["sealing"]}
    assert once_closed(lambda: details("sealing"))[0].startswith("1 journals are not sealed, the oldest since 20")
