-- As migration 0002 made it.
create or replace function pay_level_reward(p_user bigint, p_level int) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    reward level_dgt_rewards_log;
    posted dgt_posted;
begin
    -- Wallets before log rows, like the trigger.
    perform dgt_lock_wallets(array [p_user]);
    select * into reward from level_dgt_rewards_log
        where user_id = p_user and level = p_level and state = 'pending' for no key update;
    if not found or not exists (select from users where user_id = p_user and is_active) then
        return false;
    end if;
    posted := dgt_write(
        'level_reward', format('level_reward:%s:%s', p_user, p_level), array [null, p_user]::bigint[],
        array ['rewards', 'member'], array [-reward.dgt_reward, reward.dgt_reward], 'level_reward',
        p_description => format('Reached level %s', p_level), p_reference_type => 'level', p_reference_id => p_level
    );
    update level_dgt_rewards_log set state = 'paid', journal_id = posted.journal_id, paid_at = clock()
        where id = reward.id;
    return true;
end $$;
