"""S5, S7 to S10, S12, S13: what is credited, for what, and to whom."""

from uuid import uuid4

import psycopg
import pytest

from degentalk.sandbox.stripe import Sandbox
from payments import services as payments
from payments.errors import ProviderUnreachable
from payments.models import Order, ProviderEvent, Review
from payments.states import State
from tests import make
from tests.payments.buying import TRADER, again, ordered, paid, session, sessions, told, wallet, worked
from tests.threads import together
from tests.wallet.test_ledger import drift
from wallet import services as wallets

COMPLETED = "checkout.session.completed"


def credited_once(order, user) -> bool:
    """The order credited its quote to its buyer, in one journal."""
    movements = list(order.movements.values_list("dgt", flat=True))
    return (again(order).state, movements, wallet(user)) == (State.CREDITED, [TRADER[2]], (TRADER[2], 0, 0))


def reasons(order) -> list[str]:
    """Why the order's payment waits for a person."""
    return list(Review.objects.open().filter(order=order).values_list("reason", flat=True))


# ── Once ──


def test_s5_the_same_event_five_times_credits_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    (event,) = card.events(COMPLETED)
    for _time in range(2):
        card.deliver(event["id"], times=5)
        worked()
    assert credited_once(order, alice)
    assert ProviderEvent.objects.get().attempts == 1


def test_s5_other_events_of_the_same_type_about_the_same_session_credit_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    for _time in range(3):
        card.announce(COMPLETED, session(order))
        told(card)
    about = ProviderEvent.objects.filter(type=COMPLETED, object_id=session(order))
    assert [row.state for row in about] == ["done"] * 4
    assert credited_once(order, alice)


def test_s5_workers_the_landing_page_and_the_reconciler_at_once_credit_once(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    for _time in range(3):
        card.announce(COMPLETED, session(order))
    card.deliver_all()
    lands = lambda: payments.look(order, because="the buyer came back")  # noqa: E731
    together(
        [worked, worked, worked, lands, lambda: payments.reconcile("stripe")],
        refusals=ProviderUnreachable,  # of those who ask at once, some are told to come again
    )
    assert credited_once(order, alice)
    assert drift() == []


# ── For what was ordered ──


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payment_status": "no_payment_required"}, "not_payment"),
        ({"mode": "setup"}, "not_payment"),
        ({"mode": "subscription"}, "not_payment"),
        ({"amount_total": TRADER[1] - 1}, "wrong_amount"),
        ({"amount_total": TRADER[1] + 1}, "wrong_amount"),
        ({"amount_total": 0}, "wrong_amount"),
        ({"currency": "eur"}, "wrong_currency"),
        ({"client_reference_id": str(uuid4())}, "unknown_order"),
        ({"client_reference_id": None}, "unknown_order"),
        ({"livemode": True}, "unknown_order"),
    ],
)
def test_s7_a_payment_that_is_not_what_was_ordered_credits_nothing_and_waits_for_a_person(card, alice, changes, reason):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), **changes)
    told(card)
    assert (again(order).state, reasons(order), wallet(alice)) == (State.REVIEW, [reason], (0, 0, 0))
    payments.sweep("stripe")
    assert (again(order).state, reasons(order), wallet(alice)) == (State.REVIEW, [reason], (0, 0, 0))


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        ({"amount_total": 123_456}, "$1,234.56 paid, $17.99 ordered"),
        ({"currency": "eur"}, "17.99 EUR paid, $17.99 ordered"),
    ],
)
def test_s7_staff_read_what_was_paid_and_what_was_ordered(card, alice, changes, details):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), **changes)
    told(card)
    assert list(order.reviews.values_list("details", flat=True)) == [details]


@pytest.mark.parametrize("changes", [{"status": "open"}, {"payment_status": "unpaid"}])
def test_s7_what_is_not_complete_or_not_paid_credits_nothing(card, alice, changes):
    order = ordered(alice)
    card.pay(session(order))
    card.alter(session(order), **changes)
    told(card)
    assert again(order).state in (State.PENDING, State.PROCESSING)
    assert wallet(alice) == (0, 0, 0)


def test_s7_a_session_of_another_order_does_not_pay_for_it(card, alice):
    dear, cheap = ordered(alice, "whale"), ordered(alice, "starter")
    card.pay(session(cheap))
    card.alter(session(cheap), client_reference_id=str(dear.public_id))
    told(card)
    assert (again(dear).state, again(cheap).state, wallet(alice)) == (State.PENDING, State.REVIEW, (0, 0, 0))


def test_s8_a_bank_debit_credits_when_it_arrives(card, alice):
    order = ordered(alice)
    card.pay_later(session(order))
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PROCESSING, (0, 0, 0))
    card.settle(session(order))
    told(card)
    assert credited_once(order, alice)


def test_s8_a_bank_debit_that_is_returned_closes_the_order(card, alice):
    order = ordered(alice)
    card.pay_later(session(order))
    told(card)
    card.settle(session(order), ok=False)
    told(card)
    assert (again(order).state, wallet(alice), reasons(order)) == (State.FAILED, (0, 0, 0), [])


def test_s9_nothing_is_offered_that_changes_what_is_due(card, alice):
    made = card.get(session(ordered(alice)))
    (item,) = card.world.get("line_items", f"items:{made['id']}")["items"]
    offered = {
        "promotions": made["allow_promotion_codes"],
        "tax": made["automatic_tax"]["enabled"],
        "shipping": made["shipping_address_collection"],
        "options": made["shipping_options"],
        "quantity": (item["quantity"], item["adjustable_quantity"]),
    }
    assert offered == {"promotions": False, "tax": False, "shipping": None, "options": [], "quantity": (1, None)}


def test_s9_no_order_costs_nothing_so_that_no_payment_is_never_enough(card, alice, owner):
    order = ordered(alice)
    with pytest.raises(psycopg.errors.CheckViolation, match="dgt_orders_quote"):
        owner.execute(
            "insert into dgt_orders (username, package_id, package_name, provider, dgt_amount, bonus_dgt, price,"
            " currency, expires_at, state, waits_for, reference, paid, refunded, disputed, lost, had_dispute, looks,"
            " looked, credited_dgt, taken_dgt, held_dgt, settlements)"
            " select username, package_id, package_name, provider, dgt_amount, bonus_dgt, 0, currency, expires_at,"
            " state, '', '', 0, 0, 0, 0, false, 0, 0, 0, 0, 0, 0 from dgt_orders where id = %s",
            [order.pk],
        )
    card.alter(session(order), status="complete", payment_status="no_payment_required", amount_total=0)
    card.announce(COMPLETED, session(order))
    told(card)
    assert (again(order).state, reasons(order), wallet(alice)) == (State.REVIEW, ["not_payment"], (0, 0, 0))


# ── Our row says how much and to whom ──


def test_s10_what_a_session_says_of_dgt_and_buyers_changes_nothing(card, alice):
    order, mallory = ordered(alice), make.user("mallory")
    card.pay(session(order))
    lies = {"order": "1", "dgt": "999999", "dgt_amount": "999999", "user": str(mallory.pk), "user_id": str(mallory.pk)}
    card.alter(session(order), metadata=lies, success_url="https://example.com/?dgt=999999", customer_email="m@x.org")
    told(card)
    assert credited_once(order, alice)
    assert wallet(mallory) == (0, 0, 0)


def test_s10_what_an_event_says_is_not_believed(card, alice):
    order = ordered(alice)
    lie = card.get(session(order)) | {"status": "complete", "payment_status": "paid", "payment_intent": "pi_1"}
    card.announce(COMPLETED, lie)
    told(card)
    assert (again(order).state, wallet(alice)) == (State.PENDING, (0, 0, 0))


def test_s10_what_the_browser_says_when_it_comes_back_changes_nothing(card, alice, window):
    order, mallory = ordered(alice), make.user("mallory")
    card.pay(session(order))
    lies = f"session={session(order)}&dgt=999999&user={mallory.pk}&state=credited&price=1"
    assert window(alice).get(f"{order.get_absolute_url()}/paid?{lies}").status_code == 200
    assert credited_once(order, alice)


@pytest.mark.parametrize(
    "change", ["dgt_amount = 10000", "bonus_dgt = 10000", "price = 50", "currency = 'eur'", "user_id = %(mallory)s"]
)
def test_s10_what_was_ordered_never_changes(card, alice, owner, change):
    mallory = make.user("mallory")
    ordered(alice)
    with pytest.raises(psycopg.errors.IntegrityError, match="What was ordered does not change"):
        owner.execute(f"update dgt_orders set {change}", {"mallory": mallory.pk})


# ── Whenever it comes ──


def lost_before_attach(card: Sandbox, user) -> Order:
    """Stripe has opened a session, and we went down before its answer came."""
    order = payments.place(user=user, package_id=TRADER[0], provider="stripe")
    card.fail_next("close", times=3, moment="after")
    with pytest.raises(ProviderUnreachable):
        payments.pay(order)
    assert not hasattr(again(order), "stripe_session")
    return order


def test_s12_a_webhook_before_our_answer_finds_its_order(card, alice):
    order = lost_before_attach(card, alice)
    (made,) = sessions(card)
    card.pay(made["id"])
    told(card)
    assert credited_once(order, alice)
    assert session(again(order)) == made["id"]


def test_s12_so_does_a_webhook_about_its_refund(card, alice):
    order = lost_before_attach(card, alice)
    (made,) = sessions(card)
    card.pay(made["id"])
    card.refund(made["id"], 900)
    (event,) = card.events("refund.created")
    card.deliver(event["id"])
    worked()
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (649, 0, 0))


def test_s12_the_buyer_who_tries_again_gets_the_same_session(card, alice):
    order = lost_before_attach(card, alice)
    url = payments.pay(again(order))
    assert [made["url"] for made in sessions(card)] == [url]


def expired(card: Sandbox, user) -> Order:
    """An order that nobody paid in time."""
    order = ordered(user)
    card.expire(session(order))
    told(card)
    assert again(order).state == State.EXPIRED
    return order


@pytest.mark.parametrize(("is_debit", "state"), [(False, State.CREDITED), (True, State.PROCESSING)])
def test_s13_expired_changes_nothing_of_what_is_paid_or_on_its_way(card, alice, is_debit, state):
    order = ordered(alice)
    stale = card.get(session(order)) | {"status": "expired"}
    (card.pay_later if is_debit else card.pay)(session(order))
    told(card)
    before = wallet(alice)
    card.announce("checkout.session.expired", stale)
    told(card)
    assert (again(order).state, wallet(alice)) == (state, before)


def test_s13_money_that_comes_after_an_order_expired_is_credited(card, alice):
    order = expired(card, alice)
    card.alter(session(order), status="open")
    card.pay(session(order))
    told(card)
    assert credited_once(order, alice)


def test_s13_money_of_another_amount_after_an_order_expired_waits_for_a_person(card, alice):
    order = expired(card, alice)
    card.alter(session(order), status="open")
    card.pay(session(order))
    card.alter(session(order), amount_total=1)
    told(card)
    assert (again(order).state, reasons(order), wallet(alice)) == (State.REVIEW, ["wrong_amount"], (0, 0, 0))


def test_s13_a_debit_that_failed_and_arrives_after_all_is_credited(card, alice):
    order = ordered(alice)
    card.pay_later(session(order))
    card.settle(session(order), ok=False)
    told(card)
    assert again(order).state == State.FAILED
    card.alter(again(order).stripe_session.payment_intent_id, status="processing")
    card.settle(session(order))
    told(card)
    assert credited_once(order, alice)


def test_s13_expired_here_and_paid_at_stripe_is_credited_by_the_reconciler(card, alice, owner):
    order = paid(card, alice)  # another one, which must not be credited again
    late = ordered(alice)
    card.pay(session(late))
    owner.execute("update dgt_orders set state = 'expired' where id = %s", [late.pk])
    assert payments.reconcile("stripe") != []
    assert (again(late).state, again(order).state, wallet(alice)) == (State.CREDITED, State.CREDITED, (2_600, 0, 0))


def freezes(user, staff):
    wallets.freeze(user=user, reason="A drill", actor=staff)
    return lambda: wallets.unfreeze(user=user, reason="It is over", actor=staff)


def suspends(user, staff):
    def is_active(yes):
        user.is_active = yes
        user.save(update_fields=["is_active"])

    is_active(False)
    return lambda: is_active(True)


@pytest.mark.parametrize(("stop", "reason"), [(freezes, "wallet_frozen"), (suspends, "buyer_suspended")])
def test_s13_money_that_cannot_be_credited_now_is_credited_when_it_can(card, alice, stop, reason):
    order = ordered(alice)
    let_go = stop(alice, make.moderator())
    card.pay(session(order))
    told(card)
    assert (again(order).state, again(order).waits_for, reasons(order)) == (State.CONFIRMED, reason, [reason])
    assert payments.settle_waiting() == 0
    let_go()
    assert payments.settle_waiting() == 1
    assert (again(order).waits_for, reasons(order)) == ("", [])
    assert credited_once(order, alice)
    assert payments.settle_waiting() == 0
