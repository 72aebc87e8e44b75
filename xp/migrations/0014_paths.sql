-- Awards go to the primary path: it multiplies them (what xp_read says) and collects them (what the doors add). What is
-- taken back leaves the path it went to. The doctor compares paths too. Boards know how members look.

drop function xp_read(bigint, text, text, bigint);
drop type xp_facts;

create type xp_facts as (
    moment timestamptz, rule_set bigint, sha256 text, log_id bigint, last_awarded_at timestamptz, is_suspended boolean,
    joined_at timestamptz, is_verified boolean, day_xp bigint, week_xp bigint, boosts jsonb, joined bigint[],
    other_is_one_person boolean, other_is_suspended boolean, other_joined_at timestamptz, other_is_verified boolean,
    pair_day_xp bigint, pair_day_amount bigint, path text, path_bps int
);

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
    -- One statement, one snapshot: the rules and what the path multiplies by belong together.
    select number, sha256, collecting_path(p_user), get_path_xp_multiplier(p_user, p_action)
        into facts.rule_set, facts.sha256, facts.path, facts.path_bps
        from rule_sets order by number desc limit 1;
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

create or replace function xp_post(
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
    -- All of an award goes to the path; staff's adjustments belong to none.
    if p_path_share is distinct from (case when p_path is not null then p_points end)
        or (p_path is not null and action is null)
    then
        raise exception 'A path collects an award whole.' using errcode = 'check_violation';
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
    if p_path is not null then
        perform path_add(p_user, p_path, p_points);
    end if;
    return posted;
end $$;

create or replace function xp_append(
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
        case when p_newest.path_id is not null then p_points end, p_actor, p_reason, p_running + p_points, p_level,
        calculate_user_level(p_running + p_points)
    ) returning *
$$;

create or replace function xp_settle(p_user bigint, p_after bigint, p_xp bigint) returns void
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
    perform path_add(p_user, s.path_id, s.share) from (
        select path_id, sum(path_share)::bigint as share from xp_log
        where user_id = p_user and id > p_after and path_id is not null
        group by path_id having sum(path_share) <> 0
        order by path_id
    ) s;
end $$;

-- ── the doctor ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- As before, and further kinds:
--   path, path_level       a member's path (subject) against what the log says went to it, and that on the path's curve
--   share                  a row whose share for its path is not its XP
create or replace view xp_drift as
    select t.user_id, v.kind, '' as subject, v.stored::text as stored, v.rebuilt::text as rebuilt
    from (
        select user_id, sum(stored)::bigint as stored, sum(rebuilt)::bigint as rebuilt, coalesce(max(level), 1) as level
        from (
            select user_id, xp as stored, 0 as rebuilt, level from user_xp
            union all
            select user_id, 0, xp_awarded, null from xp_log
        ) both_sides group by user_id
    ) t, lateral (values
        ('total', t.stored, t.rebuilt),
        ('level', t.level, width_bucket(
            greatest(t.rebuilt, 0), (select array_agg(xp_required order by level) from xp_levels)
        ))
    ) v (kind, stored, rebuilt)
    where v.stored <> v.rebuilt
        -- While levels follow a change of the curve, those of members who are not done yet may be behind.
        and not (v.kind = 'level' and exists (
            select from xp_curve_changes c where c.finished_at is null and c.done_up_to < t.user_id
        ))
    union all
    select user_id, period, starts_on::text, sum(stored)::text, sum(rebuilt)::text
    from (
        select t.user_id, p.period, p.starts_on, t.xp as stored, 0 as rebuilt
        from xp_running_periods p join xp_period_totals t on t.period = p.period and t.starts_on = p.starts_on
        union all
        -- What is taken back or granted again belongs to the period of its award.
        select l.user_id, p.period, p.starts_on, 0, l.xp_awarded
        from xp_log l left join xp_log o on o.id = l.origin_id
        join xp_running_periods p
            on coalesce(o.created_at, l.created_at) >= p.since and coalesce(o.created_at, l.created_at) < p.until
        where l.created_at >= (select min(since) from xp_running_periods)
    ) both_sides group by user_id, period, starts_on having sum(stored) <> sum(rebuilt)
    union all
    select s.user_id, v.kind, '', v.stored, v.rebuilt
    from (
        select user_id, max(stored) as stored, max(stored_longest) as stored_longest, max(stored_last) as stored_last,
            max(current) as current, max(longest) as longest, max(last_day) as last_day
        from (
            select user_id, current as stored, longest as stored_longest, last_day as stored_last, null::bigint as current,
                null::bigint as longest, null::date as last_day
            from user_streaks
            union all
            -- Days in a row are islands; a streak is as long as its visits.
            select user_id, null, null, null, (array_agg(visits order by last desc))[1], max(visits), max(last)
            from (
                select user_id, count(*) filter (where kind = 'visit') as visits, max(day) as last
                from (
                    select user_id, day, kind, day - row_number() over (partition by user_id order by day)::int as island
                    from streak_days
                ) d group by user_id, island
            ) i group by user_id
        ) both_sides group by user_id
    ) s, lateral (values
        ('streak', coalesce(s.stored, 0)::text, coalesce(s.current, 0)::text),
        ('longest', coalesce(s.stored_longest, 0)::text, coalesce(s.longest, 0)::text),
        ('last_day', coalesce(s.stored_last::text, 'never'), coalesce(s.last_day::text, 'never'))
    ) v (kind, stored, rebuilt)
    where v.stored <> v.rebuilt
    union all
    select l.user_id, 'log', l.id::text, l.xp_after::text, (l.before + l.xp_awarded)::text
    from (
        select user_id, id, xp_after, xp_awarded,
            coalesce(lag(xp_after) over (partition by user_id order by id), 0) as before
        from xp_log
    ) l left join (
        select user_id, max(id) as id from xp_log where cause_type = 'xp_doctor' and reverses_id is null group by user_id
    ) r on r.user_id = l.user_id
    where l.xp_after <> l.before + l.xp_awarded and l.id > coalesce(r.id, 0)
    union all
    select l.user_id, 'entry', l.id::text, l.xp_awarded::text, l.should::text
    from (
        select l.user_id, l.id, l.xp_awarded, case when l.reverses_id is null then (l.trace ->> 'result')::bigint
            else -sign(r.xp_awarded)::bigint * abs((l.trace ->> 'result')::bigint) end as should
        from xp_log l left join xp_log r on r.id = l.reverses_id
    ) l
    where l.xp_awarded is distinct from l.should
    union all
    select user_id, 'share', id::text, coalesce(path_share::text, 'none'),
        case when path_id is not null then xp_awarded::text else 'none' end
    from xp_log where path_share is distinct from case when path_id is not null then xp_awarded end
    union all
    select p.user_id, v.kind, p.path_id, v.stored::text, v.rebuilt::text
    from (
        select user_id, path_id, sum(stored)::bigint as stored, sum(rebuilt)::bigint as rebuilt,
            coalesce(max(path_level), 1) as level
        from (
            select user_id, path_id, path_xp as stored, 0 as rebuilt, path_level from user_paths
            union all
            select user_id, path_id, 0, xp_awarded, null from xp_log where path_id is not null
        ) both_sides group by user_id, path_id
    ) p, lateral (values
        ('path', p.stored, p.rebuilt), ('path_level', p.level, calculate_path_level(p.path_id, p.rebuilt))
    ) v (kind, stored, rebuilt)
    where v.stored <> v.rebuilt
    union all
    select l.user_id, 'award', a.award_id::text, case when a.is_undone then 'taken back' else 'counts' end,
        case when a.is_held then 'taken back' else 'counts' end
    from (
        select award_id, sum(steps) % 2 = 1 as is_undone, bool_or(is_held) as is_held
        from (
            select origin_id as award_id, 1 as steps, false as is_held from xp_log where origin_id is not null
            union all
            select award_id, 0, true from xp_withholdings
        ) both_sides group by award_id
    ) a join xp_log l on l.id = a.award_id
    where a.is_undone <> a.is_held
    union all
    select x.user_id, 'rewards', '', (count(g.id) + 1)::text, x.level::text
    from (
        select user_id, least(level, width_bucket(
            greatest(xp, 0), (select array_agg(xp_required order by level) from xp_levels)
        )) as level from user_xp
    ) x left join level_dgt_rewards_log g on g.user_id = x.user_id and g.level between 2 and x.level
    group by x.user_id, x.level having count(g.id) + 1 <> x.level;

create or replace function xp_repair(p_user bigint) returns text
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found xp_drift[];
    words text;
    total bigint;
    before int;
    after int;
begin
    perform lock_members(array [p_user]);
    select array_agg(d), string_agg(concat_ws(' ', d.kind, nullif(d.subject, ''), d.stored, '→', d.rebuilt), ', ')
        into found, words from xp_drift d where d.user_id = p_user and d.kind <> 'award';
    if found is null or exists (select from unnest(found) d where d.kind in ('entry', 'share')) then
        return null;
    end if;
    words := 'xp_doctor: ' || words;
    select coalesce(sum(xp_awarded), 0) into total from xp_log where user_id = p_user;
    select level into before from user_xp where user_id = p_user;
    perform xp_remember_levels(p_user, 1, least(before, calculate_user_level(total)), 1, true);
    update user_xp set xp = total where user_id = p_user returning level into after;
    insert into xp_period_totals (period, starts_on, user_id, xp, is_listed)
        select d.kind, d.subject::date, p_user, d.rebuilt::bigint, x.is_listed
        from unnest(found) d, user_xp x
        where x.user_id = p_user and d.kind in ('day', 'week', 'month')
        on conflict (period, starts_on, user_id) do update set xp = excluded.xp;
    perform path_add(p_user, d.subject, d.rebuilt::bigint - d.stored::bigint) from unnest(found) d where d.kind = 'path';
    update user_paths set path_level = path_level where user_id = p_user; -- the trigger puts it right
    if exists (select from unnest(found) d where d.kind in ('streak', 'longest', 'last_day')) then
        insert into user_streaks (user_id, current, longest) values (p_user, 0, 0) on conflict do nothing;
        update user_streaks s set
            current = coalesce(r.current::int, s.current),
            longest = coalesce(r.longest::int, s.longest),
            last_day = case when r.last_day is null then s.last_day else nullif(r.last_day, 'never')::date end
        from (
            select max(d.rebuilt) filter (where d.kind = 'streak') as current,
                max(d.rebuilt) filter (where d.kind = 'longest') as longest,
                max(d.rebuilt) filter (where d.kind = 'last_day') as last_day
            from unnest(found) d
        ) r
        where s.user_id = p_user;
    end if;
    insert into xp_log (
        user_id, action_id, xp_awarded, created_at, metadata, key, rule_set_id, trace, cause_type, cause_id, reason,
        xp_after, level_before, level_after
    ) values (
        p_user, null, 0, clock(), jsonb_build_object('drift', to_jsonb(found)), 'xp_doctor:' || uuid7(),
        (select max(number) from rule_sets), '{"base": 0, "multipliers": [], "result": 0}', 'xp_doctor', p_user, words,
        total, before, after
    );
    return words;
end $$;

-- ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

drop view xp_leaderboard;
create view xp_leaderboard as
    select x.user_id, u.username, u.look, x.xp, x.level, l.rank_name, l.tier, l.color_code
    from user_xp x
    join users u on u.user_id = x.user_id
    join xp_levels l on l.level = x.level
    where x.is_listed and x.xp > 0;

drop view xp_period_leaderboard;
create view xp_period_leaderboard as
    select t.user_id, t.period, t.starts_on, u.username, u.look, t.xp, x.level, l.rank_name, l.tier, l.color_code
    from xp_period_totals t
    join user_xp x on x.user_id = t.user_id
    join users u on u.user_id = t.user_id
    join xp_levels l on l.level = x.level
    where t.is_listed and t.xp > 0;
