"""What tests of the audit share: a ledger of all kinds of movements, the command, and a way past every guard."""

import json
from io import StringIO

from django.core.management import call_command

from tests.sealing import seal_everything
from wallet import services as wallet
from wallet.models import DgtJournal, DgtTransaction
from xp import services as xp

TABLES = ("dgt_journal", "dgt_transactions", "dgt_accounts", "dgt_seals", "dgt_holds", "level_dgt_rewards_log")


def move_dgt(alice, bob):
    """Three sealed blocks of all kinds of movements, and one movement that is not sealed yet."""
    wallet.credit(user=alice, amount=500, source="rewards", key="credit:1", description="")
    wallet.credit(user=bob, amount=50, source="rewards", key="credit:2", description="")
    wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1")
    seal_everything()
    wallet.debit(user=bob, amount=15, to="shop", key="debit:1", description="")
    held = wallet.hold(user=alice, amount=60, key="hold:1", description="")
    wallet.capture(hold_id=held.id, to="shop", amount=20, key="capture:1")
    wallet.release(hold_id=held.id, amount=10, key="release:1")
    xp.award(user=alice, action="special_event", key="event:1", cause=("event", 1), base=500)
    seal_everything()
    wallet.tip(sender=bob, receiver=alice, amount=5, key="tip:1", cause=("post", 1))
    gift = wallet.credit(user=bob, amount=30, source="rewards", key="credit:3", description="")
    wallet.reverse(journal_id=gift.id, key="reversal:1", reason="A mistake", actor=None)
    wallet.claw_back(user=bob, amount=100, to="stripe", key="clawback:1", description="")
    wallet.credit(user=bob, amount=10, source="rewards", key="credit:4", description="")
    seal_everything()
    wallet.credit(user=alice, amount=1, source="rewards", key="credit:5", description="")


def audit(*options):
    """The report of the command, and what it ends with."""
    out, code = StringIO(), 0
    try:
        call_command("ledger_audit", "--json", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


def findings(*options):
    """What was named, by check: the subjects. Checks that found nothing are left out."""
    report, code = audit(*options)
    found = {check["name"]: [one["subject"] for one in check["named"]] for check in report["checks"] if check["named"]}
    assert code == (1 if found else 0)
    return found


def details(check, *options):
    """What is wrong by one check."""
    report, _code = audit(*options)
    return [one["detail"] for found in report["checks"] if found["name"] == check for one in found["named"]]


def first_bad_block():
    return audit()[0]["first_bad_block"]


def plant(owner, *statements):
    """Write past every guard, as only the owner can."""
    with owner.transaction():
        for table in TABLES:
            owner.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            owner.execute(statement)
        owner.execute("set constraints all immediate")
        for table in TABLES:
            owner.execute(f"alter table {table} enable trigger user")


def entry(key, line=2):
    return DgtTransaction.objects.get(journal__key=key, line=line)


def journal(key):
    return DgtJournal.objects.get(key=key)


def without(condition):
    """Statements that remove the journals of a condition, and all that belongs to them."""
    gone = f"select id from dgt_journal where {condition}"
    return [
        f"create temporary table gone on commit drop as {gone}",
        "delete from dgt_transactions where journal_id in (select id from gone)",
        "delete from dgt_journal where id in (select id from gone)",
    ]


BYTES_FOLLOW = """
update dgt_transactions e set canonical = dgt_canonical(
    j.public_id, j.key, j.kind, e.line::int, e.account_id, e.amount, e.balance_after, e.created_at
) from dgt_journal j where j.id = e.journal_id
"""
WALLETS_FOLLOW = """
update user_wallet w set dgt_balance = s.balance, held_dgt = s.held, debt_dgt = s.debt, lifetime_earned = s.earned,
    lifetime_spent = s.spent
from (
    select a.user_id, coalesce(sum(e.amount) filter (where a.kind = 'member'), 0) as balance,
        coalesce(sum(e.amount) filter (where a.kind = 'held'), 0) as held,
        -coalesce(sum(e.amount) filter (where a.kind = 'debt'), 0) as debt,
        coalesce(sum(e.amount) filter (where dgt_counts_as(coalesce(r.kind, j.kind)) = 'earned'), 0) as earned,
        -coalesce(sum(e.amount) filter (where dgt_counts_as(coalesce(r.kind, j.kind)) = 'spent'), 0) as spent
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id join dgt_journal j on j.id = e.journal_id
    left join dgt_journal r on r.id = j.reverses_id
    where a.user_id is not null group by a.user_id
) s where s.user_id = w.user_id
"""
RUNNING_BALANCES_FOLLOW = """
update dgt_transactions e set balance_after = r.running from (
    select e.id, sum(e.amount) over (partition by e.account_id order by e.id) as running
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id where a.kind <> 'system'
) r where r.id = e.id
"""
ALL_FOLLOW = [RUNNING_BALANCES_FOLLOW, WALLETS_FOLLOW, BYTES_FOLLOW]
"""A forger who does all he can: balances, lifetime figures and bytes agree with what he changed."""
