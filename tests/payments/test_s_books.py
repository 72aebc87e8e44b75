"""S22, S27: what was missed is found and mended like a webhook; every difference of the books is named."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from degentalk.core import clock
from degentalk.core.clock import database_time
from payments import services as payments
from payments.models import ProviderEvent, ReconcileCursor
from payments.services import reconciling
from payments.states import State
from tests.payments.buying import TRADER, again, ordered, paid, session, told, wallet, worked
from tests.wallet.test_ledger import drift
from wallet import services as wallets

DGT = TRADER[2]


def unheard(card) -> None:
    """Every webhook of now is lost."""
    card.set_webhook_faults(drop=1.0)
    card.deliver_all()
    card.clear_faults()
    assert card.pending() == []


def said(*arguments: str) -> tuple[list[str], str]:
    out, err = StringIO(), StringIO()
    call_command("reconcile", "--provider", "stripe", *arguments, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


# ── What was missed ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_s22_a_payment_that_nobody_told_of_is_credited(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    unheard(card)
    found = payments.reconcile("stripe")
    assert f"paid at Stripe, here {State.PENDING}" in [one.what for one in found if one.order == order]
    assert (again(order).state, wallet(alice)) == (State.CREDITED, (DGT, 0, 0))
    worked()  # the events that it fetched change nothing more
    assert wallet(alice) == (DGT, 0, 0)
    assert payments.reconcile("stripe") == []


def test_s22_refunds_and_disputes_that_nobody_told_of_are_done_by_the_events_it_fetches(card, alice):
    order = paid(card, alice)
    payments.reconcile("stripe")
    card.refund(session(order), 500)
    unheard(card)
    named = [one.what for one in payments.reconcile("stripe")]
    assert [what for what in named if "(refund.created) never came" in what]
    worked()
    assert (again(order).state, wallet(alice)) == (State.PARTLY_REFUNDED, (DGT - 362, 0, 0))
    assert set(ProviderEvent.objects.filter(source="reconciler").values_list("state", flat=True)) == {"done"}


def test_s22_the_daily_sweep_asks_about_every_payment_of_30_days(card, alice, monkeypatch):
    order = paid(card, alice)
    card.refund(session(order))
    unheard(card)
    monkeypatch.setattr("payments.providers.stripe.missed", lambda since: iter(()))  # the events are gone too
    found = payments.sweep("stripe")
    assert [one.order for one in found] == [order]
    assert (again(order).state, wallet(alice)) == (State.REFUNDED, (0, 0, 0))
    assert payments.sweep("stripe") == []


@pytest.mark.parametrize(("ago", "since"), [(timedelta(hours=3), timedelta(hours=4)), (None, timedelta(days=30))])
def test_s22_it_looks_from_an_hour_before_the_last_time(card, alice, monkeypatch, ago, since):
    asked = []
    monkeypatch.setattr("payments.providers.stripe.missed", lambda moment: asked.append(moment) or iter(()))
    now = database_time()
    if ago:
        ReconcileCursor.objects.create(provider="stripe", until=now - ago)
    with clock.at(now):
        payments.reconcile("stripe")
    assert asked == [now - since]
    assert ReconcileCursor.objects.get().until == now


def test_s22_a_run_that_breaks_off_leaves_the_cursor_where_it_was(card, alice):
    payments.reconcile("stripe")
    before = ReconcileCursor.objects.get().until
    card.fail_next("429", times=3)
    with pytest.raises(Exception, match="does not answer"):
        payments.reconcile("stripe")
    assert ReconcileCursor.objects.get().until == before
    card.clear_faults()
    payments.reconcile("stripe")
    assert ReconcileCursor.objects.get().until > before


def test_s22_what_happened_while_it_ran_is_not_skipped(card, alice):
    """The cursor is the time when it began, not when it ended."""
    began = database_time()
    payments.reconcile("stripe")
    assert ReconcileCursor.objects.get().until - began < reconciling.OVERLAP


def test_s22_more_than_a_page_of_events_is_fetched_whole(card, alice):
    order = ordered(alice)
    card.pay(session(order))
    for _ in range(120):
        card.announce("refund.updated", {"id": "re_none", "object": "refund", "payment_intent": None})
    unheard(card)
    payments.reconcile("stripe")
    worked()
    worked()
    assert ProviderEvent.objects.filter(type="refund.updated").count() == 120
    assert wallet(alice) == (DGT, 0, 0)


# ── The books ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_s27_a_clean_day_has_no_line(card, alice):
    order = paid(card, alice)
    paid(card, alice)
    card.refund(session(order), 700)
    told(card)
    assert said() == ([], "")
    assert said("--report") == ([], "0 differences with stripe in 30 days\n")


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("refunded = 1", "1299 DGT are due, 1300 were issued"),
        ("lost = 1799", "0 DGT are due, 1300 were issued"),
    ],
)
def test_s27_money_that_does_not_fit_the_dgt_is_named(card, alice, owner, planted, named):
    order = paid(card, alice)
    owner.execute("alter table dgt_orders disable trigger user")
    owner.execute(f"update dgt_orders set {planted}")
    owner.execute("alter table dgt_orders enable trigger user")
    assert [(one.what, one.order) for one in payments.books("stripe")] == [(named, order)]


def test_s27_dgt_that_were_issued_for_no_order_are_named(card, alice):
    paid(card, alice)
    wallets.purchase(user=alice, amount=77, source="stripe", key="by hand", description="x")
    assert [(one.what, one.order) for one in payments.books("stripe")] == [("77 DGT were issued for no order", None)]


def test_s27_what_the_ledger_took_back_beside_an_order_is_named(card, alice):
    order = paid(card, alice)
    wallets.claw_back(user=alice, amount=77, to="stripe", key="by hand", description="x")
    assert [(one.what, one.order) for one in payments.books("stripe")] == [("-77 DGT were issued for no order", None)]
    assert (again(order).state, drift()) == (State.CREDITED, [])


def test_s27_the_report_ends_with_an_error_where_something_differs(card, alice):
    wallets.purchase(user=alice, amount=77, source="stripe", key="by hand", description="x")
    with pytest.raises(CommandError, match="There were differences") as ended:
        said("--report")
    assert ended.value.returncode == 1


def test_s27_when_stripe_does_not_answer_the_report_says_so(card):
    card.fail_next("429", times=3)
    with pytest.raises(CommandError, match="stripe could not be compared"):
        said("--report")
