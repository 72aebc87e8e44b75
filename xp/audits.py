"""What the audit of the ledger asks about level rewards (MONEY.md L19, L23)."""

from wallet.services.audit import BLOCK_OF_JOURNAL, Query

REWARDS = Query(f"""
    select l.user_id as member, {BLOCK_OF_JOURNAL} as block, 'member ' || l.user_id || ', level ' || l.level as subject,
        'is logged as paid with ' || l.dgt_reward || ' DGT; journal ' || coalesce(j.id::text, 'nothing') || ' paid '
        || paid.dgt as detail
    from level_dgt_rewards_log l left join dgt_journal j on j.id = l.journal_id, lateral (
        select coalesce(sum(e.amount), 0) as dgt
        from dgt_transactions e join dgt_accounts a on a.id = e.account_id
        where e.journal_id = l.journal_id and a.user_id = l.user_id
    ) paid
    where l.state = 'paid' and (
        paid.dgt <> l.dgt_reward or j.kind is distinct from 'level_reward'
        or j.key is distinct from 'level_reward:' || l.user_id || ':' || l.level
    )
    union all
    -- From the member's entries, so that asking about one member reads theirs only.
    select distinct a.user_id, {BLOCK_OF_JOURNAL}, 'journal ' || j.id,
        'pays a level reward that no level was logged for'
    from dgt_accounts a join dgt_transactions e on e.account_id = a.id join dgt_journal j on j.id = e.journal_id
    where j.kind = 'level_reward' and a.user_id is not null
        and not exists (select from level_dgt_rewards_log l where l.journal_id = j.id and l.state = 'paid')
""")  # noqa: S608 our own constant
"""Every paid reward has one journal of that amount to that member, and every journal of a reward has its level."""
