"""Orders that are paid on a chain: found, confirmed, credited once, whatever the chain and its providers do."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from degentalk.accounts.models import User
from degentalk.sandbox.chain import Chain
from payments import services as payments
from payments.models import Order, Review, UsdtDeposit, UsdtTransfer
from payments.providers.usdt import chains, reading, watching
from payments.providers.usdt.node import Node
from payments.states import State
from tests import make
from tests.payments.buying import wallet
from tests.payments.usdt.buying import FINAL, again, opened, ordered, pay, settled, watched, where
from tests.payments.usdt.entries import entry_of

pytestmark = pytest.mark.django_db
USDT = 10**6


@pytest.fixture
def order(usdt, alice) -> Order:
    """Of alice: 17.99 USDT for 1,300 DGT."""
    opened()
    return ordered(alice)


def staff() -> User:
    member = make.user("eve", is_staff=True)
    member.groups.add(Group.objects.get(name="economist"))
    return member


def states(order: Order) -> list[str]:
    return [change.to_state for change in order.changes.all()]


def transfers(order: Order) -> list[tuple[str, int]]:
    rows = UsdtTransfer.objects.filter(deposit__order=order).order_by("id")
    return [(row.state, row.value) for row in rows]


def reviews() -> list[tuple[str, int | None]]:
    return list(Review.objects.open().order_by("id").values_list("reason", "order_id"))


# ── Found, final, credited ──────────────────────────────────────────────────────────────────────────────────────────


def test_u5_u11_a_payment_is_found_by_itself_and_credited_when_it_is_final(usdt, order, alice):
    assert order.state == State.PENDING
    pay(usdt, order)
    watched()
    assert again(order).state == State.PROCESSING
    usdt.mine(FINAL - 1)
    watched()
    assert again(order).state == State.PROCESSING
    assert wallet(alice) == (0, 0, 0)
    usdt.mine()
    watched()
    assert again(order).state == State.CREDITED
    watched()
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u5_a_final_height_is_not_enough_where_another_block_counts_there(usdt, order, monkeypatch):
    """The receipt is of a block that counted a moment ago."""
    pay(usdt, order)
    usdt.mine(FINAL)
    asks = Node.block_hash
    reading.read(chains.all_chains()[0])
    row = UsdtTransfer.objects.get()
    monkeypatch.setattr(Node, "block_hash", lambda node, number: "0x" + "ee" * 32)
    watching.look_safely(order)
    assert again(order).state == State.PENDING  # nobody could say where it is now
    assert transfers(order) == [("seen", row.value)]
    monkeypatch.setattr(Node, "block_hash", asks)
    watching.look_safely(order)
    assert again(order).state == State.CREDITED


def test_u5_where_the_chain_says_nothing_of_finality_so_many_blocks_make_it(chain, settings, alice):
    settings.USDT_CHAINS = [entry_of(chain, finality=2)]
    opened()
    order = ordered(alice)
    pay(chain, order)
    chain.mine()
    watched()
    assert again(order).state == State.PROCESSING
    chain.mine()
    watched()
    assert again(order).state == State.CREDITED


def test_u6_one_transfer_is_one_row_however_often_it_is_found(usdt, order, alice):
    pay(usdt, order)
    for _ in range(3):
        watched()
        usdt.reorg(1)
    settled(usdt, order)
    assert transfers(order) == [("final", where(order).amount)]
    row = UsdtTransfer.objects.get()
    assert row.tx_hash == row.tx_hash.lower()
    assert len(row.tx_hash) == 66
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u7_one_transaction_pays_two_orders_and_one_of_them_twice(usdt, order, alice):
    bob = make.verified(make.user("bob"))
    theirs = ordered(bob)
    first, second = where(order), where(theirs)
    half = first.amount // 2
    usdt.spray([(first.address, half), (second.address, second.amount), (first.address, first.amount - half)])
    settled(usdt, order)
    assert (again(order).state, again(theirs).state) == (State.CREDITED, State.CREDITED)
    assert (wallet(alice), wallet(bob)) == ((order.total_dgt, 0, 0), (theirs.total_dgt, 0, 0))


# ── Reorganisations ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("reorder", [False, True])
def test_u8_mined_again_elsewhere_it_credits_once(usdt, order, alice, depth, reorder):
    pay(usdt, order)
    usdt.mine(depth - 1)
    watched()
    before = UsdtTransfer.objects.get()
    usdt.reorg(depth, reorder=reorder)
    watched()
    assert UsdtTransfer.objects.get().block_hash != before.block_hash
    settled(usdt, order)
    assert transfers(order) == [("final", where(order).amount)]
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u8_what_vanishes_before_it_is_final_leaves_the_order_waiting(usdt, order, alice):
    tx = pay(usdt, order)
    watched()
    assert again(order).state == State.PROCESSING
    usdt.reorg(1, drop=[tx])
    watched()
    assert again(order).state == State.PENDING
    assert transfers(order) == [("vanished", where(order).amount)]
    assert reviews() == []
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u8_back_in_the_pool_and_mined_later_it_counts_again(usdt, order):
    pay(usdt, order)
    watched()
    usdt.automine(False)
    usdt.reorg(1, keep=False, blocks=1)
    watched()
    assert transfers(order)[0][0] == "vanished"
    usdt.mine()
    assert settled(usdt, order).state == State.CREDITED


def test_u8_u25_what_vanishes_after_it_was_credited_raises_an_alarm_and_can_be_taken_back(usdt, order, alice, caplog):
    usdt.mine(9)
    tx = pay(usdt, order)
    settled(usdt, order)
    usdt.reorg(FINAL + 3, drop=[tx])  # below what was final: no honest chain does that
    payments.sweep("usdt")
    assert again(order).state == State.CREDITED
    assert reviews() == [("vanished", order.pk)]
    assert f"transfer {tx} on chain 31337 was final" in caplog.text
    payments.sweep("usdt")
    assert len(reviews()) == 1
    [review] = Review.objects.open()
    assert tx in review.details
    economist = staff()
    payments.decide_or_ask(
        review=review, decision=Review.Decision.TAKE_BACK, actor=economist, note="It is gone", key="k"
    )
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))
    payments.look(again(order), because="swept")
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))
    watched()
    assert payments.sweep("usdt") == []


# ── Whose payment it is ─────────────────────────────────────────────────────────────────────────────────────────────


def test_u9_each_address_credits_its_own_order_whoever_pays_it(usdt, order, alice):
    mallory = make.verified(make.user("mallory"))
    theirs = ordered(mallory)
    usdt.pay(where(order).address, where(order).amount, from_account="other")
    settled(usdt, order)
    assert (again(order).state, again(theirs).state) == (State.CREDITED, State.PENDING)
    assert (wallet(alice)[0], wallet(mallory)[0]) == (order.total_dgt, 0)


# ── Too little, too much, too late ──────────────────────────────────────────────────────────────────────────────────


def test_u13_too_little_stays_open_and_further_transfers_are_summed(usdt, order, alice):
    pay(usdt, order, mode="short")
    assert settled(usdt, order).state == State.UNDERPAID
    assert again(order).paid == order.price - order.price // 10
    rest = where(order).amount - transfers(order)[0][1]
    pay(usdt, order, part=rest - 1)
    assert settled(usdt, order).state == State.UNDERPAID
    pay(usdt, order, part=1)
    assert settled(usdt, order).state == State.CREDITED
    assert (again(order).paid, again(order).surplus) == (order.price, 0)
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u13_too_little_when_the_time_is_over_goes_to_staff_and_can_still_be_completed(usdt, order, clock):
    pay(usdt, order, mode="short")
    settled(usdt, order)
    assert reviews() == []
    clock.move(hours=2)
    watched()
    watched()
    assert (again(order).state, reviews()) == (State.UNDERPAID, [("underpaid", order.pk)])
    pay(usdt, order, part=where(order).amount - transfers(order)[0][1])
    assert settled(usdt, order).state == State.CREDITED
    assert reviews() == []


def test_u13_too_much_credits_the_package_and_records_the_rest(usdt, order, alice):
    pay(usdt, order, mode="over")
    settled(usdt, order)
    assert (again(order).state, again(order).paid) == (State.CREDITED, order.price)
    assert again(order).surplus == order.price // 10
    assert (wallet(alice)[0], reviews()) == (order.total_dgt, [("surplus", order.pk)])


def test_u13_by_policy_too_much_is_credited_at_the_orders_rate(usdt, order, alice, settings):
    settings.SURPLUS_IS_CREDITED = True
    pay(usdt, order, mode="over")
    settled(usdt, order)
    more = order.total_dgt * (order.price // 10) // order.price
    assert (wallet(alice)[0], reviews()) == (order.total_dgt + more, [])
    assert payments.sweep("usdt") == []


def test_u13_late_is_credited(usdt, order, alice, clock):
    clock.move(hours=2)
    usdt.mine()
    watched()
    payments.close_expired()
    assert again(order).state == State.EXPIRED
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED
    assert states(order) == ["created", "pending", "expired", "processing", "confirmed", "credited"]
    assert wallet(alice)[0] == order.total_dgt


def test_u13_nobody_says_that_nothing_came_before_the_chain_was_read(usdt, order, clock):
    pay(usdt, order)
    usdt.set_faults("main", mode="500")
    usdt.set_faults("second", mode="500")
    clock.move(hours=2)
    usdt.mine()
    watched()
    payments.close_expired()
    assert again(order).state == State.PENDING
    usdt.clear_faults()
    assert settled(usdt, order).state == State.CREDITED


def test_u15_where_the_token_takes_a_fee_what_arrived_counts(usdt, order):
    usdt.set_fee(10, 5)
    pay(usdt, order)
    assert settled(usdt, order).state == State.UNDERPAID
    amount = where(order).amount
    assert transfers(order) == [("final", amount - amount // 1000)]


# ── Nothing, dust, and what is no USDT ──────────────────────────────────────────────────────────────────────────────


def test_u19_a_transfer_of_nothing_is_nothing(usdt, order):
    usdt.poison(usdt.address(), where(order).address)
    assert settled(usdt, order).state == State.PENDING
    assert transfers(order) == []


def test_u19_dust_is_summed_and_changes_nothing_that_anybody_sees(usdt, order, alice):
    pay(usdt, order, part=9_999)
    settled(usdt, order)
    assert (again(order).state, transfers(order)) == (State.PENDING, [("final", 9_999)])
    assert (again(order).paid, alice.notifications.count() if hasattr(alice, "notifications") else 0) == (0, 0)
    pay(usdt, order, part=where(order).amount - 9_999)
    assert settled(usdt, order).state == State.CREDITED
    assert again(order).surplus == 0


def test_u20_another_token_and_the_chains_own_coin_are_told_to_staff_and_credit_nothing(usdt, order, alice):
    to = where(order).address
    fake = usdt.deploy_other_token()
    of_token = usdt.pay(to, where(order).amount, token=fake)
    of_coin = usdt.pay_native(to, 10**17)
    settled(usdt, order)
    payments.reconcile("usdt")
    assert again(order).state == State.PENDING
    assert wallet(alice) == (0, 0, 0)
    found = dict(Review.objects.open().values_list("reason", "details"))
    assert set(found) == {"wrong_token", "native_coin"}
    assert fake in found["wrong_token"]
    assert of_coin in found["native_coin"]
    assert "0.10 of its own coin" in found["native_coin"]
    assert Review.objects.get(reason="wrong_token").reference.startswith(f"31337:{of_token}:")
    payments.reconcile("usdt")
    assert Review.objects.count() == 2


def test_u20_usdt_on_another_of_our_chains_is_told_to_staff(usdt, order, settings):
    with Chain(seed=3, chain_id=31338) as other:
        settings.USDT_CHAINS = [*settings.USDT_CHAINS, {**entry_of(other), "name": "Other"}]
        opened()
        tx = other.pay(where(order).address, where(order).amount)
        settled(other, order)
        assert again(order).state == State.PENDING
        [review] = Review.objects.open()
        assert (review.reason, review.order_id) == ("wrong_chain", order.pk)
        assert tx in review.details


# ── Providers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u16_above_the_limit_one_provider_alone_credits_nothing(usdt, order, settings, alice):
    settings.USDT_AGREE_ABOVE = 17
    usdt.set_faults("main", value=10**9)
    pay(usdt, order, part=1)
    usdt.mine(FINAL)
    watched()
    watched()
    assert (again(order).state in (State.PENDING, State.PROCESSING), wallet(alice)) == (True, (0, 0, 0))
    usdt.clear_faults()
    watched()
    assert again(order).state == State.PENDING  # a millionth is dust


def test_u16_up_to_the_limit_one_is_enough(usdt, order, settings):
    settings.USDT_AGREE_ABOVE = 18
    usdt.set_faults("second", mode="500")
    pay(usdt, order)
    assert settled(usdt, order).state == State.CREDITED


def test_u16_what_is_paid_above_the_limit_beside_a_small_price_takes_two(usdt, order, settings, alice):
    settings.USDT_AGREE_ABOVE, settings.SURPLUS_IS_CREDITED = 18, True
    usdt.set_faults("main", value=10**9)
    pay(usdt, order)
    usdt.mine(FINAL)
    watched()
    watched()
    assert (again(order).state, wallet(alice)) == (State.PROCESSING, (0, 0, 0))
    usdt.clear_faults()
    watched()
    assert (again(order).state, again(order).surplus, wallet(alice)[0]) == (State.CREDITED, 0, order.total_dgt)


def test_u16_more_than_was_found_takes_two(usdt, order, settings, alice):
    settings.USDT_AGREE_ABOVE, settings.SURPLUS_IS_CREDITED = 18, True
    pay(usdt, order)
    watched()
    usdt.set_faults("main", value=10**9)
    usdt.mine(FINAL)
    watched()
    assert (transfers(order), wallet(alice)) == ([("seen", 17_990_000)], (0, 0, 0))
    usdt.clear_faults()
    watched()
    assert (again(order).state, again(order).surplus, wallet(alice)[0]) == (State.CREDITED, 0, order.total_dgt)


SILENT = [{"mode": mode} for mode in ("500", "429", "close", "garbage")]


@pytest.mark.parametrize("faults", [*SILENT, {"nothing": ["receipt"]}, {"nothing": ["block"]}])
def test_u17_while_no_provider_says_anything_usable_the_order_waits(usdt, order, alice, faults):
    pay(usdt, order)
    watched()
    for name in ("main", "second"):
        usdt.set_faults(name, **faults)
    usdt.mine(FINAL)
    watched()
    watched()
    assert wallet(alice) == (0, 0, 0)
    usdt.clear_faults()
    assert settled(usdt, order).state == State.CREDITED
    assert wallet(alice) == (order.total_dgt, 0, 0)


def test_u17_a_provider_that_lags_behind_makes_nobody_wait_long_or_lose_anything(usdt, order):
    usdt.set_faults("main", lag=3)
    pay(usdt, order)
    watched()
    usdt.mine(3)
    watched()
    assert again(order).state == State.PROCESSING
    usdt.mine(FINAL)
    watched()
    assert again(order).state == State.CREDITED


@pytest.mark.parametrize("moment", ["before the payment", "before it is final"])
def test_u17_where_the_first_provider_stands_still_the_second_is_read(usdt, order, clock, moment):
    if moment == "before it is final":
        pay(usdt, order)
        watched()
        assert again(order).state == State.PROCESSING
    usdt.set_faults("main", stuck=True)
    if moment == "before the payment":
        pay(usdt, order)
    usdt.mine(FINAL)
    watched()
    assert again(order).state != State.CREDITED  # a moment without a block is nothing
    clock.move(minutes=3)
    watched()
    assert again(order).state == State.CREDITED


def test_u16_u17_above_the_limit_one_that_stands_still_makes_it_wait(usdt, order, settings, clock):
    settings.USDT_AGREE_ABOVE = 17
    usdt.set_faults("main", stuck=True)
    pay(usdt, order)
    usdt.mine(FINAL)
    clock.move(minutes=3)
    watched()
    assert again(order).state != State.CREDITED
    usdt.clear_faults()
    watched()
    assert again(order).state == State.CREDITED


def test_u17_u25_one_that_stands_still_proves_nothing_of_what_was_missed(usdt, order, monkeypatch):
    """The last provider is asked first what the first one hid, and knows nothing since yesterday."""
    usdt.set_faults("second", stuck=True)
    usdt.set_faults("main", nothing=["logs"])
    pay(usdt, order)
    usdt.mine(FINAL)
    watched()
    usdt.set_faults("main", nothing=[])
    payments.reconcile("usdt")
    assert again(order).state == State.CREDITED


def test_u17_nothing_vanishes_from_a_block_that_still_counts(usdt, order):
    pay(usdt, order)
    watched()
    usdt.set_faults("main", nothing=["receipt"])
    watched()
    assert transfers(order)[0][0] == "seen"
    usdt.set_faults("second", nothing=["receipt"])
    watched()
    assert transfers(order)[0][0] == "seen"
    usdt.clear_faults()
    assert settled(usdt, order).state == State.CREDITED


def test_u16_a_transfer_that_only_a_liar_saw_is_forgotten_when_two_say_so(usdt, order):
    """A transfer of nothing looks like one of 7 to whom the first provider lies."""
    usdt.set_faults("main", value=7_000_000)
    usdt.poison(usdt.address(), where(order).address)
    watched()
    assert transfers(order) == [("seen", 7_000_000)]
    assert again(order).state == State.PROCESSING
    usdt.clear_faults()
    settled(usdt, order)
    assert (again(order).state, transfers(order)) == (State.PENDING, [("vanished", 7_000_000)])
    assert payments.sweep("usdt") == []


def test_u24_orders_of_a_chain_that_is_configured_no_more_wait_and_stop_nobody(usdt, order, settings, clock):
    pay(usdt, order)
    watched()
    with Chain(seed=3, chain_id=31338) as other:
        settings.USDT_CHAINS = [entry_of(other)]
        opened()
        clock.move(hours=2)
        watched()
        payments.close_expired()
        assert payments.reconcile("usdt") == []
        assert again(order).state == State.PROCESSING


# ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_u10_no_address_is_ever_given_twice(usdt, order, alice, clock):
    seen = {where(order).address}
    clock.move(hours=2)
    usdt.mine(FINAL)
    watched()
    payments.close_expired()
    for _ in range(5):
        seen.add(where(ordered(alice)).address)
    assert len(seen) == 6
    indexes = sorted(UsdtDeposit.objects.values_list("index", flat=True))
    assert indexes == list(range(indexes[0], indexes[0] + 6))


def test_u10_what_is_rolled_back_leaves_its_address_unused(usdt, order, alice):
    first = where(order).index
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ordered(alice)
        _ = 1 / 0
    assert where(ordered(alice)).index == first + 2
