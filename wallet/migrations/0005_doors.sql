-- The ledger's doors, complete: debts, holds, frozen wallets, the policy of transfers and tips, staff's adjustments and
-- the second person they need. The application role may execute dgt_post, dgt_transfer, dgt_adjust, dgt_hold, dgt_settle,
-- dgt_reverse, dgt_freeze and dgt_unfreeze, and read. dgt_write, dgt_enter and the questions they ask are not for it.
-- More SQLSTATEs: DG006 the policy refuses (the detail says which rule), DG007 a wallet is frozen, DG008 a second
-- person must agree, DG009 staff decide nothing about themselves, DG010 not so much is held.

create trigger dgt_holds_no_delete before delete on dgt_holds
    for each row execute function refuse_change();
create trigger dgt_holds_no_truncate before truncate on dgt_holds
    for each statement execute function refuse_change();
create trigger wallet_freezes_no_delete before delete on wallet_freezes
    for each row execute function refuse_change();
create trigger wallet_freezes_no_truncate before truncate on wallet_freezes
    for each statement execute function refuse_change();
alter table dgt_holds set (fillfactor = 80);

-- Holds of before get their row; what was released of them is set off against the oldest first.
insert into dgt_holds (journal_id, user_id, amount, released, captured)
select held.journal_id, held.user_id, held.amount,
    least(held.amount, greatest(0, coalesce(given_back.dgt, 0) - (held.running - held.amount))), 0
from (
    select e.journal_id, e.user_id, e.amount, sum(e.amount) over (partition by e.user_id order by e.journal_id) as running
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id and a.kind = 'held'
    where e.transaction_type = 'hold'
) held
left join (
    select e.user_id, -sum(e.amount) as dgt
    from dgt_transactions e join dgt_accounts a on a.id = e.account_id and a.kind = 'held'
    where e.transaction_type = 'release' group by 1
) given_back on given_back.user_id = held.user_id;

-- Who stands behind an account: two accounts that staff know to be one person's are one.
create function person_of(p_user bigint) returns bigint language sql stable set search_path = public, pg_temp
    return (select coalesce(same_person_as_id, user_id) from users where user_id = p_user);

-- ── entering a journal ──────────────────────────────────────────────────────────────────────────────────────────────

-- What a kind of journal adds to a member's lifetime figures. Everything else is neither earned nor spent.
create or replace function dgt_counts_as(p_kind text) returns text language sql immutable parallel safe
    set search_path = public, pg_temp
    return case when p_kind in ('level_reward', 'credit') then 'earned' when p_kind in ('debit', 'capture') then 'spent' end;

create type dgt_legs as (users bigint[], accounts text[], amounts bigint[]);

-- Legs as they are entered: what a member is paid repays the debt first; where the balance may not suffice, the rest of
-- what is taken becomes debt. So nobody has a balance and a debt.
create function dgt_settled_legs(p_users bigint[], p_accounts text[], p_amounts bigint[], p_into_debt boolean)
    returns dgt_legs language sql stable set search_path = public, pg_temp as $$
    select (array_agg(given.u order by given.line, part.place), array_agg(part.name order by given.line, part.place),
        array_agg(part.amount order by given.line, part.place))::dgt_legs
    from unnest(p_users, p_accounts, p_amounts) with ordinality as given (u, name, a, line)
    left join user_wallet w on w.user_id = given.u
    cross join lateral (
        select case
            when given.u is null or given.name <> 'member' then 0
            when given.a > 0 then least(given.a, w.debt_dgt)
            when p_into_debt then least(given.a + w.dgt_balance, 0)
            else 0
        end as amount
    ) debt
    cross join lateral (values (1, 'debt', debt.amount), (2, given.name, given.a - debt.amount)) part (place, name, amount)
    where part.amount <> 0
$$;

drop function dgt_write(
    text, text, bigint[], text[], bigint[], text, bigint, text, text, bigint, bigint, text, jsonb
);

-- Opens a journal for a key; replayed says that the key is used already, for the same request.
create function dgt_open(
    p_kind text, p_key text, p_request_hash text, p_actor bigint, p_approver bigint, p_reason text, p_reverses bigint
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    journal record;
begin
    insert into dgt_journal (public_id, kind, key, request_hash, actor_id, approver_id, reason, reverses_id, created_at)
        values (uuid7(), p_kind, p_key, p_request_hash, p_actor, p_approver, p_reason, p_reverses, clock())
        on conflict (key) do nothing
        returning id, public_id into journal;
    if found then
        return (journal.id, journal.public_id, false)::dgt_posted;
    end if;
    select id, public_id, request_hash into strict journal from dgt_journal where key = p_key;
    if journal.request_hash <> p_request_hash then
        raise exception 'This key was used for another request.' using errcode = 'DG003';
    end if;
    return (journal.id, journal.public_id, true)::dgt_posted;
end $$;

-- Enters the legs of a journal that was just opened, and moves the balances. The wallets are locked.
-- p_counts is what it counts as; p_sender sent p_sent DGT of the day's limit.
create function dgt_enter(
    p_journal dgt_posted, p_kind text, p_key text, p_users bigint[], p_accounts text[], p_amounts bigint[],
    p_description text default '', p_reference_type text default '', p_reference_id bigint default null,
    p_metadata jsonb default '{}', p_into_debt boolean default false, p_counts text default null,
    p_sender bigint default null, p_sent bigint default 0
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    legs dgt_legs;
    wallets record;
    short record;
    at timestamptz := clock();
    today date := (at at time zone 'UTC')::date;
begin
    select bool_or(is_frozen) as frozen, bool_or(debt_dgt > 0) as owe into wallets
        from user_wallet where user_id = any (p_users);
    if wallets.frozen then
        raise exception 'This wallet is frozen.' using errcode = 'DG007', detail = (
            select jsonb_build_object('user', user_id)::text from user_wallet
            where user_id = any (p_users) and is_frozen order by user_id limit 1
        );
    end if;
    if p_into_debt or wallets.owe then
        legs := dgt_settled_legs(p_users, p_accounts, p_amounts, p_into_debt);
        p_users := legs.users;
        p_accounts := legs.accounts;
        p_amounts := legs.amounts;
    end if;

    select w.user_id, w.debt_dgt, case leg.name when 'member' then w.dgt_balance else w.held_dgt end as balance,
        -leg.a as wanted
        into short
        from unnest(p_users, p_accounts, p_amounts) as leg (u, name, a)
        join user_wallet w on w.user_id = leg.u
        where (leg.name = 'member' and w.dgt_balance + leg.a < 0) or (leg.name = 'held' and w.held_dgt + leg.a < 0)
        limit 1;
    if found then
        raise exception 'not enough DGT' using errcode = 'DG001', detail = jsonb_build_object(
            'user', short.user_id, 'balance', short.balance, 'wanted', short.wanted, 'debt', short.debt_dgt
        )::text;
    end if;

    update user_wallet w set
        dgt_balance = w.dgt_balance + leg.member,
        held_dgt = w.held_dgt + leg.held,
        debt_dgt = w.debt_dgt - leg.debt,
        lifetime_earned = w.lifetime_earned + case p_counts when 'earned' then leg.net else 0 end,
        lifetime_spent = w.lifetime_spent - case p_counts when 'spent' then leg.net else 0 end,
        -- Never back: a transaction that began before midnight and waited counts for the day that others began.
        sent_on = case w.user_id when p_sender then greatest(w.sent_on, today) else w.sent_on end,
        sent_dgt = case
            when w.user_id is distinct from p_sender then w.sent_dgt
            when w.sent_on >= today then w.sent_dgt + p_sent
            else p_sent
        end
        from (
            select u, sum(a)::bigint as net,
                coalesce(sum(a) filter (where name = 'member'), 0)::bigint as member,
                coalesce(sum(a) filter (where name = 'held'), 0)::bigint as held,
                coalesce(sum(a) filter (where name = 'debt'), 0)::bigint as debt
            from unnest(p_users, p_accounts, p_amounts) as given (u, name, a)
            where u is not null group by u
        ) leg
        where w.user_id = leg.u;

    insert into dgt_transactions (
        journal_id, line, account_id, user_id, amount, transaction_type, reference_id, reference_type, description,
        created_at, metadata, balance_after, canonical
    )
    select p_journal.journal_id, leg.line, leg.account, leg.u, leg.a, p_kind, p_reference_id, p_reference_type,
        p_description, at, p_metadata, leg.after,
        dgt_canonical(p_journal.public_id, p_key, p_kind, leg.line::int, leg.account, leg.a, leg.after, at)
    from (
        select given.u, given.a, given.line, dgt_account_id(given.u, given.name) as account,
            case given.name when 'member' then w.dgt_balance when 'held' then w.held_dgt when 'debt' then -w.debt_dgt end
            as after
        from unnest(p_users, p_accounts, p_amounts) with ordinality as given (u, name, a, line)
        left join user_wallet w on w.user_id = given.u
    ) leg
    order by leg.line;
end $$;

-- Leg i moves p_amounts[i] on account p_accounts[i] of member p_users[i], or on the system account of that name where
-- the member is NULL; an account has one leg at most. A used key answers with its journal and moves nothing.
create function dgt_write(
    p_kind text, p_key text, p_users bigint[], p_accounts text[], p_amounts bigint[], p_request_hash text,
    p_actor bigint default null, p_description text default '', p_reference_type text default '',
    p_reference_id bigint default null, p_reverses bigint default null, p_reason text default '',
    p_metadata jsonb default '{}', p_approver bigint default null, p_into_debt boolean default false
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted dgt_posted;
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
    posted := dgt_open(p_kind, p_key, p_request_hash, p_actor, p_approver, p_reason, p_reverses);
    if not posted.replayed then
        perform dgt_enter(
            posted, p_kind, p_key, p_users, p_accounts, p_amounts, p_description, p_reference_type, p_reference_id,
            p_metadata, p_into_debt,
            -- A reversal undoes what the reversed journal counted as.
            dgt_counts_as(case when p_reverses is null then p_kind else (select kind from dgt_journal where id = p_reverses) end)
        );
    end if;
    return posted;
end $$;

-- ── the application's doors ─────────────────────────────────────────────────────────────────────────────────────────

create function dgt_check_key(p_key text) returns void language plpgsql immutable set search_path = public, pg_temp as $$
begin
    if p_key is null or p_key = '' or p_key like 'level_reward:%' then
        raise exception 'This key is not for you.' using errcode = 'DG002';
    end if;
end $$;

drop function dgt_post(text, text, bigint[], text[], bigint[], text, bigint, text, text, bigint, text, jsonb);

-- Between members and system accounts, by the site itself: whatever a person decides has a door below. It knows which accounts each kind moves DGT between, and cannot speak for the
-- doors below nor for the functions that pay rewards or reverse.
create function dgt_post(
    p_kind text, p_key text, p_users bigint[], p_accounts text[], p_amounts bigint[], p_request_hash text,
    p_description text default '', p_reference_type text default '', p_reference_id bigint default null,
    p_metadata jsonb default '{}'
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    fits boolean;
begin
    perform dgt_check_key(p_key);
    if exists (
        select from unnest(p_users) given left join users u on u.user_id = given
        where given is not null and u.user_id is null
    ) then
        raise exception 'There is no such member.' using errcode = 'DG004';
    end if;
    select bool_and(case p_kind
            when 'credit' then case
                when a < 0 then u is null and name not in ('adjustments', 'stripe', 'usdt') else u is not null and name = 'member'
            end
            when 'debit' then case when a < 0 then u is not null and name = 'member' else u is null and name <> 'adjustments' end
            when 'purchase' then case when a < 0 then u is null and name in ('stripe', 'usdt') else u is not null and name = 'member' end
            when 'clawback' then case when a < 0 then u is not null and name = 'member' else u is null and name <> 'adjustments' end
            else false
        end)
        into fits from unnest(p_users, p_accounts, p_amounts) as given (u, name, a);
    if fits is not true then
        raise exception 'A “%” does not move DGT between these accounts, or not in whole amounts.', p_kind
            using errcode = 'DG002';
    end if;
    return dgt_write(
        p_kind, p_key, p_users, p_accounts, p_amounts, p_request_hash, p_description => p_description,
        p_reference_type => p_reference_type, p_reference_id => p_reference_id, p_metadata => p_metadata,
        p_into_debt => p_kind = 'clawback'
    );
end $$;

create function dgt_refuse(p_rule text, p_facts jsonb default '{}') returns void language plpgsql immutable
    set search_path = public, pg_temp as $$
begin
    raise exception 'refused: %', p_rule
        using errcode = 'DG006', detail = (p_facts || jsonb_build_object('rule', p_rule))::text;
end $$;

-- DGT that was bought lately: it may be spent, but not sent yet (A9).
create function dgt_bought_lately(p_user bigint, p_days int) returns bigint language sql stable
    set search_path = public, pg_temp as $$
    select coalesce(sum(e.amount), 0)::bigint from dgt_transactions e
    where e.user_id = p_user and e.transaction_type = 'purchase' and e.created_at > clock() - make_interval(days => p_days)
        and not exists (select from dgt_journal r where r.reverses_id = e.journal_id)
$$;

-- From member to member, a “transfer” or a “tip”: everything that the policy says of it is decided here, under the locks
-- on both wallets. p_fee is what the sender agreed to; null takes whatever is in force. A tip costs no fee.
create function dgt_transfer(
    p_kind text, p_key text, p_sender bigint, p_receiver bigint, p_amount bigint, p_fee bigint, p_request_hash text,
    p_description text default '', p_reference_type text default '', p_reference_id bigint default null
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted dgt_posted;
    policy wallet_policy;
    sender record;
    receiver record;
    wallet user_wallet;
    fee bigint := 0;
    left_today bigint;
    locked bigint := 0;
    old_enough timestamptz;
begin
    perform dgt_check_key(p_key);
    if p_kind is null or p_kind not in ('transfer', 'tip') or p_amount is null or p_amount not between 1 and 1000000000000 then
        raise exception 'Amounts are whole DGT from 1 to 1,000,000,000,000.' using errcode = 'DG002';
    end if;
    if p_sender = p_receiver then
        perform dgt_refuse('oneself');
    end if;
    perform dgt_lock_wallets(array [p_sender, p_receiver]);
    posted := dgt_open(p_kind, p_key, p_request_hash, p_sender, null, '', null);
    if posted.replayed then
        return posted;
    end if;

    -- After the wallets: whoever was suspended while this waited for them sends and receives nothing.
    select u.user_id, u.is_active, u.date_joined into sender from users u where u.user_id = p_sender;
    select u.user_id, u.is_active, u.date_joined into receiver from users u where u.user_id = p_receiver;
    if sender.user_id is null or receiver.user_id is null then
        raise exception 'There is no such member.' using errcode = 'DG004';
    end if;
    if not switch_is_on(p_kind || 's') then
        perform dgt_refuse('switched-off', jsonb_build_object('switch', p_kind || 's'));
    end if;
    if not sender.is_active or not receiver.is_active then
        perform dgt_refuse('suspended');
    end if;
    select * into policy from wallet_policy;
    if p_kind = 'transfer' then
        fee := p_amount * policy.fee_bps / 10000;
        if p_amount < policy.transfer_min_dgt then
            perform dgt_refuse('too-little', jsonb_build_object('least', policy.transfer_min_dgt));
        elsif p_amount > policy.transfer_max_dgt then
            perform dgt_refuse('too-much', jsonb_build_object('most', policy.transfer_max_dgt));
        end if;
    elsif p_amount < policy.tip_min_dgt then
        perform dgt_refuse('too-little', jsonb_build_object('least', policy.tip_min_dgt));
    elsif p_amount > policy.tip_max_dgt then
        perform dgt_refuse('too-much', jsonb_build_object('most', policy.tip_max_dgt));
    end if;
    if p_amount + fee > 1000000000000 then
        perform dgt_refuse('too-much', jsonb_build_object('most', 1000000000000 - fee));
    end if;
    if p_fee <> fee then
        perform dgt_refuse('fee-changed', jsonb_build_object('fee', fee));
    end if;
    old_enough := clock() - make_interval(hours => policy.min_account_age_hours);
    if sender.date_joined > old_enough then
        perform dgt_refuse('too-new', jsonb_build_object(
            'who', 'sender', 'from', sender.date_joined + make_interval(hours => policy.min_account_age_hours)));
    elsif receiver.date_joined > old_enough then
        perform dgt_refuse('too-new', jsonb_build_object('who', 'receiver'));
    end if;
    if policy.needs_verified_email then
        if not exists (select from account_emailaddress where user_id = p_sender and verified) then
            perform dgt_refuse('unverified', jsonb_build_object('who', 'sender'));
        elsif not exists (select from account_emailaddress where user_id = p_receiver and verified) then
            perform dgt_refuse('unverified', jsonb_build_object('who', 'receiver'));
        end if;
    end if;
    select * into wallet from user_wallet where user_id = p_sender;
    left_today := policy.daily_max_dgt
        - case when wallet.sent_on >= (clock() at time zone 'UTC')::date then wallet.sent_dgt else 0 end;
    if p_amount > left_today then
        perform dgt_refuse('daily-limit', jsonb_build_object('most', policy.daily_max_dgt, 'left', greatest(left_today, 0)));
    end if;
    if policy.purchases_locked_days > 0 then
        locked := dgt_bought_lately(p_sender, policy.purchases_locked_days);
        -- What is missing altogether is said below, in other words.
        if wallet.dgt_balance >= p_amount + fee and wallet.dgt_balance - locked < p_amount + fee then
            perform dgt_refuse('locked', jsonb_build_object(
                'transferable', greatest(wallet.dgt_balance - locked, 0), 'wanted', p_amount + fee));
        end if;
    end if;

    if fee > 0 then
        perform dgt_enter(
            posted, p_kind, p_key, array [p_sender, p_receiver, null], array ['member', 'member', 'fees'],
            array [-p_amount - fee, p_amount, fee], p_description, p_reference_type, p_reference_id,
            p_sender => p_sender, p_sent => p_amount
        );
    else
        perform dgt_enter(
            posted, p_kind, p_key, array [p_sender, p_receiver], array ['member', 'member'], array [-p_amount, p_amount],
            p_description, p_reference_type, p_reference_id, p_sender => p_sender, p_sent => p_amount
        );
    end if;
    return posted;
end $$;

-- ── staff ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Staff decide nothing about DGT of their own, and above the policy's limit a second person agrees. The limit counts what
-- this person, by whatever account, adjusted and reversed alone within 24 hours; the caller holds dgt_lock_staff.
create function dgt_check_staff(p_actor bigint, p_approver bigint, p_members bigint[], p_amount bigint) returns void
    language plpgsql stable set search_path = public, pg_temp as $$
declare
    concerned bigint[] := (select array_agg(person_of(m)) from unnest(p_members) m where m is not null);
    alone numeric;
begin
    if not exists (select from users where user_id = p_actor and is_active and is_staff) then
        raise exception 'Only staff can do this.' using errcode = 'DG009';
    end if;
    if person_of(p_actor) = any (concerned) then
        raise exception 'Nobody decides about their own DGT.' using errcode = 'DG009';
    end if;
    if p_approver is not null then
        if not exists (select from users where user_id = p_approver and is_active and is_staff)
            or person_of(p_approver) = person_of(p_actor) or person_of(p_approver) = any (concerned)
        then
            raise exception 'The second person must be other staff, whom it does not concern.' using errcode = 'DG009';
        end if;
        return;
    end if;
    select p_amount + coalesce(sum(e.amount), 0) into alone
        from dgt_journal j join dgt_transactions e on e.journal_id = j.id and e.amount > 0
        where j.kind in ('adjustment', 'reversal') and j.created_at > clock() - interval '24 hours'
            and j.approver_id is null
            and j.actor_id in (
                select user_id from users where coalesce(same_person_as_id, user_id) = person_of(p_actor)
            );
    if alone > (select approval_above_dgt from wallet_policy) then
        raise exception 'A second staff member must agree.' using errcode = 'DG008',
            detail = jsonb_build_object('most', (select approval_above_dgt from wallet_policy))::text;
    end if;
end $$;

-- One decision about DGT at a time for each person of the staff. Before the wallets, always.
create function dgt_lock_staff(p_actor bigint) returns void language sql set search_path = public, pg_temp
    as $$ select pg_advisory_xact_lock(hashtextextended('dgt_staff:' || person_of(p_actor), 0)) $$;

-- Staff add DGT to a member (p_amount > 0) or take it, with a reason.
create function dgt_adjust(
    p_user bigint, p_amount bigint, p_key text, p_request_hash text, p_actor bigint, p_approver bigint, p_reason text
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted dgt_posted;
begin
    perform dgt_check_key(p_key);
    if p_amount is null or p_amount = 0 or abs(p_amount::numeric) > 1000000000000 or coalesce(trim(p_reason), '') = '' then
        raise exception 'An adjustment needs a whole amount and a reason.' using errcode = 'DG002';
    end if;
    if not exists (select from users where user_id = p_user) then
        raise exception 'There is no such member.' using errcode = 'DG004';
    end if;
    perform dgt_lock_staff(p_actor);
    perform dgt_lock_wallets(array [p_user]);
    posted := dgt_open('adjustment', p_key, p_request_hash, p_actor, p_approver, p_reason, null);
    if not posted.replayed then
        perform dgt_check_staff(p_actor, p_approver, array [p_user], abs(p_amount));
        perform dgt_enter(
            posted, 'adjustment', p_key, array [null, p_user], array ['adjustments', 'member'],
            array [-p_amount, p_amount], p_reason
        );
    end if;
    return posted;
end $$;

drop function dgt_reverse(bigint, text, text, bigint, text);

-- Undoes a journal by one that mirrors it; a journal is reversed at most once (its unique `reverses_id`). What a member
-- lost of it to a debt, or to a hold, comes back to the balance. With p_into_debt what was spent meanwhile is owed.
create function dgt_reverse(
    p_journal bigint, p_key text, p_request_hash text, p_actor bigint, p_reason text, p_approver bigint default null,
    p_into_debt boolean default false
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    original dgt_journal;
    legs record;
begin
    perform dgt_check_key(p_key);
    select * into original from dgt_journal where id = p_journal;
    if not found then
        raise exception 'There is no such journal.' using errcode = 'DG004';
    end if;
    if original.kind = 'reversal' then
        raise exception 'A reversal cannot be reversed.' using errcode = 'DG005';
    end if;
    if original.kind in ('hold', 'release') then
        raise exception 'A hold is released, not reversed.' using errcode = 'DG005';
    end if;
    select array_agg(leg.u order by leg.line) as users, array_agg(-leg.a order by leg.line) as amounts,
        array_agg(leg.name order by leg.line) as accounts, sum(leg.a) filter (where leg.a > 0) as moved
        into legs
        from (
            select e.user_id as u, coalesce(a.name, 'member') as name, sum(e.amount)::bigint as a, min(e.line) as line
            from dgt_transactions e join dgt_accounts a on a.id = e.account_id
            where e.journal_id = p_journal group by 1, 2
        ) leg;
    if p_actor is not null then
        perform dgt_lock_staff(p_actor);
        -- A key that is used already answers as it did, whoever may decide what today.
        if not exists (select from dgt_journal where key = p_key) then
            perform dgt_check_staff(p_actor, p_approver, legs.users, legs.moved::bigint);
        end if;
    end if;
    return dgt_write(
        'reversal', p_key, legs.users, legs.accounts, legs.amounts, p_request_hash,
        p_actor => p_actor, p_reason => p_reason, p_reverses => p_journal, p_description => p_reason,
        p_reference_type => 'journal', p_reference_id => p_journal, p_approver => p_approver, p_into_debt => p_into_debt
    );
end $$;

-- ── holds ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Sets DGT of a member aside. The journal is the hold.
create function dgt_hold(
    p_user bigint, p_amount bigint, p_key text, p_request_hash text, p_actor bigint, p_description text, p_reason text
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted dgt_posted;
begin
    perform dgt_check_key(p_key);
    if not exists (select from users where user_id = p_user) then
        raise exception 'There is no such member.' using errcode = 'DG004';
    end if;
    posted := dgt_write(
        'hold', p_key, array [p_user, p_user], array ['member', 'held'], array [-p_amount, p_amount], p_request_hash,
        p_actor => p_actor, p_description => p_description, p_reason => p_reason
    );
    if not posted.replayed then
        insert into dgt_holds (journal_id, user_id, amount) values (posted.journal_id, p_user, p_amount);
    end if;
    return posted;
end $$;

-- Ends a hold or a part of it: a “release” gives back to the member, a “capture” pays a system account. Without an amount
-- it takes all that is left.
create function dgt_settle(
    p_hold bigint, p_kind text, p_amount bigint, p_to text, p_key text, p_request_hash text, p_actor bigint,
    p_description text, p_reason text
) returns dgt_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    hold dgt_holds;
    posted dgt_posted;
    wanted bigint;
begin
    perform dgt_check_key(p_key);
    if p_kind is null or p_kind not in ('release', 'capture') or p_to = 'adjustments' then
        raise exception 'A hold is released or captured.' using errcode = 'DG002';
    end if;
    select * into hold from dgt_holds where journal_id = p_hold;
    if not found then
        raise exception 'There is no such hold.' using errcode = 'DG004';
    end if;
    perform dgt_lock_wallets(array [hold.user_id]);
    posted := dgt_open(p_kind, p_key, p_request_hash, p_actor, null, p_reason, null);
    if posted.replayed then
        return posted;
    end if;
    select * into hold from dgt_holds where journal_id = p_hold for no key update;
    wanted := coalesce(p_amount, hold.amount - hold.released - hold.captured);
    if wanted < 1 or wanted > hold.amount - hold.released - hold.captured then
        raise exception 'not so much is held' using errcode = 'DG010', detail = jsonb_build_object(
            'left', hold.amount - hold.released - hold.captured)::text;
    end if;
    perform dgt_enter(
        posted, p_kind, p_key, array [hold.user_id, case p_kind when 'release' then hold.user_id end],
        array ['held', case p_kind when 'release' then 'member' else p_to end], array [-wanted, wanted], p_description,
        'journal', p_hold, p_counts => dgt_counts_as(p_kind)
    );
    update dgt_holds set
        released = released + case p_kind when 'release' then wanted else 0 end,
        captured = captured + case p_kind when 'capture' then wanted else 0 end
        where journal_id = p_hold;
    return posted;
end $$;

-- ── frozen wallets ──────────────────────────────────────────────────────────────────────────────────────────────────

create function dgt_check_decider(p_actor bigint, p_reason text) returns void language plpgsql stable
    set search_path = public, pg_temp as $$
begin
    if not exists (select from users where user_id = p_actor and is_active and is_staff) then
        raise exception 'Only staff can do this.' using errcode = 'DG009';
    end if;
    if coalesce(trim(p_reason), '') = '' then
        raise exception 'Say why.' using errcode = 'DG002';
    end if;
end $$;

-- Stops every movement of a wallet; false if it stands still already. Without an actor it was the audit.
create function dgt_freeze(p_user bigint, p_actor bigint, p_reason text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if p_actor is not null then
        perform dgt_check_decider(p_actor, p_reason);
    end if;
    perform dgt_lock_wallets(array [p_user]);
    if (select is_frozen from user_wallet where user_id = p_user) then
        return false;
    end if;
    insert into wallet_freezes (member_id, by_id, reason, created_at, end_reason) values (p_user, p_actor, p_reason, clock(), '');
    update user_wallet set is_frozen = true where user_id = p_user;
    return true;
end $$;

create function dgt_unfreeze(p_user bigint, p_actor bigint, p_reason text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform dgt_check_decider(p_actor, p_reason);
    if person_of(p_actor) = person_of(p_user) then
        raise exception 'Nobody decides about their own wallet.' using errcode = 'DG009';
    end if;
    perform dgt_lock_wallets(array [p_user]);
    if not (select is_frozen from user_wallet where user_id = p_user) then
        return false;
    end if;
    update wallet_freezes set ended_at = clock(), ended_by_id = p_actor, end_reason = p_reason
        where member_id = p_user and ended_at is null;
    update user_wallet set is_frozen = false where user_id = p_user;
    return true;
end $$;
