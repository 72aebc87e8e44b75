-- Seals and audits only grow; what the audit compares of a member's wallet.

create trigger dgt_seals_append_only before update or delete on dgt_seals
    for each row execute function refuse_change();
create trigger dgt_seals_no_truncate before truncate on dgt_seals
    for each statement execute function refuse_change();
create trigger dgt_audits_append_only before update or delete on dgt_audits
    for each row execute function refuse_change();
create trigger dgt_audits_no_truncate before truncate on dgt_audits
    for each statement execute function refuse_change();

-- The first transaction of this database that may still be open: those before it are over, and what they wrote can be seen.
-- Transactions of other databases number in the same row on one server. They write no journal here, so nobody waits for them.
create function dgt_closed_before() returns bigint language sql set search_path = public, pg_temp as $$
    select least(
        pg_snapshot_xmax(now.snapshot)::text::bigint, pg_current_xact_id_if_assigned()::text::bigint,
        (
            select min(open.xid::text::bigint) from pg_snapshot_xip(now.snapshot) as open (xid)
            where not exists (
                select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.transactionid = open.xid::xid
                    and a.datid <> (select oid from pg_database where datname = current_database())
            )
        )
    )
    from (select pg_current_snapshot() as snapshot) now
$$;

-- Whoever inserts: a seal follows the newest one, and no transaction below its bound is still open.
create function dgt_seals_follow() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    newest dgt_seals;
begin
    select * into newest from dgt_seals order by number desc limit 1;
    if new.number <> coalesce(newest.number, 0) + 1 or new.previous <> coalesce(newest.hash, repeat('0', 64)) then
        raise exception 'seal % does not follow seal %', new.number, coalesce(newest.number, 0)
            using errcode = 'restrict_violation';
    end if;
    if (new.epoch, new.xid) <= (coalesce(newest.epoch, 0), coalesce(newest.xid, 0)) then
        raise exception 'the bound of seal % lies behind that of the one before', new.number
            using errcode = 'restrict_violation';
    end if;
    -- A transaction of another database that ends just now may look like one of ours for a moment.
    for attempt in 1 .. 50 loop
        exit when (new.epoch, new.xid) <= (select epoch, dgt_closed_before() from database_mark);
        if attempt = 50 then
            raise exception 'transactions below the bound of seal % are still open', new.number
                using errcode = 'restrict_violation';
        end if;
        perform pg_sleep(0.01);
    end loop;
    return new;
end $$;
create trigger dgt_seals_follow before insert on dgt_seals
    for each row execute function dgt_seals_follow();

-- One row for each thing of a member's wallet that disagrees with the entries, in what is stored and what it should be.
--   balance, held, debt   the wallet against the sums of the member's accounts
--   holds                 what the wallet holds against what is left of the holds
--   earned, spent         the lifetime figures against the entries of the kinds that count, less what was reversed
--   running               an entry (subject) whose balance does not follow from the entry before it on its account
-- A condition on user_id reaches every branch, so the view also answers for one member.
create view dgt_drift as
    select t.user_id, v.kind, '' as subject, v.stored::text as stored, v.rebuilt::text as rebuilt
    from (
        select user_id,
            sum(dgt_balance) as dgt_balance, sum(held_dgt) as held_dgt, sum(debt_dgt) as debt_dgt,
            sum(lifetime_earned) as lifetime_earned, sum(lifetime_spent) as lifetime_spent,
            sum(amount) filter (where kind = 'member') as balance, sum(amount) filter (where kind = 'held') as held,
            -sum(amount) filter (where kind = 'debt') as debt, sum(amount) filter (where kind = 'hold') as holds,
            sum(amount) filter (where counts in ('level_reward', 'credit')) as earned,
            -sum(amount) filter (where counts in ('debit', 'capture')) as spent
        from (
            select user_id, dgt_balance, held_dgt, debt_dgt, lifetime_earned, lifetime_spent,
                null as kind, null as counts, 0 as amount
            from user_wallet
            union all
            select a.user_id, 0, 0, 0, 0, 0, a.kind, coalesce(r.kind, j.kind), e.amount
            from dgt_accounts a join dgt_transactions e on e.account_id = a.id
            join dgt_journal j on j.id = e.journal_id left join dgt_journal r on r.id = j.reverses_id
            where a.user_id is not null
            union all
            select user_id, 0, 0, 0, 0, 0, 'hold', null, amount - released - captured from dgt_holds
        ) all_sides group by user_id
    ) t, lateral (values
        ('balance', t.dgt_balance, coalesce(t.balance, 0)),
        ('held', t.held_dgt, coalesce(t.held, 0)),
        ('debt', t.debt_dgt, coalesce(t.debt, 0)),
        ('holds', t.held_dgt, coalesce(t.holds, 0)),
        ('earned', t.lifetime_earned, coalesce(t.earned, 0)),
        ('spent', t.lifetime_spent, coalesce(t.spent, 0))
    ) v (kind, stored, rebuilt)
    where v.stored <> v.rebuilt
    union all
    select user_id, 'running', id::text, coalesce(balance_after::text, 'nothing'), should::text
    from (
        select a.user_id, e.id, e.balance_after, e.amount
            + coalesce(lag(e.balance_after) over (partition by a.user_id, e.account_id order by e.id), 0) as should
        from dgt_accounts a join dgt_transactions e on e.account_id = a.id
        where a.user_id is not null
    ) chain
    where balance_after is distinct from should;
