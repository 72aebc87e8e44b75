"""What Stripe's books say of each order against what the ledger did for it, with none of the product's code."""

import math
from fractions import Fraction
from typing import Any

import psycopg

from tests.proof.books import IMPOSSIBLE

ORDERS = """
select o.public_id::text, o.dgt_amount + o.bonus_dgt, o.paid, o.refunded, o.disputed, o.lost,
    (select count(*) from dgt_journal where key = 'order:' || o.public_id),
    coalesce((
        select -sum(e.amount) from dgt_journal j
        join dgt_transactions e on e.journal_id = j.id join dgt_accounts a on a.id = e.account_id and a.name = 'stripe'
        where split_part(j.key, ':', 2) = o.public_id::text
    ), 0)::bigint
from dgt_orders o
"""
NOT_DONE = "select type, state, note from provider_events where state in ('received', 'failed')"
REVIEWS = "select reason from payment_reviews where decided_at is null"
NOTHING = {"paid": 0, "refunded": 0, "withdrawn": 0, "lost": 0}


def check(owner: psycopg.Connection[Any], money: dict[str, dict[str, int]], answered: list[str]) -> None:
    """AssertionError unless each order that a buyer was told of is there, with no other, its money as Stripe's books
    say it, its DGT in proportion, credited once; and every event is done."""
    rows = {row[0]: row[1:] for row in owner.execute(ORDERS)}
    assert set(rows) == set(answered)
    assert len(answered) == len(rows)
    for order, (dgt, *cents, times, issued) in rows.items():
        due = money.get(order, NOTHING)
        assert (order, cents) == (order, [due["paid"], due["refunded"], due["withdrawn"], due["lost"]])
        assert (order, issued) == (order, _due(dgt, due))
        assert (order, times) in ([(order, 1)] if issued else [(order, 0), (order, 1)])
    for query in (NOT_DONE, REVIEWS, *IMPOSSIBLE.values()):
        assert (query, owner.execute(query).fetchall()) == (query, [])


def _due(dgt: int, money: dict[str, int]) -> int:
    if not money["paid"]:
        return 0
    return dgt - math.ceil(dgt * min(Fraction(money["refunded"] + money["lost"], money["paid"]), Fraction(1)))
