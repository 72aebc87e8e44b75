"""A transaction that somebody names is a hint and nothing else (U6, U9, U22)."""

import pytest

from degentalk.core import outbox
from degentalk.core.errors import TooOften
from degentalk.core.models import OutboxMessage
from payments.errors import NoTransaction
from payments.models import UsdtTransfer
from payments.providers.usdt.hinting import hint, normalised
from payments.states import State
from tests import make
from tests.payments.buying import wallet
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched, where

pytestmark = pytest.mark.django_db
UNKNOWN = "0x" + "12" * 32


@pytest.fixture
def order(usdt, alice):
    opened()
    return ordered(alice)


def test_u6_a_hash_is_lower_case_with_0x_before_it_is_looked_up():
    assert normalised(f"  {UNKNOWN[2:].upper()} ") == UNKNOWN
    assert normalised(UNKNOWN.replace("0x", "0X")) == UNKNOWN


@pytest.mark.parametrize("text", ["", "0x", UNKNOWN[:-1], UNKNOWN + "0", UNKNOWN[:-1] + "g", "١" * 64, "0x" + " " * 64])
def test_u22_what_is_no_hash_is_said_so(order, text):
    with pytest.raises(NoTransaction):
        hint(where(order), text)
    assert OutboxMessage.objects.filter(topic="payments.usdt_hint").count() == 0


def test_a_hint_is_looked_at_at_once(usdt, order):
    tx = pay(usdt, order)
    hint(where(order), tx)
    outbox.deliver_due()
    assert again(order).state == State.PROCESSING


def test_u9_the_transaction_of_somebody_else_credits_them_and_not_who_names_it(usdt, order, alice):
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    tx = pay(usdt, order)
    usdt.mine(FINAL)
    hint(where(theirs), tx)
    outbox.deliver_due()
    assert (again(order).state, again(theirs).state) == (State.CREDITED, State.PENDING)
    assert (wallet(alice)[0], wallet(mallory)[0]) == (order.total_dgt, 0)
    hint(where(order), tx)
    outbox.deliver_due()
    watched()
    assert wallet(alice)[0] == order.total_dgt


def test_u9_named_before_it_was_mined_it_delays_nobody(usdt, order, alice):
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    usdt.automine(False)
    tx = pay(usdt, order)
    hint(where(theirs), tx)
    outbox.deliver_due()
    assert UsdtTransfer.objects.count() == 0
    usdt.mine()
    assert settled(usdt, order).state == State.CREDITED


def test_u22_unknown_foreign_and_pending_transactions_are_answered_alike(usdt, order):
    foreign = usdt.pay("0x" + "ab" * 20, 1)
    usdt.automine(False)
    pending = pay(usdt, order)
    answers = {hint(where(order), tx) for tx in (UNKNOWN, foreign, pending)}
    assert answers == {None}
    outbox.deliver_due()
    assert UsdtTransfer.objects.count() == 0
    assert again(order).state == State.PENDING


def test_u22_hints_are_limited(order):
    for number in range(10):
        hint(where(order), f"0x{number:064x}")
    with pytest.raises(TooOften):
        hint(where(order), UNKNOWN)


def test_u17_a_hint_that_nobody_answers_is_no_matter(usdt, order):
    tx = pay(usdt, order)
    for name in ("main", "second"):
        usdt.set_faults(name, mode="500")
    hint(where(order), tx)
    outbox.deliver_due()
    assert OutboxMessage.objects.filter(topic="payments.usdt_hint", delivered_at=None).count() == 0
    usdt.clear_faults()
    assert settled(usdt, order).state == State.CREDITED
