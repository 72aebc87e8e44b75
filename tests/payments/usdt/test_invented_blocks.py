"""A provider that invents blocks: staff are told, and once it is gone an operator sets the chain right (U12, U16)."""

import re
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from degentalk.sandbox.chain import Chain
from payments import services as payments
from payments.models import UsdtChain, UsdtTransfer
from payments.providers.usdt import reading
from payments.providers.usdt.answers import Transfer
from payments.providers.usdt.chains import all_chains
from payments.providers.usdt.finding import keep
from payments.providers.usdt.node import Node
from payments.states import State
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched, where
from tests.payments.usdt.entries import entry_of

pytestmark = pytest.mark.django_db

SOMEBODY = "0x" + "11" * 20


@pytest.fixture
def order(usdt, alice):
    usdt.mine(9)
    opened()
    return ordered(alice)


@pytest.fixture
def liar():
    """A provider of the same chain, as far as it says: longer, and with other blocks."""
    with Chain(seed=1) as made:
        made.pay(SOMEBODY, 1)
        made.mine(40)
        yield made


def mined_and_read(chain: Chain) -> None:
    for _ in range(3):
        chain.mine(FINAL)
        watched()


def asked_of(settings, *providers: Chain) -> None:
    settings.USDT_CHAINS = [
        {**settings.USDT_CHAINS[0], "rpc": [entry_of(one)["rpc"][place] for place, one in enumerate(providers)]}
    ]


def set_back(block: int) -> str:
    out = StringIO()
    call_command("usdt_read_from", "31337", str(block), stdout=out)
    return out.getvalue()


def differences() -> list[str]:
    return [found.what for found in payments.reconcile("usdt")]


def test_u16_u25_a_provider_of_other_blocks_is_named(usdt, order, settings, liar):
    mined_and_read(usdt)
    asked_of(settings, usdt, liar)
    (said,) = differences()
    assert re.fullmatch(
        r"Sandbox provider 2 has another block \d+ than was read: one of them lies, or the .* back", said
    )


def test_u17_u25_a_provider_that_stands_still_is_named(usdt, order):
    usdt.set_faults("second", stuck=True)
    mined_and_read(usdt)
    (said,) = differences()
    assert re.fullmatch(r"Sandbox provider 2 has no block \d+: it stands still, or the one that was read lies", said)


@pytest.mark.parametrize("ahead", [3, 10**9])
def test_u17_a_transfer_in_a_block_that_nobody_will_ever_know_keeps_no_payment_waiting(usdt, order, ahead):
    there = UsdtChain.objects.get().head + ahead
    invented = Transfer(
        tx_hash="0x" + "ee" * 32, ordinal=0, token=usdt.token, sender=SOMEBODY, to=where(order).address,
        value=5 * 10**6, block_number=there, block_hash="0x" + "dd" * 32,
    )  # fmt: skip
    keep(31337, invented)
    watched()
    assert (UsdtTransfer.objects.get().state, again(order).state) == ("vanished", State.PENDING)
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_u17_a_receipt_of_another_block_than_its_log_is_no_answer(usdt, order, monkeypatch):
    whole = Node.receipt_transfers

    def elsewhere(node, tx_hash, token):
        found = whole(node, tx_hash, token)
        lies = node.name.endswith("1")
        return [replace(one, block_number=one.block_number + 10**9) for one in found] if lies else found

    monkeypatch.setattr(Node, "receipt_transfers", elsewhere)
    pay(usdt, order)
    assert reading.read(all_chains()[0]) == 1
    assert UsdtTransfer.objects.get().block_number == usdt.head()["number"]
    watched()
    assert UsdtTransfer.objects.get().block_number == usdt.head()["number"]


def test_u12_where_a_provider_had_invented_blocks_the_chain_is_set_back(usdt, order, settings, liar):
    """It showed a payment too, that is in no chain."""
    honest = settings.USDT_CHAINS
    asked_of(settings, liar, usdt)
    pay(liar, order)
    watched()
    assert again(order).state == State.PROCESSING
    settings.USDT_CHAINS = honest
    far = UsdtChain.objects.get().head
    watched()
    usdt.mine(2)
    watched()
    assert (UsdtChain.objects.get().head, again(order).state) == (far, State.PROCESSING)
    assert set_back(9) == f"The worker reads Sandbox again from block 9. It had been read up to {far}.\n"
    watched()
    assert UsdtChain.objects.get().head == usdt.head()["number"]
    assert (UsdtTransfer.objects.get().state, again(order).state) == ("vanished", State.PENDING)
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_what_was_found_stays_when_a_chain_is_set_back(usdt, order):
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED
    before = UsdtTransfer.objects.values().get()
    set_back(2)
    watched()
    assert differences() == []
    assert UsdtTransfer.objects.values().get() == before
    assert again(order).state == State.CREDITED


@pytest.mark.parametrize(
    ("chain_id", "block", "said"),
    [
        (1, 5, "No chain 1 is read here."),
        (31337, 0, "was read up to block"),
        (31337, 10**6, "was read up to block"),
    ],
)
def test_only_a_chain_and_a_block_that_were_read_are_set_back(usdt, order, chain_id, block, said):
    with pytest.raises(CommandError, match=said):
        call_command("usdt_read_from", str(chain_id), str(block))


def test_a_chain_that_was_never_read_is_not_set_back(usdt, db):
    with pytest.raises(CommandError, match="No chain 31337 is read here"):
        set_back(1)


def test_u17_whatever_reading_a_chain_raises_its_orders_and_other_chains_go_on(usdt, order, settings, monkeypatch):
    with Chain(seed=3, chain_id=31338) as other:
        settings.USDT_CHAINS = [{**entry_of(other), "name": "Other"}, *settings.USDT_CHAINS]
        opened()
        pay(usdt, order)
        watched()
        usdt.mine(FINAL)
        monkeypatch.setattr(reading, "_keep", lambda *_: 1 / 0)
        watched()
    assert again(order).state == State.CREDITED
