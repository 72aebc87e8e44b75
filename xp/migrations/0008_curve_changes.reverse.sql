drop trigger xp_levels_recompute on xp_levels;
drop function xp_recompute_levels(bigint, int), xp_levels_recompute(), xp_change_curve(int[], bigint[]);
drop type xp_relevelled;

-- What follows is as 0005_doors.sql made it.

-- As before, and: levels that only a change of the curve brought (the XP before this change had reached them already)
-- pay if that change says so. Those that do not are remembered with 0 DGT, so that they never pay later.
create or replace function award_level_up_dgt() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    reached record;
    level_before int := case when tg_op = 'UPDATE' then old.level else 1 end;
    by_curve int := case when tg_op = 'UPDATE' then calculate_user_level(old.xp) else 1 end;
    curve_pays boolean := true;
begin
    if by_curve > level_before then
        curve_pays := coalesce((select pays_rewards from xp_curve_changes order by id desc limit 1), false);
    end if;
    for reached in
        insert into level_dgt_rewards_log (user_id, level, dgt_reward, state, created_at)
            select new.user_id, l.level, case when pays then coalesce(r.dgt_reward, 0) else 0 end,
                case when pays and r.dgt_reward is not null then 'pending' else 'none' end, clock()
            from xp_levels l left join level_dgt_rewards r on r.level = l.level,
                lateral (select l.level > by_curve or curve_pays as pays) p
            where l.level > greatest(level_before, 1) and l.level <= new.level
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

drop function xp_remember_levels(bigint, int, int, int, boolean);

-- Brings the levels of the next members in line with the curve. Returns the last member looked at, null at the end.
create function xp_recompute_levels(p_change bigint, p_limit int) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    change xp_curve_changes;
    members bigint[];
    touched int;
begin
    select * into change from xp_curve_changes where id = p_change and finished_at is null for no key update;
    if not found then
        return null;
    end if;
    select array_agg(user_id order by user_id) into members from (
        select user_id from user_xp where user_id > change.done_up_to order by user_id limit p_limit
    ) next;
    if members is null then
        update xp_curve_changes set finished_at = clock() where id = p_change;
        return null;
    end if;
    perform lock_members(members);
    update user_xp set level = level where user_id = any (members) and level <> calculate_user_level(xp);
    get diagnostics touched = row_count;
    update xp_curve_changes set done_up_to = members[array_upper(members, 1)], changed = changed + touched
        where id = p_change;
    return members[array_upper(members, 1)];
end $$;
