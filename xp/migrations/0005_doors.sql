-- XP's doors once more, now with all that caps, pairs, boosts and events ask; what is taken back and given again; totals
-- of periods. New SQLSTATEs: XP003 an adjustment would leave less than 0 XP, XP004 staff adjust nobody's XP but others'.
-- The role of the site may execute the doors, so they refuse by themselves what no rule grants: XP out of range, XP that
-- are not the result of their arithmetic, keys that the doors keep for their own rows.

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

-- Who stands behind an account: two accounts that staff know to be one person's are one.
create function xp_person(p_user bigint) returns bigint language sql stable set search_path = public, pg_temp as $$
    select coalesce(same_person_as_id, user_id) from users where user_id = p_user
$$;

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
    elsif p_actor is null or p_reason = '' or xp_person(p_actor) = xp_person(p_user) then
        raise exception 'An adjustment has a reason, and is by staff for another person.' using errcode = 'XP004';
    end if;
    if p_key like 'undo:%' or p_key like 'xp_doctor:%' or not p_trace ?& array ['base', 'multipliers', 'result']
        or (p_trace ->> 'result')::bigint <> p_points
        or not coalesce(p_points between 1 and 10 ^ 12 or (p_action is null and p_points between -(10 ^ 12) and -1), false)
    then
        raise exception 'No rule grants % XP with this key and arithmetic.', p_points using errcode = 'check_violation';
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

-- Writes the row that undoes another: of that one's award, and as much the other way, or `p_points` where only a part
-- comes back. `p_running` and `p_level` are the member's before it.
create function xp_append(
    p_newest xp_log, p_points bigint, p_trace jsonb, p_because text, p_actor bigint, p_reason text, p_running bigint,
    p_level int, p_amount bigint
) returns xp_log language sql set search_path = public, pg_temp as $$
    insert into xp_log (
        user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id,
        counterparty_id, amount, reverses_id, origin_id, path_id, path_share, actor_id, reason, xp_after, level_before,
        level_after
    ) values (
        p_newest.user_id, p_newest.action_id, p_points, clock(), jsonb_build_object('because', p_because),
        'undo:' || p_newest.id, p_newest.rule_set_id, p_trace, p_newest.cause_type, p_newest.cause_id,
        p_newest.counterparty_id, p_amount, p_newest.id, coalesce(p_newest.origin_id, p_newest.id), p_newest.path_id,
        -p_newest.path_share, p_actor, p_reason, p_running + p_points, p_level,
        calculate_user_level(p_running + p_points)
    ) returning *
$$;

-- The newest row of an award's chain: the award, its reversal, its restoration, and so on.
create function xp_newest(p_award bigint) returns xp_log language sql stable set search_path = public, pg_temp as $$
    select * from xp_log where id = p_award or origin_id = p_award order by id desc limit 1
$$;

-- Brings a member's totals in line with the rows written since `p_after`: what is undone leaves the day, week and month
-- its award was granted in, as far as those are kept. One statement, however many rows: each period is one row.
create function xp_settle(p_user bigint, p_after bigint, p_xp bigint) returns void
    language plpgsql set search_path = public, pg_temp as $$
begin
    insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
        select p.period, p.starts_on, p_user, sum(l.xp_awarded), x.is_listed
        from xp_log l join xp_log o on o.id = l.origin_id join user_xp x on x.user_id = l.user_id,
            unnest(array ['day', 'week', 'month']) as q (period),
            lateral (select q.period, (date_trunc(q.period, o.created_at, 'UTC') at time zone 'UTC')::date as starts_on) p
        where l.user_id = p_user and l.id > p_after and p.starts_on >= xp_periods_kept_since(p.period)
        group by p.period, p.starts_on, x.is_listed
        having sum(l.xp_awarded) <> 0
        on conflict (period, starts_on, user_id) do update set xp = xp_period_totals.xp + excluded.xp;
    update user_xp set xp = p_xp where user_id = p_user;
end $$;

-- Undoes the newest row of each award's chain, exactly, as a new row that names it. Not granted: the doors below keep
-- the chain and the reasons in step.
create function xp_undo(p_awards bigint[], p_because text, p_actor bigint, p_reason text) returns setof xp_undone
    language plpgsql set search_path = public, pg_temp as $$
declare
    member record;
    award bigint;
    newest xp_log;
    undone xp_undone;
    running bigint;
    after bigint;
begin
    for member in
        select x.user_id, x.xp, x.level from user_xp x
        where x.user_id in (select l.user_id from xp_log l where l.id = any (p_awards))
        order by x.user_id
        for no key update
    loop
        undone := row (member.user_id, 0, 0, member.level, member.level);
        running := member.xp;
        after := (select max(l.id) from xp_log l where l.user_id = member.user_id);
        for award in
            select l.id from xp_log l where l.id = any (p_awards) and l.user_id = member.user_id order by l.id
        loop
            newest := xp_newest(award);
            newest := xp_append(
                newest, -newest.xp_awarded, newest.trace, p_because, p_actor, p_reason, running, undone.level_after,
                newest.amount
            );
            running := newest.xp_after;
            undone.level_after := newest.level_after;
            undone.awards := undone.awards + 1;
            undone.points := undone.points + newest.xp_awarded;
        end loop;
        perform xp_settle(member.user_id, after, running);
        return next undone;
    end loop;
end $$;

-- Leaves of an award what its arithmetic grants for a smaller amount, also while something is held against it: then the
-- smaller award is what comes back. Only ever less; the member and the award stay, so caps see the award as it was.
create function xp_keep_part(p_award bigint, p_trace jsonb, p_amount bigint, p_because text) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    member user_xp;
    newest xp_log;
    points bigint := (p_trace ->> 'result')::bigint;
    held boolean;
begin
    select user_id into member.user_id from xp_log where id = p_award and reverses_id is null;
    perform xp_lock(array [member.user_id]);
    select * into member from user_xp where user_id = member.user_id;
    newest := xp_newest(p_award);
    held := exists (select from xp_withholdings where award_id = p_award);
    if newest.id is null or points < 0 or points > abs(newest.xp_awarded) then
        raise exception 'A part of an award is less than the award.' using errcode = 'check_violation';
    end if;
    declare
        after bigint := (select max(l.id) from xp_log l where l.user_id = member.user_id);
    begin
        if not held then
            newest := xp_append(
                newest, -newest.xp_awarded, newest.trace, p_because, null, '', member.xp, member.level, newest.amount
            );
            newest := xp_append(
                newest, points, p_trace, p_because, null, '', newest.xp_after, newest.level_after, p_amount
            );
        else
            newest := xp_append(newest, points, p_trace, p_because, null, '', member.xp, member.level, p_amount);
            newest := xp_append(
                newest, -points, p_trace, p_because, null, '', newest.xp_after, newest.level_after, p_amount
            );
        end if;
        perform xp_settle(member.user_id, after, newest.xp_after);
    end;
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
