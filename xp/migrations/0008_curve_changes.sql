-- The thresholds of the curve move through one door, and everyone's level follows. New SQLSTATE: XP005 another change
-- of the curve is under way.

-- Levels above p_above and up to p_up_to are remembered for life, each with what it pays: those up to p_by_curve were
-- reached only because the curve changed. What is remembered already stays as it is, so a level never pays twice.
create function xp_remember_levels(
    p_user bigint, p_above int, p_up_to int, p_by_curve int, p_curve_pays boolean
) returns void language plpgsql set search_path = public, pg_temp as $$
declare
    reached record;
begin
    for reached in
        insert into level_dgt_rewards_log (user_id, level, dgt_reward, state, created_at)
            select p_user, l.level, case when pays then coalesce(r.dgt_reward, 0) else 0 end,
                case when pays and r.dgt_reward is not null then 'pending' else 'none' end, clock()
            from xp_levels l left join level_dgt_rewards r on r.level = l.level,
                lateral (select l.level > p_by_curve or p_curve_pays as pays) p
            where l.level > greatest(p_above, 1) and l.level <= p_up_to
            order by l.level
            on conflict (user_id, level) do nothing
            returning level, state
    loop
        if reached.state = 'pending' then
            begin
                perform pay_level_reward(p_user, reached.level);
            exception when sqlstate 'DG001' or sqlstate 'DG002' or sqlstate 'DG003' or sqlstate 'DG004' then
                null; -- whatever the ledger has against it, the member keeps the XP and the reward waits
            end;
        end if;
    end loop;
end $$;

-- As before, but only a change that is under way decides about rewards: every level follows it before it is finished.
create or replace function award_level_up_dgt() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    level_before int := case when tg_op = 'UPDATE' then old.level else 1 end;
    by_curve int := case when tg_op = 'UPDATE' then calculate_user_level(old.xp) else 1 end;
    curve_pays boolean := true;
begin
    if by_curve > level_before then
        curve_pays := coalesce((select pays_rewards from xp_curve_changes order by id desc limit 1), false);
    end if;
    perform xp_remember_levels(new.user_id, level_before, new.level, by_curve, curve_pays);
    return null;
end $$;

-- The one door for thresholds. The lock waits for awards in flight and holds up new ones until this commits: every award
-- sees the curve and the rule set from before the change, or both from after it. Returns how many thresholds moved.
create function xp_change_curve(p_levels int[], p_required bigint[]) returns int
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    moved int;
begin
    lock table user_xp in exclusive mode;
    if exists (select from xp_curve_changes where finished_at is null) then
        raise exception 'Another change of the curve is under way.' using errcode = 'XP005';
    end if;
    update xp_levels l set xp_required = c.required
        from unnest(p_levels, p_required) c (level, required)
        where l.level = c.level and l.xp_required <> c.required;
    get diagnostics moved = row_count;
    return moved;
end $$;

-- However thresholds move, levels follow: at commit there is a change of the curve that was made with it.
create function xp_levels_recompute() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and new.xp_required = old.xp_required then
        return null;
    end if;
    if exists (select from user_xp) and not exists (
        select from xp_curve_changes where finished_at is null or created_at = clock()
    ) then
        raise exception 'Thresholds move with a change of the curve, so that levels follow.'
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
create constraint trigger xp_levels_recompute after insert or update of xp_required or delete on xp_levels
    deferrable initially deferred for each row execute function xp_levels_recompute();

drop function xp_recompute_levels(bigint, int);
create type xp_relevelled as (user_id bigint, level_before int, level_after int);

-- Brings the levels of the next members in line with the curve and returns those that moved: at most p_limit, of at most
-- forty times as many that it looks at. Only they are locked: since the change nobody's level falls behind any more.
-- Whoever finds another worker at it does nothing.
create function xp_recompute_levels(p_change bigint, p_limit int) returns setof xp_relevelled
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    change xp_curve_changes;
    last bigint;
    behind bigint[];
    moved int := 0;
begin
    select * into change from xp_curve_changes where id = p_change and finished_at is null
        for no key update skip locked;
    if not found then
        return;
    end if;
    select max(user_id), array_agg(user_id order by user_id) filter (where level <> calculate_user_level(xp))
        into last, behind
        from (
            select user_id, xp, level from user_xp where user_id > change.done_up_to
            order by user_id limit greatest(p_limit, 1) * 40
        ) n;
    if last is null then
        update xp_curve_changes set finished_at = clock() where id = p_change;
        return;
    end if;
    if behind is not null then
        if cardinality(behind) > greatest(p_limit, 1) then
            behind := behind[:greatest(p_limit, 1)];
            last := behind[cardinality(behind)];
        end if;
        perform lock_members(behind);
        return query
            update user_xp x set level = x.level -- update_user_level sets the level that the XP make
            from (select user_id, level from user_xp where user_id = any (behind)) b
            where x.user_id = b.user_id and x.level <> calculate_user_level(x.xp)
            returning x.user_id, b.level, x.level;
        get diagnostics moved = row_count;
    end if;
    update xp_curve_changes set done_up_to = last, changed = changed + moved where id = p_change;
end $$;
