"""Reading a chain: nothing is skipped and nothing is lost, after downtime, reorganisations and crashes (U11, U12)."""

import itertools
from datetime import timedelta

import pytest

from degentalk.core.clock import database_time
from degentalk.sandbox.chain import Chain
from payments import services as payments
from payments.models import UsdtChain, UsdtCheckpoint, UsdtTransfer
from payments.providers.usdt import chains, reading
from payments.providers.usdt.answers import Unanswered
from payments.states import State
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched
from tests.payments.usdt.entries import entry_of

pytestmark = pytest.mark.django_db


def ours():
    return chains.all_chains()[0]


def cursor() -> tuple[int, str]:
    row = UsdtChain.objects.get()
    return row.cursor_number, row.cursor_hash


def spied(monkeypatch) -> list[tuple[int, int]]:
    """The blocks that are read from now on."""
    asked, whole = [], reading.transfers_on

    def transfers_on(node, chain, first, last, **how):
        asked.append((first, last))
        return whole(node, chain, first, last, **how)

    monkeypatch.setattr(reading, "transfers_on", transfers_on)
    return asked


@pytest.fixture
def order(usdt, alice):
    opened()
    return ordered(alice)


def test_u12_the_cursor_is_a_number_and_a_hash(usdt, order):
    usdt.mine(3)
    watched()
    assert cursor() == (usdt.head()["number"], usdt.head()["hash"])


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_u12_where_blocks_were_replaced_it_walks_back_to_the_last_that_counts(usdt, order, depth, monkeypatch):
    for _ in range(8):
        usdt.mine()
        watched()
    usdt.automine(False)
    pay(usdt, order)
    usdt.mine()
    watched()
    usdt.reorg(depth)
    asked = spied(monkeypatch)
    watched()
    head = usdt.head()
    assert asked == [(head["number"] - depth + 1, head["number"])]
    assert cursor() == (head["number"], head["hash"])
    counting = {block.hash for block in usdt.world.node.blocks}
    assert {one.hash for one in UsdtCheckpoint.objects.all()} <= counting
    assert settled(usdt, order).state == State.CREDITED


def test_u12_a_payment_that_only_the_new_branch_has_is_found(usdt, order):
    usdt.mine(4)
    watched()
    usdt.reorg(2)
    pay(usdt, order)
    watched()
    assert UsdtTransfer.objects.count() == 1
    assert settled(usdt, order).state == State.CREDITED


def test_u12_below_all_that_it_remembers_it_walks_back_further(usdt, order):
    usdt.mine(12)
    watched()
    usdt.reorg(11)
    pay(usdt, order)
    watched()
    assert UsdtTransfer.objects.count() == 1
    assert settled(usdt, order).state == State.CREDITED


def test_u12_after_downtime_every_block_is_read_in_parts(usdt, order, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BLOCKS", 7)
    paid = []
    for _ in range(4):
        paid.append(pay(usdt, order, part=20_000))
        usdt.mine(9)
    asked, start = spied(monkeypatch), cursor()[0]
    watched()
    assert asked[0][0] == start + 1
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(asked))
    assert asked[-1][1] == usdt.head()["number"]
    assert list(UsdtTransfer.objects.order_by("id").values_list("tx_hash", flat=True)) == paid


def test_u12_a_provider_that_takes_one_block_at_a_time_is_slow_and_enough(usdt, order):
    usdt.set_faults("main", range_cap=1)
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_u12_what_changes_while_it_is_read_is_read_again(usdt, order, monkeypatch):
    """Blocks are replaced after the logs were asked for: what was found in them is not kept."""
    usdt.mine(2)
    tx = pay(usdt, order)
    whole = reading.transfers_on

    def meanwhile(*given, **how):
        found = whole(*given, **how)
        monkeypatch.setattr(reading, "transfers_on", whole)
        usdt.reorg(1, drop=[tx])
        return found

    monkeypatch.setattr(reading, "transfers_on", meanwhile)
    assert reading.read(ours()) == 0
    assert UsdtTransfer.objects.count() == 0
    assert cursor() == (usdt.head()["number"], usdt.head()["hash"])


def test_u12_of_two_that_read_at_once_one_writes(usdt, order, monkeypatch):
    pay(usdt, order)
    whole = reading._pass

    def overtaken(node, chain, state):
        found = whole(node, chain, state)
        monkeypatch.setattr(reading, "_pass", whole)
        assert reading.read(chain) == 1
        return found

    monkeypatch.setattr(reading, "_pass", overtaken)
    assert reading.read(ours()) == 0
    assert UsdtTransfer.objects.count() == 1


def test_u12_a_provider_behind_our_cursor_moves_nothing_back(usdt, order):
    usdt.mine(5)
    watched()
    before = cursor()
    usdt.set_faults("main", lag=4)
    watched()
    assert cursor() == before
    usdt.set_faults("second", lag=4)
    read_at = UsdtChain.objects.get().read_at
    with pytest.raises(Unanswered):
        reading.read(ours())
    row = UsdtChain.objects.get()
    assert (cursor(), row.read_at, row.head) == (before, read_at, before[0])


def test_u11_u25_what_one_provider_hides_is_found_by_the_reconciler_from_another(usdt, order):
    usdt.set_faults("main", nothing=["logs"])
    tx = pay(usdt, order)
    usdt.mine(FINAL)
    watched()
    assert again(order).state == State.PENDING
    assert [found.what for found in payments.reconcile("usdt")] == [f"Sandbox: nobody had seen {tx}"]
    assert again(order).state == State.CREDITED


def test_u17_a_chain_that_cannot_be_read_stops_no_other(usdt, order, settings):
    with Chain(seed=3, chain_id=31338) as other:
        settings.USDT_CHAINS = [{**entry_of(other), "name": "Other"}, *settings.USDT_CHAINS]
        opened()
        for name in ("main", "second"):
            other.set_faults(name, mode="500")
        pay(usdt, order)
        assert settled(usdt, order).state == State.CREDITED


def test_checkpoints_of_days_ago_are_one_an_hour_and_none_is_older_than_a_month(usdt, order):
    row, now = UsdtChain.objects.get(), database_time()
    UsdtCheckpoint.objects.all().delete()
    hour = (now - timedelta(days=2)).replace(minute=0)
    for number, at in enumerate([now - timedelta(days=40), hour, hour + timedelta(minutes=5), now, now], start=1):
        UsdtCheckpoint.objects.create(chain=row, number=number, hash="0x", at=at)
    reading.forget_checkpoints(ours())
    assert list(UsdtCheckpoint.objects.order_by("number").values_list("number", flat=True)) == [2, 4, 5]
