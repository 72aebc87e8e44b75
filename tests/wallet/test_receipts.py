"""Receipts: a member proves an entry with a script that knows neither the site nor its database."""

import copy
import json
import subprocess
import sys
from uuid import uuid4

import pytest
from django.urls import reverse

from tests import make
from tests.databases import ROOT
from tests.html import main_of
from tests.sealing import seal_everything
from wallet import services as wallet
from wallet import signing
from wallet.models import DgtJournal, DgtSeal, DgtTransaction

SCRIPT = ROOT / "scripts" / "verify_receipt.py"


@pytest.fixture
def alice(committed_db):
    """A member with entries in two blocks, between those of others."""
    alice, bob = make.user("alice"), make.user("bob")
    for number in range(3):
        wallet.credit(user=bob, amount=5, source="rewards", key=f"bob:{number}", description="")
        wallet.credit(user=alice, amount=10 + number, source="rewards", key=f"alice:{number}", description="Grüße")
    seal_everything()
    wallet.credit(user=alice, amount=100, source="rewards", key="alice:later", description="")
    seal_everything()
    return alice


def url_of(key, line=2):
    return reverse("wallet:receipt", args=[DgtJournal.objects.get(key=key).public_id, line])


@pytest.fixture
def receipt(alice, client):
    """The receipt of one of her entries in the first block."""
    return download(client, alice, "alice:1").json()


def download(client, user, key):
    make.signed_in(client, user)
    return client.get(url_of(key))


@pytest.fixture
def check(tmp_path):
    """Run the script over a receipt: what it ends with, and what it says."""

    def run(receipt, *options, published=None):
        paths = {"receipt.json": receipt, "seals.json": published}
        for name, content in paths.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / name).write_text(text)
        seals = ["--seals", str(tmp_path / "seals.json")] if published else []
        command = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "receipt.json"), *options, *seals]
        answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
        assert answer.stderr == ""
        return answer.returncode, answer.stdout

    return run


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_is_a_file_with_the_entry_its_path_and_the_signed_seal(alice, client):
    answer = download(client, alice, "alice:1")
    entry = DgtTransaction.objects.get(journal__key="alice:1", line=2)
    receipt = answer.json()
    assert receipt["entry"] == {
        "journal": str(entry.journal.public_id),
        "key": "alice:1",
        "kind": "credit",
        "line": 2,
        "account": entry.account_id,
        "amount": 11,
        "balance_after": 21,
        "at": signing.moment(entry.created_at),
    }
    assert (receipt["canonical"], receipt["seal"]) == (
        bytes(entry.canonical).hex(),
        signing.published(DgtSeal.objects.get(number=1)),
    )
    name = f"degentalk-receipt-{entry.journal.public_id}-2.json"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.usefixtures("committed_db")
def test_a_page_for_everybody_says_how_a_receipt_is_checked_and_what_that_proves(client, settings):
    settings.SEAL_OLD_PUBLIC_KEYS = [bytes(32)]
    page = main_of(client.get("/economy/receipts"))
    for words in (SCRIPT.relative_to(ROOT).as_posix(), f'value="{signing.public_key()}"', f'value="{"00" * 32}"'):
        assert words in page
    for words in ('href="/economy/seals.json"', "PROVED or NOT PROVED", "What is proved", "What is not proved"):
        assert words in page


def test_the_page_of_a_movement_leads_to_its_receipt_and_to_how_it_is_checked(alice, client):
    make.signed_in(client, alice)
    shown = main_of(client.get(url_of("alice:1").split("/receipt")[0]))
    assert (f'href="{url_of("alice:1")}"' in shown, 'href="/economy/receipts"' in shown) == (True, True)


def test_a15_receipts_of_others_and_of_nobody_answer_alike(alice, client):
    make.signed_in(client, alice)
    foreign, system = url_of("bob:1"), url_of("alice:1", line=1)
    missing = [reverse("wallet:receipt", args=[uuid4(), 1]), url_of("alice:1", 9), url_of("alice:1", 10**30)]
    answers = [client.get(url) for url in (foreign, system, *missing)]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({main_of(answer) for answer in answers}) == 1


def test_w4_a_visitor_is_asked_to_sign_in(alice, client):
    answer = client.get(url_of("alice:1"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_an_entry_that_is_not_sealed_yet_says_so(alice, client):
    wallet.credit(user=alice, amount=7, source="rewards", key="alice:new", description="")
    answer = download(client, alice, "alice:new")
    assert (answer.status_code, "is not sealed yet" in answer.text) == (409, True)


def test_a_block_that_was_changed_gives_no_receipts(alice, client, owner, caplog):
    owner.execute("alter table dgt_transactions disable trigger user")
    owner.execute("update dgt_transactions set canonical = '' where journal_id = 1 and line = 1")
    answer = download(client, alice, "alice:1")
    assert (answer.status_code, "cannot be proved now" in answer.text) == (409, True)
    assert [record.levelname for record in caplog.records if record.name == "wallet.services.receipts"] == ["ERROR"]


def test_a_receipt_takes_the_same_queries_however_big_its_block_is(alice, client, django_assert_num_queries):
    make.signed_in(client, alice)
    for number in range(20):
        wallet.credit(user=alice, amount=1, source="rewards", key=f"many:{number}", description="")
    seal_everything()
    for url in (url_of("alice:0"), url_of("many:0")):
        with django_assert_num_queries(6):  # session, member, entry, seal, the one before, leaves
            client.get(url)


# ── the script ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_receipt_is_proved(alice, client, check):
    keys = ["alice:0", "alice:1", "alice:2", "alice:later"]
    ends = [check(download(client, alice, key).json())[0] for key in keys]
    assert ends == [0] * 4


def test_a_right_receipt_is_proved_in_plain_sentences(receipt, check):
    code, said = check(receipt)
    assert (code, said.splitlines()) == (
        0,
        [
            f"The entry moves 11 DGT, in journal {receipt['entry']['journal']}.",
            f"It is entry {receipt['index'] + 1} of 12 under seal 1.",
            f"The seal of {receipt['seal']['seal']['sealed_at']} is signed by the key {signing.public_key()}.",
            "That key came with the receipt: compare it with the site's, or give --public-key or --seals.",
            "PROVED.",
        ],
    )


def test_held_and_debt_entries_have_receipts_too(alice, client, check):
    hold = wallet.hold(user=alice, amount=20, key="hold:1", description="An order")
    seal_everything()
    make.signed_in(client, alice)
    lines = DgtTransaction.objects.filter(journal_id=hold.id, user=alice).values_list("line", flat=True)
    ends = [check(client.get(url_of("hold:1", line)).json())[0] for line in lines]
    assert ends == [0, 0]


def fields(content, path=()):
    """The path of every single value of a JSON document."""
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else None
    if inner is None:
        return [path]
    return [found for name, value in inner for found in fields(value, (*path, name))]


def altered(receipt, path):
    """The same receipt with another value in one place, of the same kind."""
    changed = copy.deepcopy(receipt)
    inside = changed
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = another(inside[path[-1]])
    return changed


def another(value):
    if isinstance(value, int):
        return value + 1
    return f"{value[:-1]}{'1' if value[-1] != '1' else '2'}"  # hex stays hex


def test_every_single_altered_field_is_found(receipt, check):
    paths = fields(receipt)
    assert len(paths) >= 24
    proved = [path for path in paths if check(altered(receipt, path))[0] != 1]
    assert proved == []


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt["entry"].update(amount="11"),
        lambda receipt: receipt["entry"].update(amount=11.0),
        lambda receipt: receipt["entry"].update(line=True),
        lambda receipt: receipt["entry"].update(balance_after=None),
        lambda receipt: receipt["entry"].update(at="2026-11-22T12:00:00.000000+02:00"),
        lambda receipt: receipt["entry"].update(note="and a yacht"),
        lambda receipt: receipt.update(note="and a yacht"),
        lambda receipt: receipt["seal"]["seal"].update(note="and a yacht"),
        lambda receipt: receipt["path"].append("00" * 32),
        lambda receipt: receipt["path"].pop(),
        lambda receipt: receipt["path"].reverse(),
        lambda receipt: receipt.update(index=-1),
        lambda receipt: receipt.update(index=float(receipt["index"])),
        lambda receipt: receipt.update(canonical=receipt["canonical"].upper()),
        lambda receipt: receipt["seal"].update(signature=""),
        lambda receipt: receipt["seal"].update(public_key="00" * 32),
        lambda receipt: receipt.pop("seal"),
        lambda receipt: receipt.update(entry=[]),
        lambda receipt: receipt.update(path=None),
        lambda receipt: receipt["entry"].update(journal=7),
    ],
)
def test_what_is_no_receipt_is_not_proved(receipt, check, change):
    change(receipt)
    code, said = check(receipt)
    assert (code, said.splitlines()[-1].split(".")[0]) == (1, "NOT PROVED")


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '{"version": 1, "version": 1}'])
def test_a_file_of_something_else_is_not_proved(check, text):
    code, said = check(text)
    assert (code, said.startswith("NOT PROVED")) == (1, True)


def test_a_path_of_one_entry_does_not_prove_another(alice, client, check):
    one, other = (download(client, alice, key).json() for key in ("alice:0", "alice:1"))
    mixed = one | {"path": other["path"], "index": other["index"]}
    assert check(mixed)[0] == 1


def test_a_seal_of_somebody_else_does_not_prove_anything_to_whoever_knows_the_key(receipt, check, settings):
    key = signing.public_key()
    settings.SEAL_KEY = b"somebody else's key for receipts"
    content = receipt["seal"]["seal"]
    receipt["seal"] |= {"public_key": signing.public_key(), "signature": signing.sign(content)}
    assert check(receipt)[0] == 0
    code, said = check(receipt, "--public-key", key)
    assert (code, "another key than the one you gave" in said) == (1, True)


def test_the_sites_key_from_elsewhere_is_compared(receipt, check):
    code, said = check(receipt, "--public-key", signing.public_key().upper())
    assert (code, "That is the key you gave." in said) == (0, True)


# ── against the published list ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def published(client, alice):
    return client.get(reverse("wallet:seals")).json()


def test_the_published_list_shows_the_same_seal(receipt, published, check):
    code, said = check(receipt, published=published)
    assert (code, "The published seal 1 is the same." in said) == (0, True)


def test_a_published_list_without_the_key_does_not_prove_it(receipt, published, check):
    published["public_keys"] = ["ab" * 32]
    code, said = check(receipt, published=published)
    assert (code, "not in the published list" in said) == (1, True)


def test_a_published_list_with_another_seal_of_that_number_does_not_prove_it(receipt, published, check):
    published["earlier"][0]["seal"]["root"] = "ab" * 32
    code, said = check(receipt, published=published)
    assert (code, "The published seal 1 is another one." in said) == (1, True)


def test_a_published_list_that_ends_before_the_seal_does_not_prove_it(alice, client, published, check):
    later = download(client, alice, "alice:later").json()
    code, said = check(later, published=published | {"newest": published["earlier"][0], "earlier": []})
    assert (code, "ends before seal 2" in said) == (1, True)


def test_an_older_seal_than_the_page_shows_is_said_to_be_elsewhere(receipt, published, check):
    code, said = check(receipt, published=published | {"earlier": []})
    assert (code, "an older page shows it" in said) == (0, True)


def test_without_cryptography_it_says_what_to_install(tmp_path):
    command = [sys.executable, "-I", "-S", str(SCRIPT), "receipt.json"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (answer.returncode, "pip install cryptography" in answer.stderr) == (1, True)


def test_the_page_of_a_movement_leads_to_its_receipt_and_says_what_it_proves(client, alice):
    make.signed_in(client, alice)
    shown = main_of(client.get(f"/wallet/journal/{DgtJournal.objects.get(key='alice:1').public_id}"))
    assert "Sealed in block 1 on" in shown
    assert "nobody can change or remove it unnoticed" in shown
    assert f'href="{url_of("alice:1")}"' in shown
