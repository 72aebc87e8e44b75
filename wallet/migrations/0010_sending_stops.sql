-- While something stops a member's sending, nothing goes from that wallet to other members; all else moves as ever.

create trigger sending_stops_no_delete before delete on sending_stops
    for each row execute function refuse_change();
create trigger sending_stops_no_truncate before truncate on sending_stops
    for each statement execute function refuse_change();

-- Stops transfers and tips of a member because of p_because; false if that stops them already. A transfer in flight holds
-- the wallet's lock: it happens before, or is refused.
create function dgt_stop_sending(p_user bigint, p_because text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform dgt_lock_wallets(array [p_user]);
    insert into sending_stops (member_id, because, started_at) values (p_user, p_because, clock())
        on conflict (member_id, because) where ended_at is null do nothing;
    if not found then
        return false;
    end if;
    update user_wallet set sending_is_stopped = true where user_id = p_user and not sending_is_stopped;
    return true;
end $$;

-- Ends what p_because stopped; false if it stops nothing. The member sends again once no other stop is open.
create function dgt_let_send(p_user bigint, p_because text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform dgt_lock_wallets(array [p_user]);
    update sending_stops set ended_at = clock() where member_id = p_user and because = p_because and ended_at is null;
    if not found then
        return false;
    end if;
    update user_wallet set sending_is_stopped = false
        where user_id = p_user and not exists (select from sending_stops where member_id = p_user and ended_at is null);
    return true;
end $$;

-- From member to member, a “transfer” or a “tip”: everything that the policy says of it is decided here, under the locks
-- on both wallets. p_fee is what the sender agreed to; null takes whatever is in force. A tip costs no fee.
create or replace function dgt_transfer(
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
    if wallet.sending_is_stopped then
        perform dgt_refuse('disputed');
    end if;
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
