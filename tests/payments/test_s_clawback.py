"""S17 to S21: what is taken back, held and given back when money goes back, and what becomes of what was spent."""

import pytest

from payments import services as payments
from payments.models import Order
from payments.states import State
from shop.models import DgtUnlockLog
from tests import make
from tests.payments.buying import TRADER, again, earned, ordered, paid, session, spent, told, wallet
from tests.shop.selling import buy, unlock
from tests.wallet.test_ledger import drift
from wallet import services as wallets
from wallet.errors import NotEnoughDGT, PaymentDisputed
from wallet.models import UserWallet

CENTS, DGT = TRADER[1:]


def sends(user, to, dgt: int = 10) -> None:
    wallets.transfer(sender=user, receiver=to, amount=dgt, key=f"transfer:{make.serial()}")


def everything_again(card) -> None:
    """Every event so far comes once more, the newest first, and the reconciler looks."""
    for event in reversed(card.events()):
        card.deliver(event["id"])
    told(card)
    assert payments.sweep("stripe") == []


# ── Refunds ──


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        ([1], [1_299]),
        ([500, 333, 966], [938, 698, 0]),
        ([1] * 3 + [1_796], [1_299, 1_298, 1_297, 0]),
        ([1_798, 1], [0, 0]),
        ([1_799], [0]),
    ],
)
def test_s17_refunds_in_parts_take_back_their_share_and_all_of_them_all(card, alice, parts, left):
    order, seen = paid(card, alice), []
    for cents in parts:
        card.refund(session(order), cents)
        told(card)
        seen.append(wallet(alice)[0])
    is_all = sum(parts) == CENTS
    assert (seen, again(order).state) == (left, State.REFUNDED if is_all else State.PARTLY_REFUNDED)
    everything_again(card)
    assert (wallet(alice), drift()) == ((left[-1], 0, 0), [])


def test_s17_parts_that_are_told_together_take_what_they_take_one_by_one(card, alice):
    order = paid(card, alice)
    for cents in (500, 333, 100):
        card.refund(session(order), cents)
    told(card)
    assert wallet(alice) == (DGT - 675, 0, 0)  # ceil(1300 × 933 / 1799) = ceil(674.2)
    assert [row.dgt for row in order.movements.all()] == [DGT, -675]


def test_s17_what_was_refunded_before_anybody_looked_is_not_credited(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice), again(order).credited_dgt) == (State.REFUNDED, (0, 0, 0), 0)


@pytest.mark.parametrize("verb", ["fail_refund", "cancel_refund"])
def test_s18_a_refund_that_comes_to_nothing_gives_back_what_it_took_once(card, alice, verb):
    order = paid(card, alice)
    refund = card.refund(session(order), 900, status="pending")
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (649, 0, 0))
    getattr(card, verb)(refund["id"])
    told(card)
    everything_again(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))
    assert [row.dgt for row in order.movements.all()] == [DGT, -651, 651]


def test_s18_only_the_refund_that_failed_comes_back(card, alice):
    order = paid(card, alice)
    lasting, failing = card.refund(session(order), 500), card.refund(session(order), 900)
    told(card)
    card.fail_refund(failing["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (938, 0, 0))
    card.fail_refund(lasting["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))


def test_s18_a_refund_that_failed_and_is_made_again_takes_again(card, alice):
    order = paid(card, alice)
    card.fail_refund(card.refund(session(order))["id"])
    card.refund(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))


# ── Disputes ──


@pytest.fixture
def bob(card):
    return make.verified(make.user("bob"))


def test_s19_a_dispute_holds_the_dgt_and_stops_what_goes_out(card, alice, bob):
    order = paid(card, alice)
    earned(alice, 100)
    sends(alice, bob)
    dispute = card.dispute(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (90, DGT, 0))
    with pytest.raises(PaymentDisputed):
        sends(alice, bob)
    card.respond(dispute["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (90, DGT, 0))
    with pytest.raises(PaymentDisputed):
        sends(alice, bob)


@pytest.mark.parametrize("result", ["won", "prevented"])
def test_s19_a_dispute_that_is_not_lost_gives_all_back(card, alice, bob, result):
    order = paid(card, alice)
    earned(alice, 100)
    dispute = card.dispute(session(order))
    told(card)
    card.close_dispute(dispute["id"], result)
    told(card)
    everything_again(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (DGT + 100, 0, 0))
    sends(alice, bob)


def test_s19_lost_burns_what_was_held(card, alice):
    order = paid(card, alice)
    earned(alice, 100)
    dispute = card.dispute(session(order))
    told(card)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    everything_again(card)
    assert (again(order).state, wallet(alice), drift()) == (State.LOST, (100, 0, 0), [])
    assert not UserWallet.objects.of(alice).sending_is_stopped


def test_s19_funds_that_are_reinstated_after_a_loss_are_credited_again(card, alice):
    order = paid(card, alice)
    dispute = card.dispute(session(order))
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))
    card.reinstate(dispute["id"])
    told(card)
    everything_again(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (DGT, 0, 0))


@pytest.mark.parametrize("result", ["warning_closed", "prevented"])
def test_s19_a_bank_that_only_asks_holds_and_stops_nothing(card, alice, bob, result):
    order = paid(card, alice)
    earned(alice, 100)
    inquiry = card.dispute(session(order), kind="inquiry")
    for step in (lambda: card.respond(inquiry["id"]), lambda: card.close_dispute(inquiry["id"], result)):
        told(card)
        sends(alice, bob)
        step()
    told(card)
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT + 80, 0, 0))


def test_s19_a_bank_that_asked_and_then_disputes_holds(card, alice):
    order = paid(card, alice)
    inquiry = card.dispute(session(order), kind="inquiry")
    told(card)
    card.escalate(inquiry["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.DISPUTED, (0, DGT, 0))
    card.close_dispute(inquiry["id"], "lost")
    told(card)
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))


def test_s19_while_one_of_two_payments_is_disputed_nothing_goes_out(card, alice, bob):
    earned(alice, 100)
    first, second = paid(card, alice), paid(card, alice)
    disputes = [card.dispute(session(order)) for order in (first, second)]
    told(card)
    assert wallet(alice) == (100, 2 * DGT, 0)
    card.close_dispute(disputes[0]["id"], "won")
    told(card)
    with pytest.raises(PaymentDisputed):
        sends(alice, bob)
    card.close_dispute(disputes[1]["id"], "won")
    told(card)
    sends(alice, bob)


def test_s19_a_part_that_is_disputed_holds_its_part(card, alice):
    order = paid(card, alice)
    card.dispute(session(order), amount=900)
    told(card)
    assert wallet(alice) == (649, 651, 0)


# ── Both ──


def test_s20_a_refund_and_a_dispute_of_the_whole_take_no_more_than_was_credited(card, alice):
    order = paid(card, alice)
    earned(alice, 500)
    card.refund(session(order), 900)
    told(card)
    dispute = card.dispute(session(order), amount=CENTS)
    told(card)
    assert wallet(alice) == (500, 649, 0)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    everything_again(card)
    assert (wallet(alice), again(order).taken_dgt, drift()) == ((500, 0, 0), DGT, [])


def test_s20_what_was_lost_and_refunded_comes_back_piece_by_piece(card, alice):
    order = paid(card, alice)
    refund = card.refund(session(order), 900)
    dispute = card.dispute(session(order), amount=CENTS)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    card.fail_refund(refund["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.LOST, (0, 0, 0))
    card.reinstate(dispute["id"])
    told(card)
    assert (again(order).state, wallet(alice)) == (State.REINSTATED, (DGT, 0, 0))


# ── What was spent ──


def goes_back(card, order: Order, by: str) -> None:
    """All of the money, in one of two ways."""
    if by == "refund":
        card.refund(session(order))
    else:
        card.close_dispute(card.dispute(session(order))["id"], "lost")
    told(card)


@pytest.mark.parametrize("by", ["refund", "lost"])
def test_s21_what_was_spent_is_owed_and_nothing_is_below_zero(card, alice, by):
    order = paid(card, alice)
    spent(alice, 1_000)
    goes_back(card, order, by)
    assert (wallet(alice), drift()) == ((0, 0, 1_000), [])
    everything_again(card)
    assert wallet(alice) == (0, 0, 1_000)


def test_s21_a_dispute_holds_what_is_there_and_only_a_loss_makes_a_debt(card, alice):
    order = paid(card, alice)
    spent(alice, 1_000)
    dispute = card.dispute(session(order))
    told(card)
    assert wallet(alice) == (0, 300, 0)
    earned(alice, 50)
    assert wallet(alice) == (50, 300, 0)
    card.close_dispute(dispute["id"], "lost")
    told(card)
    assert (wallet(alice), drift()) == ((0, 0, 950), [])


def test_s21_who_owes_neither_sends_nor_buys(card, alice, bob):
    order, frame = paid(card, alice), unlock(cost=5)
    spent(alice, DGT)
    goes_back(card, order, "refund")
    with pytest.raises(NotEnoughDGT, match="You owe 1,300 DGT"):
        sends(alice, bob)
    with pytest.raises(NotEnoughDGT, match="You owe 1,300 DGT"):
        buy(alice, frame)
    assert (wallet(alice), wallet(bob), DgtUnlockLog.objects.count()) == ((0, 0, DGT), (0, 0, 0), 0)


def test_s21_what_comes_in_repays_first(card, alice, bob):
    order = paid(card, alice)
    spent(alice, DGT)
    goes_back(card, order, "lost")
    earned(alice, 800)
    assert wallet(alice) == (0, 0, 500)
    paid(card, alice)
    assert (wallet(alice), drift()) == ((800, 0, 0), [])
    buy(alice, unlock(cost=5))


def test_s21_money_that_comes_back_to_us_forgives_the_debt(card, alice):
    order = paid(card, alice)
    spent(alice, 1_000)
    refund = card.refund(session(order))
    told(card)
    assert wallet(alice) == (0, 0, 1_000)
    card.fail_refund(refund["id"])
    told(card)
    assert (wallet(alice), drift()) == ((300, 0, 0), [])


def test_s21_what_is_frozen_is_taken_back_as_soon_as_it_moves(card, alice):
    order, staff = paid(card, alice), make.moderator()
    wallets.freeze(user=alice, reason="A drill", actor=staff)
    card.refund(session(order), 900)
    told(card)
    assert (wallet(alice), again(order).waits_for) == ((DGT, 0, 0), "wallet_frozen")
    wallets.unfreeze(user=alice, reason="It is over", actor=staff)
    payments.settle_waiting()
    assert (again(order).state, wallet(alice), again(order).waits_for) == (State.PARTLY_REFUNDED, (649, 0, 0), "")
