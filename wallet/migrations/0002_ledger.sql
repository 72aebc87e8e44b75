-- The ledger's doors and guards. The application role may execute dgt_post and dgt_reverse, and read; it writes no
-- table, and dgt_write, which both of them and the level rewards use, is not for it.
-- Errors carry SQLSTATEs of our own: DG001 not enough DGT, DG002 bad legs, DG003 key used for another request,
-- DG004 no such account, DG005 a reversal cannot be reversed.

alter table user_wallet set (fillfactor = 80); -- updated on every movement: leave room for HOT updates

-- ── guards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create trigger dgt_journal_append_only before update or delete on dgt_journal
    for each row execute function refuse_change();
create trigger dgt_journal_no_truncate before truncate on dgt_journal
    for each statement execute function refuse_change();
create trigger dgt_transactions_append_only before update or delete on dgt_transactions
    for each row execute function refuse_change();
create trigger dgt_transactions_no_truncate before truncate on dgt_transactions
    for each statement execute function refuse_change();
create trigger dgt_accounts_append_only before update or delete on dgt_accounts
    for each row execute function refuse_change();
create trigger dgt_accounts_no_truncate before truncate on dgt_accounts
    for each statement execute function refuse_change();

-- Whoever inserts, a journal says truthfully which transaction wrote it and when.
create function dgt_journal_stamp() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.xid := pg_current_xact_id();
    new.epoch := (select epoch from database_mark);
    new.posted_at := transaction_timestamp();
    return new;
end $$;
create trigger dgt_journal_stamp before insert on dgt_journal
    for each row execute function dgt_journal_stamp();

-- A journal is closed at commit: entries join only a journal of the same transaction. After a restore an old xid can
-- come again, so the transaction's start must agree too.
create function dgt_entry_in_open_journal() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (
        select from dgt_journal j
        where j.id = new.journal_id and j.xid = pg_current_xact_id() and j.posted_at = transaction_timestamp()
    ) then
        raise exception 'journal % is closed', new.journal_id using errcode = 'restrict_violation';
    end if;
    if new.line <> 1 + coalesce((select max(line) from dgt_transactions where journal_id = new.journal_id), 0) then
        raise exception 'lines of a journal follow each other' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger dgt_entry_in_open_journal before insert on dgt_transactions
    for each row execute function dgt_entry_in_open_journal();

-- On the journal, not on the entries: checked once, and it catches empty and one-legged journals.
create function dgt_journal_balanced() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    legs bigint;
    total numeric;
begin
    select count(*), coalesce(sum(amount), 0) into legs, total from dgt_transactions where journal_id = new.id;
    if legs < 2 or total <> 0 then
        raise exception 'journal % has % entries that sum to %', new.id, legs, total using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger dgt_journal_balanced after insert on dgt_journal
    deferrable initially deferred for each row execute function dgt_journal_balanced();

-- SET CONSTRAINTS can use that check up before the last entry; so the last entry is checked too, and only the last.
create function dgt_last_entry_balances() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from dgt_transactions where journal_id = new.journal_id and line > new.line)
        and (select sum(amount) from dgt_transactions where journal_id = new.journal_id) <> 0
    then
        raise exception 'the entries of journal % do not sum to 0', new.journal_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger dgt_last_entry_balances after insert on dgt_transactions
    deferrable initially deferred for each row execute function dgt_last_entry_balances();

-- ── canonical bytes ─────────────────────────────────────────────────────────────────────────────────────────────────

create function dgt_field(value text) returns bytea language sql immutable parallel safe
    set search_path = public, pg_temp
    return int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8');

-- Version byte 1, then each field with its length in front (4 bytes, big-endian): journal, key, kind, line, account,
-- amount, balance after (empty on system accounts), microseconds since 1970. No personal data.
create function dgt_canonical(
    journal uuid, key text, kind text, line int, account bigint, amount bigint, balance_after bigint, at timestamptz
) returns bytea language sql immutable parallel safe set search_path = public, pg_temp
    return '\x01'::bytea || dgt_field(journal::text) || dgt_field(key) || dgt_field(kind) || dgt_field(line::text)
        || dgt_field(account::text) || dgt_field(amount::text) || dgt_field(coalesce(balance_after::text, ''))
        || dgt_field((extract(epoch from at) * 1000000)::bigint::text);

-- ── locks and accounts ──────────────────────────────────────────────────────────────────────────────────────────────

-- Locks the members' wallets in ascending order, making missing rows first. Missing rows are inserted before any row
-- is locked: the other way round two calls could each hold what the other wants.
create function dgt_lock_wallets(p_users bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if (select count(*) from user_wallet where user_id = any (p_users))
        < (select count(distinct u) from unnest(p_users) u) -- NULL is not counted
    then
        insert into user_wallet (user_id)
            select distinct u from unnest(p_users) u where u is not null order by u
            on conflict do nothing;
    end if;
    perform from user_wallet where user_id = any (p_users) order by user_id for no key update;
end $$;

-- The account of a member (made when first used) or the system account of that name.
create function dgt_account_id(p_user bigint, p_name text) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    account bigint;
begin
    if p_user is null then
        select id into account from dgt_accounts where name = p_name and kind = 'system';
        if account is null then
            raise exception 'There is no account called “%”.', p_name using errcode = 'DG004';
        end if;
        return account;
    end if;
    if p_name not in ('member', 'held', 'debt') then
        raise exception 'Members have no “%” account.', p_name using errcode = 'DG004';
    end if;
    select id into account from dgt_accounts where user_id = p_user and kind = p_name;
    if account is null then -- under the lock on the wallet, so nobody else makes it meanwhile
        insert into dgt_accounts (kind, user_id) values (p_name, p_user) returning id into account;
    end if;
    return account;
end $$;

-- ── the door ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- What a kind of journal adds to a member's lifetime figures. A transfer or a hold is neither earned nor spent.
create function dgt_counts_as(p_kind text) returns text language sql immutable parallel safe
    set search_path = public, pg_temp
    return case when p_kind in ('level_reward', 'credit') then 'earned' when p_kind = 'debit' then 'spent' end;

create type dgt_posted as (journal_id bigint, public_id uuid, replayed boolean);

-- The one place that moves DGT: dgt_post, dgt_reverse and the level-reward trigger go through here.
-- Leg i moves p_amounts[i] on account p_accounts[i] of member p_users[i], or on the system account of that name where
-- the member is NULL; an account has one leg at most. A key that was used for the same request answers with its journal and moves nothing.
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

-- The application's door. It knows which accounts each kind moves DGT between, and cannot speak for the functions that
-- pay rewards or reverse: their kinds and keys are refused. Members must exist, and for a transfer be active.
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

-- Undoes a journal by one that mirrors it; a journal is reversed at most once (its unique `reverses_id`).
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
