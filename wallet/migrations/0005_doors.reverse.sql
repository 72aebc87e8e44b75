drop function dgt_unfreeze(bigint, bigint, text);
drop function dgt_freeze(bigint, bigint, text);
drop function dgt_check_decider(bigint, text);
drop function dgt_settle(bigint, text, bigint, text, text, text, bigint, text, text);
drop function dgt_hold(bigint, bigint, text, text, bigint, text, text);
drop function dgt_reverse(bigint, text, text, bigint, text, bigint, boolean);
drop function dgt_adjust(bigint, bigint, text, text, bigint, bigint, text);
drop function dgt_lock_staff(bigint);
drop function dgt_check_staff(bigint, bigint, bigint[], bigint);
drop function dgt_transfer(text, text, bigint, bigint, bigint, bigint, text, text, text, bigint);
drop function dgt_bought_lately(bigint, int);
drop function dgt_refuse(text, jsonb);
drop function dgt_post(text, text, bigint[], text[], bigint[], text, text, text, bigint, jsonb);
drop function dgt_check_key(text);
drop function dgt_write(
    text, text, bigint[], text[], bigint[], text, bigint, text, text, bigint, bigint, text, jsonb, bigint, boolean
);
drop function dgt_enter(
    dgt_posted, text, text, bigint[], text[], bigint[], text, text, bigint, jsonb, boolean, text, bigint, bigint
);
drop function dgt_open(text, text, text, bigint, bigint, text, bigint);
drop function dgt_settled_legs(bigint[], text[], bigint[], boolean);
drop type dgt_legs;
drop function person_of(bigint);
drop trigger wallet_freezes_no_truncate on wallet_freezes;
drop trigger wallet_freezes_no_delete on wallet_freezes;
drop trigger dgt_holds_no_truncate on dgt_holds;
drop trigger dgt_holds_no_delete on dgt_holds;
alter table dgt_holds reset (fillfactor);

-- As migration 0002 made them.
create or replace function dgt_counts_as(p_kind text) returns text language sql immutable parallel safe
    set search_path = public, pg_temp
    return case when p_kind in ('level_reward', 'credit') then 'earned' when p_kind = 'debit' then 'spent' end;

create function dgt_write(
    p_kind text, p_key text, p_users bigint[], p_accounts text[], p_amounts bigint[], p_request_hash text,
    p_actor bigint default null, p_description text default '', p_reference_type text default '',
    p_reference_id bigint default null, p_reverses bigint default null, p_reason text default '',
    p_metadata jsonb default '{}'
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    journal dgt_journal;
    short record;
    counts text;
    at timestamptz := clock();
begin
    if cardinality(p_amounts) < 2
        or cardinality(p_amounts) <> cardinality(p_users) or cardinality(p_amounts) <> cardinality(p_accounts)
        or (select sum(a) <> 0 or bool_or(a is null or a = 0 or abs(a::numeric) > 1000000000000) from unnest(p_amounts) a)
        is not false
    then
        raise exception 'A movement needs whole amounts from 1 to 1,000,000,000,000 DGT that sum to zero.'
            using errcode = 'DG002';
    end if;

    perform dgt_lock_wallets(p_users);

    insert into dgt_journal (public_id, kind, key, request_hash, actor_id, reason, reverses_id, created_at)
        values (uuid7(), p_kind, p_key, p_request_hash, p_actor, p_reason, p_reverses, at)
        on conflict (key) do nothing
        returning * into journal;
    if not found then
        select * into strict journal from dgt_journal where key = p_key;
        if journal.request_hash <> p_request_hash then
            raise exception 'This key was used for another request.' using errcode = 'DG003';
        end if;
        return (journal.id, journal.public_id, true)::dgt_posted;
    end if;

    select w.user_id, case leg.name when 'member' then w.dgt_balance else w.held_dgt end as balance, -leg.a as wanted
        into short
        from unnest(p_users, p_accounts, p_amounts) as leg (u, name, a)
        join user_wallet w on w.user_id = leg.u
        where (leg.name = 'member' and w.dgt_balance + leg.a < 0) or (leg.name = 'held' and w.held_dgt + leg.a < 0)
        limit 1;
    if found then
        raise exception 'not enough DGT' using errcode = 'DG001',
            detail = jsonb_build_object('user', short.user_id, 'balance', short.balance, 'wanted', short.wanted)::text;
    end if;

    -- A reversal undoes what the reversed journal counted as.
    counts := dgt_counts_as(
        case when p_reverses is null then p_kind else (select kind from dgt_journal where id = p_reverses) end
    );
    update user_wallet w set
        dgt_balance = w.dgt_balance + leg.member,
        held_dgt = w.held_dgt + leg.held,
        debt_dgt = w.debt_dgt - leg.debt,
        lifetime_earned = w.lifetime_earned + case counts when 'earned' then leg.member else 0 end,
        lifetime_spent = w.lifetime_spent - case counts when 'spent' then leg.member else 0 end
        from (
            select u,
                coalesce(sum(a) filter (where name = 'member'), 0) as member,
                coalesce(sum(a) filter (where name = 'held'), 0) as held,
                coalesce(sum(a) filter (where name = 'debt'), 0) as debt
            from unnest(p_users, p_accounts, p_amounts) as given (u, name, a)
            where u is not null group by u
        ) leg
        where w.user_id = leg.u;

    insert into dgt_transactions (
        journal_id, line, account_id, user_id, amount, transaction_type, reference_id, reference_type, description,
        created_at, metadata, balance_after, canonical
    )
    select journal.id, leg.line, leg.account, leg.u, leg.a, p_kind, p_reference_id, p_reference_type, p_description,
        at, p_metadata, leg.after,
        dgt_canonical(journal.public_id, p_key, p_kind, leg.line::int, leg.account, leg.a, leg.after, at)
    from (
        select given.u, given.a, given.line, dgt_account_id(given.u, given.name) as account,
            case given.name when 'member' then w.dgt_balance when 'held' then w.held_dgt when 'debt' then -w.debt_dgt end
            as after
        from unnest(p_users, p_accounts, p_amounts) with ordinality as given (u, name, a, line)
        left join user_wallet w on w.user_id = given.u
    ) leg
    order by leg.line;

    return (journal.id, journal.public_id, false)::dgt_posted;
end $$;

create function dgt_post(
    p_kind text, p_key text, p_users bigint[], p_accounts text[], p_amounts bigint[], p_request_hash text,
    p_actor bigint default null, p_description text default '', p_reference_type text default '',
    p_reference_id bigint default null, p_reason text default '', p_metadata jsonb default '{}'
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    fits boolean;
begin
    if p_key is null or p_key like 'level_reward:%' or p_key = '' then
        raise exception 'This key is not for you.' using errcode = 'DG002';
    end if;
    if exists (
        select from unnest(p_users) given left join users u on u.user_id = given
        where given is not null and (u.user_id is null or p_kind = 'transfer' and not u.is_active)
    ) then
        raise exception 'That account is suspended or does not exist.' using errcode = 'DG004';
    end if;
    select bool_and(case p_kind
            when 'credit' then case when a < 0 then u is null else name = 'member' end
            when 'debit' then case when a < 0 then u is not null and name = 'member' else u is null end
            when 'transfer' then u is not null and name = 'member'
            when 'hold' then u is not null and name = case when a < 0 then 'member' else 'held' end
            when 'release' then u is not null and name = case when a < 0 then 'held' else 'member' end
            else false
        end) and (p_kind not in ('hold', 'release') or count(distinct u) = 1)
        into fits from unnest(p_users, p_accounts, p_amounts) as given (u, name, a);
    if fits is not true then
        raise exception 'A “%” does not move DGT between these accounts, or not in whole amounts.', p_kind
            using errcode = 'DG002';
    end if;
    return dgt_write(
        p_kind, p_key, p_users, p_accounts, p_amounts, p_request_hash, p_actor, p_description, p_reference_type,
        p_reference_id, null, p_reason, p_metadata
    );
end $$;

create function dgt_reverse(
    p_journal bigint, p_key text, p_request_hash text, p_actor bigint, p_reason text
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    original dgt_journal;
    legs record;
begin
    select * into original from dgt_journal where id = p_journal;
    if not found then
        raise exception 'There is no such journal.' using errcode = 'DG004';
    end if;
    if original.reverses_id is not null then
        raise exception 'A reversal cannot be reversed.' using errcode = 'DG005';
    end if;
    select array_agg(e.user_id order by e.line) as users, array_agg(-e.amount order by e.line) as amounts,
        array_agg(coalesce(a.name, a.kind) order by e.line) as accounts
        into legs
        from dgt_transactions e join dgt_accounts a on a.id = e.account_id where e.journal_id = p_journal;
    return dgt_write(
        'reversal', p_key, legs.users, legs.accounts, legs.amounts, p_request_hash,
        p_actor => p_actor, p_reason => p_reason, p_reverses => p_journal,
        p_description => p_reason, p_reference_type => 'journal', p_reference_id => p_journal
    );
end $$;
