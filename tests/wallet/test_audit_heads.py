"""Seals that were kept outside the database find what the chain inside cannot: that its tail was cut (MONEY.md L24)."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django.urls import reverse

from tests import make
from tests.sealing import seal_everything
from tests.wallet.auditing import ALL_FOLLOW, audit, details, findings, move_dgt, plant, without
from wallet.models import DgtAudit, DgtSeal


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


# ── the head that is kept elsewhere (L24) ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(ledger, tmp_path, client, settings):
    """The newest seal in all the ways it can be kept outside."""
    settings.SEAL_LOG = str(tmp_path / "seals.log")
    seal_everything()
    log, settings.SEAL_LOG = settings.SEAL_LOG, ""
    page = tmp_path / "seals.json"
    page.write_bytes(client.get(reverse("wallet:seals")).content)
    return {"hash": DgtSeal.objects.newest().first().hash, "page": str(page), "log": log}


def cut_tail(owner):
    """The newest seal goes with all that it covers and all that came after; wallets follow."""
    start = DgtSeal.objects.get(number=DgtSeal.objects.newest_number() - 1)
    plant(
        owner,
        *without(f"(epoch, xid) >= ({start.epoch}, '{start.xid}')"),
        f"delete from dgt_seals where number > {start.number}",
        *ALL_FOLLOW,
    )


@pytest.mark.parametrize("way", ["hash", "page", "log"])
def test_l24_the_head_that_was_kept_is_in_the_chain(kept, way):
    assert findings("--head", kept[way]) == {}


@pytest.mark.parametrize("way", ["hash", "page", "log"])
def test_l24_a_cut_tail_is_found_with_the_head_alone(kept, owner, way):
    cut_tail(owner)
    assert findings() == {}
    found = findings("--head", kept[way])
    assert list(found) == ["head"]
    assert "the tail was cut" in details("head", "--head", kept[way])[0]


def test_l24_the_log_that_sealing_writes_is_compared_by_itself(kept, owner, settings):
    settings.SEAL_LOG = kept["log"]
    assert findings() == {}
    cut_tail(owner)
    assert findings() == {"head": ["seal 4"]}
    assert details("head") == ["was kept elsewhere; here the tail was cut after seal 3"]


@pytest.mark.parametrize("way", ["page", "log"])
def test_l24_a_seal_that_is_not_the_one_that_was_kept_is_found(kept, owner, way):
    plant(owner, "update dgt_seals set hash = repeat('ab', 32) where number = 2")
    assert findings("--head", kept[way])["head"] == ["seal 2"]


def test_a_log_that_was_written_over_is_found(ledger, settings, tmp_path):
    settings.SEAL_LOG = str(tmp_path / "seals.log")
    (tmp_path / "seals.log").write_text("nothing to see here\n")
    assert findings() == {"head": ["head"]}


def test_a_log_that_was_taken_away_is_found(ledger, settings, tmp_path):
    settings.SEAL_LOG = str(tmp_path / "gone.log")
    assert findings() == {"head": ["SEAL_LOG"]}


def test_a_torn_line_that_was_written_again_is_no_finding(kept):
    log = Path(kept["log"])
    first, *others = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([first, others[0][:200], b"\n", *others]))
    assert findings("--head", kept["log"]) == {}


def test_a_line_that_is_being_written_is_no_finding(kept):
    append(kept["log"], b'{"hash": "ab')
    assert findings("--head", kept["log"]) == {}


def test_a_line_of_something_else_is_a_finding(kept):
    append(kept["log"], b"nothing to see here\n")
    assert details("head", "--head", kept["log"]) == ["has a line that is no seal: nothing to see here"]


def append(log, content):
    with Path(log).open("ab") as file:
        file.write(content)


def test_a_log_without_seals_yet_asks_nothing(ledger, tmp_path):
    path = tmp_path / "empty.log"
    path.touch()
    assert findings("--head", str(path)) == {}


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"[]", b'{"newest": 1}', b"hello\n"])
def test_a_head_that_says_nothing_cannot_be_compared(ledger, tmp_path, content):
    path = tmp_path / "head"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match="neither the hash of a seal nor a file of seals") as refused:
        audit("--head", str(path))
    assert (refused.value.returncode, DgtAudit.objects.count()) == (2, 0)
