"""S27: each order's money at Stripe against its DGT in the ledger; every difference by name."""

from fractions import Fraction
from io import StringIO
from math import ceil

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from payments import services as payments
from tests import make
from tests.payments.buying import TRADER, again, ordered, paid, session, told, worked
from tests.payments.test_s_reconciling import LIVES
from wallet import services as wallets

DGT = TRADER[2]
ISSUED = """
select coalesce(o.public_id::text, ''), -sum(e.amount)::bigint from dgt_transactions e
join dgt_accounts a on a.id = e.account_id and a.name = 'stripe'
left join dgt_order_movements m on m.journal_id = e.journal_id left join dgt_orders o on o.id = m.order_id
group by 1 having sum(e.amount) <> 0
"""


def named() -> list[tuple]:
    return [(one.order and one.order.pk, one.what) for one in payments.books("stripe")]


def report() -> tuple[str, str]:
    """What `manage.py reconcile --report` prints. Raises CommandError where there are differences."""
    out, err = StringIO(), StringIO()
    call_command("reconcile", provider="stripe", report=True, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def issued() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(ISSUED)
        return dict(cursor.fetchall())


def test_s27_after_a_day_of_everything_the_ledger_issued_what_stripe_kept(card, alice):
    for life, _state, _figures in LIVES:
        life(card, ordered(alice))
    told(card)
    kept = {
        name: DGT - ceil(Fraction(DGT * (sums["refunded"] + sums["lost"]), sums["paid"]))
        for name, sums in card.books().items()
        if sums["paid"]
    }
    assert issued() == {name: dgt for name, dgt in kept.items() if dgt}
    assert len(issued()) == 3
    assert named() == []


def test_s27_a_clean_day_prints_no_difference(card, alice):
    paid(card, alice)
    out, err = report()
    assert (out, err.strip()) == ("", "0 differences with stripe in 30 days")


def test_s27_dgt_without_an_order_are_named(card, alice):
    paid(card, alice)
    wallets.purchase(user=alice, amount=7, source="stripe", key="by:hand", description="From nowhere")
    assert named() == [(None, "7 DGT were issued for no order")]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("refunded = 900", "649 DGT are due, 1300 were issued"),
        ("lost = 1799", "0 DGT are due, 1300 were issued"),
        ("paid = 0, credited_dgt = 0, state = 'pending'", "nothing is due, 1300 DGT were issued"),
    ],
)
def test_s27_an_order_whose_money_and_dgt_differ_is_named(card, alice, owner, change, what):
    paid(card, make.user("bob"))
    order = paid(card, alice)
    owner.execute(f"update dgt_orders set {change} where id = %s", [order.pk])
    assert named() == [(order.pk, what)]


def test_s27_a_payment_that_was_not_credited_is_named(card, alice, owner):
    order = ordered(alice)
    owner.execute(
        "update dgt_orders set state = 'credited', paid = price, credited_dgt = dgt_amount + bonus_dgt where id = %s",
        [order.pk],
    )
    assert named() == [(order.pk, "1300 DGT are due, 0 were issued")]


def test_s27_the_report_names_the_order_and_ends_with_1(card, alice):
    order = paid(card, alice)
    wallets.purchase(user=alice, amount=7, source="stripe", key="by:hand", description="From nowhere")
    card.set_webhook_faults(drop=1)
    card.refund(session(order), 900)
    told(card)
    out = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("reconcile", provider="stripe", report=True, stdout=out, stderr=StringIO())
    assert ended.value.returncode == 1
    lines = [line.split("\t") for line in out.getvalue().splitlines()]
    assert ["-", "7 DGT were issued for no order"] in lines
    was, became = "paid 1799, refunded 0, disputed 0, lost 0", "paid 1799, refunded 900, disputed 0, lost 0"
    assert [what for name, what in lines if name == str(order.public_id)] == [
        f"was credited: {was}, is partly_refunded: {became}"
    ]
    worked()
    assert again(order).taken_dgt == 651
    assert named() == [(None, "7 DGT were issued for no order")]


def test_s27_without_an_answer_of_stripe_the_report_fails(card, alice):
    card.fail_next("429")
    with pytest.raises(CommandError, match="stripe could not be compared"):
        report()
