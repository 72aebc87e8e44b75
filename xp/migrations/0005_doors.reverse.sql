-- Version 0003 cannot say which award a reversal is about, and could not be brought forward again.
do $$
begin
    if exists (select from xp_log where reverses_id is not null or action_id is null) then
        raise exception 'XP was taken back or adjusted already: this version cannot be undone any more.';
    end if;
end $$;

drop view user_xp_summary;
drop view xp_period_leaderboard;
drop trigger streak_days_no_truncate on streak_days;
drop trigger streak_days_append_only on streak_days;
drop trigger xp_withholdings_no_truncate on xp_withholdings;
drop function xp_give_back, xp_take_back, xp_keep_part, xp_undo, xp_settle, xp_newest, xp_append;
drop type xp_undone;
drop function xp_post, xp_person, xp_read;
drop type xp_facts;
drop function xp_add_to_periods, xp_recompute_levels;
alter table xp_period_totals reset (fillfactor);

-- What follows is as 0002_doors.sql made it.

create or replace function award_level_up_dgt() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    reached record;
begin
    for reached in
        insert into level_dgt_rewards_log (user_id, level, dgt_reward, state, created_at)
            select new.user_id, l.level, coalesce(r.dgt_reward, 0),
                case when r.dgt_reward is null then 'none' else 'pending' end, clock()
            from xp_levels l left join level_dgt_rewards r on r.level = l.level
            where l.level > 1 and l.level <= new.level
                and l.level > case when tg_op = 'UPDATE' then old.level else 1 end
            order by l.level
            on conflict (user_id, level) do nothing
            returning level, state
    loop
        if reached.state = 'pending' then
            begin
                perform pay_level_reward(new.user_id, reached.level);
            exception when sqlstate 'DG001' or sqlstate 'DG002' or sqlstate 'DG003' or sqlstate 'DG004' then
                null; -- whatever the ledger has against it, the member keeps the XP and the reward waits
            end;
        end if;
    end loop;
    return null;
end $$;

create or replace function lock_members(p_users bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform xp_lock(p_users);
    perform dgt_lock_wallets(p_users);
end $$;

create type xp_facts as (
    moment timestamptz, rule_set bigint, sha256 text, last_awarded_at timestamptz, log_id bigint
);

create function xp_read(p_user bigint, p_action text, p_key text) returns xp_facts
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    facts xp_facts;
    action bigint := (select id from xp_actions where name = p_action);
    used xp_log;
begin
    perform from users where user_id = p_user for key share;
    perform from user_xp where user_id = p_user for no key update;
    if not found then -- the member's first award
        perform xp_lock(array [p_user]);
    end if;
    facts.moment := clock();
    select number, sha256 into facts.rule_set, facts.sha256 from rule_sets order by number desc limit 1;
    select created_at into facts.last_awarded_at from xp_log
        where user_id = p_user and action_id = action and reverses_id is null
        order by created_at desc limit 1;
    select * into used from xp_log where key = p_key;
    if found and (used.user_id, used.action_id) is distinct from (p_user, action) then
        raise exception 'This key was used for another award.' using errcode = 'XP002';
    end if;
    facts.log_id := used.id;
    return facts;
end $$;

create function xp_post(
    p_user bigint, p_action text, p_points bigint, p_key text, p_rule_set bigint, p_trace jsonb, p_cause_type text,
    p_cause_id text, p_path text default null, p_path_share bigint default null, p_actor bigint default null,
    p_reason text default '', p_reverses bigint default null, p_metadata jsonb default '{}'
) returns xp_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted xp_posted;
    action bigint;
    used xp_log;
    at timestamptz := clock();
begin
    select id into action from xp_actions where name = p_action;
    if action is null then
        raise exception 'There is no XP action called “%”.', p_action using errcode = 'XP001';
    end if;
    perform from users where user_id = p_user for key share;
    select xp, level into posted.xp, posted.level_before from user_xp where user_id = p_user for no key update;
    if not found then
        perform xp_lock(array [p_user]);
        select xp, level into posted.xp, posted.level_before from user_xp where user_id = p_user;
    end if;
    posted.xp := posted.xp + p_points;
    posted.level_after := calculate_user_level(posted.xp);
    posted.created_at := at;
    insert into xp_log (
        user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id, reverses_id,
        path_id, path_share, actor_id, reason, xp_after, level_before, level_after
    ) values (
        p_user, action, p_points, at, p_metadata, p_key, p_rule_set, p_trace, p_cause_type, p_cause_id, p_reverses,
        p_path, p_path_share, p_actor, p_reason, posted.xp, posted.level_before, posted.level_after
    ) on conflict (key) do nothing returning id into posted.log_id;
    posted.replayed := posted.log_id is null;
    if posted.replayed then
        select * into strict used from xp_log where key = p_key;
        if (used.user_id, used.action_id) is distinct from (p_user, action) then
            raise exception 'This key was used for another award.' using errcode = 'XP002';
        end if;
        posted.log_id := used.id;
        return posted;
    end if;
    update user_xp set xp = posted.xp, last_xp_event_at = at where user_id = p_user;
    return posted;
end $$;

create or replace function user_xp_listing() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update user_xp set is_listed = new.is_active and not new.hides_from_boards where user_id = new.user_id;
    return null;
end $$;
