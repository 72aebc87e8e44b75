"""The checks of the ledger itself, and the figures of a report. All of it is SQL that returns only what is wrong."""

import json
from typing import Any

from django.db import connection

from wallet.services.audit.checks import Query
from wallet.services.blocks import COMPUTED

BLOCK_OF_JOURNAL = """(
    select s.number from dgt_seals s where (s.epoch, s.xid) > (j.epoch, j.xid::text::bigint)
    order by s.epoch, s.xid limit 1
)"""
"""The block that covers journal `j`; NULL before it is sealed."""

JOURNALS = Query(f"""
    select null::bigint as member, {BLOCK_OF_JOURNAL} as block, 'journal ' || j.id as subject,
        coalesce(e.entries, 0) || ' entries up to line ' || coalesce(e.last, 0) || ' that sum to '
        || coalesce(e.total, 0) as detail
    from dgt_journal j left join (
        select journal_id, count(*) as entries, max(line) as last, sum(amount) as total
        from dgt_transactions group by journal_id
    ) e on e.journal_id = j.id
    where coalesce(e.entries, 0) < 2 or e.total <> 0 or e.last <> e.entries
    union all
    select a.user_id, null, 'entry ' || e.id, 'belongs to no journal'
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id
    where not exists (select from dgt_journal j where j.id = e.journal_id)
""")  # noqa: S608 our own constants
"""L1: two entries or more, none missing between the first line and the last, zero in sum."""

ENTRIES = Query(f"""
    select a.user_id as member, {BLOCK_OF_JOURNAL} as block, 'journal ' || j.id || ' line ' || e.line as subject,
        case when e.canonical is distinct from {COMPUTED} then 'is not what its stored bytes say'
            else 'names another member, kind or moment than its account and journal' end as detail
    from dgt_transactions e join dgt_journal j on j.id = e.journal_id join dgt_accounts a on a.id = e.account_id
    where e.canonical is distinct from {COMPUTED} or e.user_id is distinct from a.user_id
        or e.transaction_type <> j.kind or e.created_at <> j.created_at
""")  # noqa: S608 our own constants
"""What an entry says, in all the places that say it."""

SUPPLY = Query("""
    select null::bigint as member, null::bigint as block, v.subject, 'sum to ' || v.total as detail
    from (select coalesce(sum(amount), 0) as total from dgt_transactions) entries,
        (select coalesce(sum(e.amount), 0) as total from dgt_transactions e
            join dgt_accounts a on a.id = e.account_id where a.kind = 'system') issued,
        (select coalesce(sum(dgt_balance + held_dgt - debt_dgt), 0) as total from user_wallet) wallets,
        lateral (values
            ('all entries', entries.total), ('wallets and system accounts', wallets.total + issued.total)
        ) v (subject, total)
    where v.total <> 0
""")
"""L6: what was issued is what members have and hold, less debt, and what came back."""

WALLETS = Query("""
    select user_id as member, null::bigint as block,
        'member ' || user_id || ', ' || kind || case when subject = '' then '' else ' at entry ' || subject end
            as subject,
        'stored ' || stored || ', by the entries ' || rebuilt as detail
    from dgt_drift
""")
"""L5: balances, held DGT, debt, holds, lifetime figures and running balances against the entries."""

UNSEALED = Query("""
    select null::bigint as member, null::bigint as block, 'sealing' as subject,
        count(*) || ' journals are not sealed, the oldest since ' || min(j.posted_at) as detail
    from database_mark m, dgt_journal j
    where (j.epoch < m.epoch or j.epoch = m.epoch and j.xid < (select dgt_closed_before())::text::xid8)
        and (j.epoch, j.xid) >= (
            select epoch, xid::text::xid8
            from (select number, epoch, xid from dgt_seals union all select 0, 0, 0) bounds
            order by number desc limit 1
        )
        and j.posted_at < now() - interval '1 hour'
    having count(*) > 0
""")
"""What is over for an hour is in a block: else sealing stands still."""

FIGURES = """
select jsonb_build_object(
    'examined', jsonb_build_object(
        'journals', (select count(*) from dgt_journal), 'entries', (select count(*) from dgt_transactions),
        'wallets', (select count(*) from user_wallet), 'seals', (select count(*) from dgt_seals)
    ),
    'members', (select jsonb_build_object(
        'balance', coalesce(sum(dgt_balance), 0), 'held', coalesce(sum(held_dgt), 0), 'debt', coalesce(sum(debt_dgt), 0)
    ) from user_wallet),
    'system', (select coalesce(jsonb_object_agg(name, total), '{}') from (
        select a.name, coalesce(sum(e.amount), 0) as total
        from dgt_accounts a left join dgt_transactions e on e.account_id = a.id where a.kind = 'system' group by a.name
    ) accounts)
)
"""


def figures() -> dict[str, Any]:
    """How much there is, and where all DGT are."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES)
        told: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return told
