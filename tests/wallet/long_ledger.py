"""A long ledger, written past the doors by the owner as the doors would have written it: credits of 10 DGT."""

from typing import Any

import psycopg

MEMBERS = """
insert into users (user_id, username, first_name, last_name, email, password, date_joined, is_active, is_staff,
        is_superuser, about, time_zone, theme, hides_balance, hides_from_boards)
    select 100000 + n, 'member_' || n, '', '', n || '@example.com', '', clock() - interval '1 year', true, false,
        false, '', 'UTC', 'auto', false, false
    from generate_series(1, {members}) n;
insert into dgt_accounts (kind, user_id) select 'member', user_id from users where user_id > 100000 order by user_id;
insert into user_wallet (user_id, dgt_balance, lifetime_earned)
    select 100000 + n, 10 * {each}, 10 * {each} from generate_series(1, {members}) n;
"""
# The round-th credit of every member, in one transaction.
ROUND = """
with journal as (
    insert into dgt_journal (public_id, kind, key, request_hash, reason, created_at)
        select uuid7(), 'credit', 'long:' || n || ':' || {round}, '', '', clock() from generate_series(1, {members}) n
        returning id, public_id, key, created_at, split_part(key, ':', 2)::bigint + 100000 as member
), leg as (
    select j.*, l.line,
        case l.line when 1 then (select id from dgt_accounts where name = 'rewards') else a.id end as account,
        case l.line when 2 then j.member end as holder, case l.line when 1 then -10 else 10 end as amount,
        case l.line when 2 then 10 * {round} end as after
    from journal j join dgt_accounts a on a.user_id = j.member and a.kind = 'member', generate_series(1, 2) as l (line)
)
insert into dgt_transactions (journal_id, line, account_id, user_id, amount, transaction_type, reference_type,
        description, created_at, metadata, balance_after, canonical)
    select id, line, account, holder, amount, 'credit', '', '', created_at, '{{}}', after,
        dgt_canonical(public_id, key, 'credit', line, account, amount, after, created_at)
    from leg order by id, line
"""


def write(owner: psycopg.Connection[Any], *, members: int, each: int) -> None:
    """`each` credits for each of so many members: a transaction with one for everybody, again and again."""
    owner.execute(MEMBERS.format(members=members, each=each))
    triggers = "dgt_entry_in_open_journal", "dgt_last_entry_balances"  # one look per entry would take minutes
    for trigger in triggers:
        owner.execute(f"alter table dgt_transactions disable trigger {trigger}")
    for number in range(1, each + 1):
        owner.execute(ROUND.format(members=members, round=number))
    for trigger in triggers:
        owner.execute(f"alter table dgt_transactions enable trigger {trigger}")
    owner.execute("analyze")
