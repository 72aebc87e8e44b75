"""What the clients were told against what the database says, in plain SQL and with none of the product's code."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg

from tests.proof.cast import FEE_BPS, OPENING_DGT
from tests.proof.clients import Act, Answer, Client, Member

IMPOSSIBLE = {
    "L1 a journal does not balance": """
        select j.id, count(e.id), sum(e.amount) from dgt_journal j left join dgt_transactions e on e.journal_id = j.id
        group by j.id having count(e.id) < 2 or sum(e.amount) <> 0
    """,
    "L4 something is below zero": "select user_id from user_wallet where least(dgt_balance, held_dgt, debt_dgt) < 0",
    "L5 a balance is not the sum of its entries": """
        select w.user_id, kind, stored, coalesce(sum(e.amount), 0)
        from user_wallet w
        cross join lateral (values ('member', dgt_balance), ('held', held_dgt), ('debt', -debt_dgt)) v (kind, stored)
        left join dgt_accounts a using (user_id, kind) left join dgt_transactions e on e.account_id = a.id
        group by w.user_id, kind, stored having stored <> coalesce(sum(e.amount), 0)
    """,
    "L5 a running balance skips": """
        select id from (
            select id, balance_after, sum(amount) over (partition by account_id order by id) as summed
            from dgt_transactions where user_id is not null
        ) e where balance_after <> summed
    """,
    "L6 all accounts do not sum to zero": "select sum(amount) from dgt_transactions having sum(amount) <> 0",
    "L19 a level is paid twice, or not what it pays": """
        select e.user_id, e.reference_id, count(*) from dgt_transactions e
        left join level_dgt_rewards r on r.level = e.reference_id and r.dgt_reward = e.amount
        where e.transaction_type = 'level_reward' and e.user_id is not null
        group by e.user_id, e.reference_id having count(*) > 1 or count(r.level) = 0
    """,
    "L19 a level that was reached did not pay": """
        select x.user_id, r.level from user_xp x join level_dgt_rewards r on r.level between 2 and x.level
        join user_wallet w on w.user_id = x.user_id and not w.is_frozen
        where not exists (
            select from dgt_transactions e
            where e.user_id = x.user_id and e.transaction_type = 'level_reward' and e.reference_id = r.level
        ) and not exists (
            select from level_dgt_rewards_log l
            where l.user_id = x.user_id and l.level = r.level and l.state = 'pending'
        )
    """,
}
MOVED = """
select giver.transaction_type, giver.user_id, receiver.user_id, receiver.amount
from dgt_transactions giver
join dgt_transactions receiver on receiver.journal_id = giver.journal_id and receiver.amount > 0
where giver.transaction_type in ('transfer', 'tip') and giver.amount < 0 and receiver.user_id is not null
"""
REPLIES = "select author_id, body from posts where body like 'The reply %'"
REWARDS = """
select user_id, sum(amount) from dgt_transactions where transaction_type = 'level_reward' and user_id is not null
group by user_id
"""
BALANCES = "select user_id, dgt_balance from user_wallet where user_id = any (%s)"


def done(clients: Iterable[Client]) -> list[tuple[Act, Answer]]:
    """Acts that a client was told are done: each once, though it may have been sent and answered several times.

    AssertionError where one key had two different answers of that kind.
    """
    told: dict[tuple[int, str], tuple[Act, Answer]] = {}
    for client in clients:
        for act, answer in client.journal:
            if answer is not None and answer.is_yes:
                first = told.setdefault((act.member.id, act.key), (act, answer))
                assert (act, answer) == first
    return list(told.values())


def committed(owner: psycopg.Connection[Any], acts: list[Act]) -> int:
    """How many of these acts are done, whatever their clients know."""
    keys = [act.key for act in acts]
    found = owner.execute(
        "select count(*) from idempotency_keys where key = any (%s) and status < 400", [keys]
    ).fetchone()
    return int(found[0]) if found else 0


def check(owner: psycopg.Connection[Any], clients: Iterable[Client], members: list[Member]) -> None:
    """AssertionError unless the database holds what was acknowledged, once, nothing else, and nothing impossible."""
    acts = [act for act, _answer in done(clients)]
    movements = [act.movement for act in acts if act.kind != "reply"]
    _same(told=movements, found=owner.execute(MOVED).fetchall())
    replies = [(act.member.id, act.fields["body"]) for act in acts if act.kind == "reply"]
    _same(told=replies, found=owner.execute(REPLIES).fetchall())
    for what, query in IMPOSSIBLE.items():
        assert (what, owner.execute(query).fetchall()) == (what, [])
    expected = _balances(movements, {user: int(dgt) for user, dgt in owner.execute(REWARDS)})
    stored = dict(owner.execute(BALANCES, [[member.id for member in members]]).fetchall())
    assert stored == {member.id: expected[member.id] for member in members}


def _same(*, told: Iterable[object], found: Iterable[object]) -> None:
    lost, unknown = Counter(told) - Counter(found), Counter(found) - Counter(told)
    assert (lost, unknown) == (Counter(), Counter())


def _balances(movements: Iterable[tuple[str, int, int | None, int]], rewards: dict[int, int]) -> dict[int | None, int]:
    balances: defaultdict[int | None, int] = defaultdict(lambda: OPENING_DGT)
    for user, dgt in rewards.items():
        balances[user] += dgt
    for kind, sender, receiver, amount in movements:
        balances[sender] -= amount + (amount * FEE_BPS // 10_000 if kind == "transfer" else 0)
        balances[receiver] += amount
    return balances
