-- XP's doors once more, now with all that caps, pairs, boosts and events ask; what is taken back and given again; totals
-- of periods. New SQLSTATEs: XP003 an adjustment would leave less than 0 XP, XP004 staff adjust nobody's XP but others'.

alter table xp_period_totals set (fillfactor = 80);

-- ── levels follow XP and the curve ──────────────────────────────────────────────────────────────────────────────────

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

-- ── locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, but the members are locked as an award between two locks them (see xp_read): a stronger lock later, while
-- their XP is held already, could wait for somebody who waits for that XP.
create or replace function lock_members(p_users bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform from users where user_id = any (p_users) order by user_id for share;
    perform xp_lock(p_users);
    perform dgt_lock_wallets(p_users);
end $$;

-- ── what the rules need to decide ───────────────────────────────────────────────────────────────────────────────────

drop function xp_read(bigint, text, text);
drop type xp_facts;

create type xp_facts as (
    moment timestamptz, rule_set bigint, sha256 text, log_id bigint, last_awarded_at timestamptz, is_suspended boolean,
    joined_at timestamptz, is_verified boolean, day_xp bigint, week_xp bigint, boosts jsonb, joined bigint[],
    other_is_one_person boolean, other_is_suspended boolean, other_joined_at timestamptz, other_is_verified boolean,
    pair_day_xp bigint, pair_day_amount bigint
);

-- Locks the member and reads all that the rules need to decide, in one round trip. log_id: the key is used already.
-- The other member is locked too, shared: whoever bans them waits for this award, and then finds it.
create function xp_read(p_user bigint, p_action text, p_key text, p_counterparty bigint default null) returns xp_facts
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    facts xp_facts;
    action bigint := (select id from xp_actions where name = p_action);
    used xp_log;
    person bigint;
    day timestamptz := date_trunc('day', clock(), 'UTC');
    week timestamptz := date_trunc('week', clock(), 'UTC');
begin
    if p_counterparty is not null then
        perform from users where user_id in (p_user, p_counterparty) order by user_id for share;
    else
        perform from users where user_id = p_user for key share;
    end if;
    perform from user_xp where user_id = p_user for no key update;
    if not found then -- the member's first award
        perform xp_lock(array [p_user]);
    end if;
    facts.moment := clock();
    select * into used from xp_log where key = p_key;
    if found then
        if (used.user_id, used.action_id) is distinct from (p_user, action) then
            raise exception 'This key was used for another award.' using errcode = 'XP002';
        end if;
        facts.log_id := used.id;
        return facts;
    end if;
    select number, sha256 into facts.rule_set, facts.sha256 from rule_sets order by number desc limit 1;
    select created_at into facts.last_awarded_at from xp_log
        where user_id = p_user and action_id = action and reverses_id is null
        order by created_at desc limit 1;
    -- A transaction that waited may belong to the day before the newest rows: both ends bound its day.
    select coalesce(sum(xp_awarded) filter (where created_at >= day and created_at < day + interval '1 day'), 0),
            coalesce(sum(xp_awarded), 0)
        into facts.day_xp, facts.week_xp
        from xp_log
        where user_id = p_user and action_id = action and reverses_id is null
            and created_at >= week and created_at < week + interval '7 days';
    select not u.is_active, u.date_joined, coalesce(u.same_person_as_id, u.user_id)
        into facts.is_suspended, facts.joined_at, person
        from users u where u.user_id = p_user;
    facts.is_verified := exists (select from account_emailaddress where user_id = p_user and verified);
    select jsonb_agg(jsonb_build_array(source, multiplier_bps) order by id) into facts.boosts from xp_boosts
        where user_id = p_user and starts_at <= facts.moment and ends_at > facts.moment;
    select array_agg(e.id) into facts.joined
        from special_events e join event_participations p on p.event_id = e.id and p.user_id = p_user
        where e.ends_at > facts.moment;
    if p_counterparty is null then
        return facts;
    end if;
    select coalesce(u.same_person_as_id, u.user_id) = person, not u.is_active, u.date_joined
        into facts.other_is_one_person, facts.other_is_suspended, facts.other_joined_at
        from users u where u.user_id = p_counterparty;
    facts.other_is_verified := exists (
        select from account_emailaddress where user_id = p_counterparty and verified
    );
    select coalesce(sum(xp_awarded), 0), coalesce(sum(amount), 0) into facts.pair_day_xp, facts.pair_day_amount
        from xp_log
        where user_id = p_user and counterparty_id = p_counterparty and action_id = action and reverses_id is null
            and created_at >= day and created_at < day + interval '1 day';
    return facts;
end $$;

-- ── totals of periods ───────────────────────────────────────────────────────────────────────────────────────────────

-- Adds XP to the UTC day, week and month of a moment. What is taken back leaves the period it was granted in.
create function xp_add_to_periods(p_user bigint, p_points bigint, p_at timestamptz, p_is_listed boolean) returns void
    language sql set search_path = public, pg_temp as $$
    insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
        select period, (date_trunc(period, p_at, 'UTC') at time zone 'UTC')::date, p_user, p_points, p_is_listed
        from unnest(array ['day', 'week', 'month']) period
        on conflict (period, starts_on, user_id) do update set xp = xp_period_totals.xp + excluded.xp
$$;

-- ── the door ────────────────────────────────────────────────────────────────────────────────────────────────────────

drop function xp_post(
    bigint, text, bigint, text, bigint, jsonb, text, text, text, bigint, bigint, text, bigint, jsonb
);

-- The one door for XP: one log row and the member's totals, in one statement. A used key changes nothing.
-- Without an action it is an adjustment by staff: with a reason, never of one's own XP, never below 0.
create function xp_post(
    p_user bigint, p_action text, p_points bigint, p_key text, p_rule_set bigint, p_trace jsonb, p_cause_type text,
    p_cause_id text, p_counterparty bigint default null, p_amount bigint default null, p_path text default null,
    p_path_share bigint default null, p_actor bigint default null, p_reason text default '', p_metadata jsonb default '{}'
) returns xp_posted language plpgsql security definer set search_path = public, pg_temp as $$
declare
    posted xp_posted;
    action bigint;
    listed boolean;
    used xp_log;
    at timestamptz := clock();
begin
    if p_action is not null then
        select id into action from xp_actions where name = p_action;
        if action is null then
            raise exception 'There is no XP action called “%”.', p_action using errcode = 'XP001';
        end if;
    elsif p_actor is null or p_actor = p_user or p_reason = '' then
        raise exception 'An adjustment has a reason, and is by staff for another member.' using errcode = 'XP004';
    end if;
    perform from users where user_id = p_user for key share;
    select xp, level, is_listed into posted.xp, posted.level_before, listed
        from user_xp where user_id = p_user for no key update;
    if not found then
        perform xp_lock(array [p_user]);
        select xp, level, is_listed into posted.xp, posted.level_before, listed from user_xp where user_id = p_user;
    end if;
    posted.xp := posted.xp + p_points;
    posted.level_after := calculate_user_level(posted.xp);
    posted.created_at := at;
    insert into xp_log (
        user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id,
        counterparty_id, amount, path_id, path_share, actor_id, reason, xp_after, level_before, level_after
    ) values (
        p_user, action, p_points, at, p_metadata, p_key, p_rule_set, p_trace, p_cause_type, p_cause_id,
        p_counterparty, p_amount, p_path, p_path_share, p_actor, p_reason, posted.xp, posted.level_before,
        posted.level_after
    ) on conflict (key) do nothing returning id into posted.log_id;
    posted.replayed := posted.log_id is null;
    if posted.replayed then
        select * into strict used from xp_log where key = p_key;
        if (used.user_id, used.action_id) is distinct from (p_user, action)
            or (action is null and used.xp_awarded <> p_points)
        then
            raise exception 'This key was used for another award.' using errcode = 'XP002';
        end if;
        posted.log_id := used.id;
        return posted;
    end if;
    if action is null and p_points < 0 and posted.xp < 0 then
        raise exception 'An adjustment leaves no less than 0 XP.' using errcode = 'XP003';
    end if;
    update user_xp set xp = posted.xp, last_xp_event_at = at where user_id = p_user;
    perform xp_add_to_periods(p_user, p_points, at, listed);
    return posted;
end $$;

-- ── taken back, given again ─────────────────────────────────────────────────────────────────────────────────────────

create type xp_undone as (user_id bigint, awards int, points bigint, level_before int, level_after int);

-- Undoes the newest row of each award's chain (the award, its reversal, its restoration), exactly, as a new row that
-- names it. Not granted: the two doors below keep the chain and the reasons in step.
create function xp_undo(p_awards bigint[], p_because text, p_actor bigint, p_reason text) returns setof xp_undone
    language plpgsql set search_path = public, pg_temp as $$
declare
    member record;
    award record;
    newest xp_log;
    undone xp_undone;
    running bigint;
    level_now int;
    at timestamptz := clock();
begin
    for member in
        select x.user_id, x.xp, x.level, x.is_listed from user_xp x
        where x.user_id in (select l.user_id from xp_log l where l.id = any (p_awards)) order by x.user_id
    loop
        undone := row (member.user_id, 0, 0, member.level, member.level);
        running := member.xp;
        for award in
            select l.* from xp_log l where l.id = any (p_awards) and l.user_id = member.user_id order by l.id
        loop
            select * into newest from xp_log l where l.id = award.id or l.origin_id = award.id order by l.id desc limit 1;
            running := running - newest.xp_awarded;
            level_now := calculate_user_level(running);
            insert into xp_log (
                user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id,
                counterparty_id, amount, reverses_id, origin_id, path_id, path_share, actor_id, reason, xp_after,
                level_before, level_after
            ) values (
                award.user_id, award.action_id, -newest.xp_awarded, at, jsonb_build_object('because', p_because),
                'undo:' || newest.id, award.rule_set_id, award.trace, award.cause_type, award.cause_id,
                award.counterparty_id, award.amount, newest.id, award.id, award.path_id, -newest.path_share, p_actor,
                p_reason, running, undone.level_after, level_now
            );
            perform xp_add_to_periods(member.user_id, -newest.xp_awarded, award.created_at, member.is_listed);
            undone.level_after := level_now;
            undone.awards := undone.awards + 1;
            undone.points := undone.points - newest.xp_awarded;
        end loop;
        if undone.awards > 0 then
            update user_xp set xp = running where user_id = member.user_id;
            return next undone;
        end if;
    end loop;
end $$;

-- An award stops counting with its first reason. All members are locked first, in the one order.
create function xp_take_back(p_awards bigint[], p_because text, p_actor bigint default null, p_reason text default '')
    returns setof xp_undone language plpgsql security definer set search_path = public, pg_temp as $$
declare
    fresh bigint[];
begin
    perform xp_lock(array(select distinct user_id from xp_log where id = any (p_awards)));
    with added as (
        insert into xp_withholdings (award_id, because, created_at)
            select l.id, p_because, clock() from xp_log l where l.id = any (p_awards) and l.reverses_id is null
            order by l.id
            on conflict (award_id, because) do nothing
            returning award_id
    )
    -- The rows just added are not visible to this statement: what it sees are the reasons from before.
    select array_agg(award_id) into fresh from added a
        where not exists (select from xp_withholdings w where w.award_id = a.award_id);
    if fresh is not null then
        return query select * from xp_undo(fresh, p_because, p_actor, p_reason);
    end if;
end $$;

-- A reason ends; awards that no other reason withholds count again.
create function xp_give_back(p_because text, p_actor bigint default null, p_reason text default '')
    returns setof xp_undone language plpgsql security definer set search_path = public, pg_temp as $$
declare
    free bigint[];
begin
    perform xp_lock(array(
        select distinct l.user_id from xp_withholdings w join xp_log l on l.id = w.award_id where w.because = p_because
    ));
    with ended as (
        delete from xp_withholdings where because = p_because returning award_id
    )
    select array_agg(award_id) into free from ended e
        where not exists (
            select from xp_withholdings w where w.award_id = e.award_id and w.because <> p_because
        );
    if free is not null then
        return query select * from xp_undo(free, p_because, p_actor, p_reason);
    end if;
end $$;

create trigger xp_withholdings_no_truncate before truncate on xp_withholdings
    for each statement execute function refuse_change();
create trigger streak_days_append_only before update or delete on streak_days
    for each row execute function refuse_change();
create trigger streak_days_no_truncate before truncate on streak_days
    for each statement execute function refuse_change();

-- ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function user_xp_listing() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    listed boolean := new.is_active and not new.hides_from_boards;
begin
    update user_xp set is_listed = listed where user_id = new.user_id;
    update xp_period_totals set is_listed = listed where user_id = new.user_id;
    return null;
end $$;

create view xp_period_leaderboard as
    select t.user_id, t.period, t.starts_on, u.username, t.xp, x.level, l.rank_name, l.tier, l.color_code
    from xp_period_totals t
    join user_xp x on x.user_id = t.user_id
    join users u on u.user_id = t.user_id
    join xp_levels l on l.level = x.level
    where t.is_listed and t.xp > 0;

create view user_xp_summary as
    select u.user_id, u.username, u.is_active, u.is_active and not u.hides_from_boards as is_listed,
        greatest(coalesce(x.xp, 0), 0) as xp, l.level, l.rank_name, l.tier, l.color_code,
        l.xp_required as level_starts_at, n.xp_required as next_level_at, x.last_xp_event_at,
        coalesce(w.dgt_balance, 0) as dgt_balance, coalesce(w.lifetime_earned, 0) as lifetime_earned,
        coalesce(w.lifetime_spent, 0) as lifetime_spent,
        (
            select coalesce(sum(r.dgt_reward), 0)::bigint from level_dgt_rewards_log r
            where r.user_id = u.user_id and r.state = 'paid'
        ) as rewards_dgt
    from users u
    left join user_xp x on x.user_id = u.user_id
    join xp_levels l on l.level = coalesce(x.level, 1)
    left join xp_levels n on n.level = l.level + 1
    left join user_wallet w on w.user_id = u.user_id;
