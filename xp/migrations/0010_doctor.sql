-- What xp_doctor compares, and how it puts a member right. The log is the truth: it only grows, and every row of it
-- recomputes from its own arithmetic.

-- The UTC day, week and month of this moment. Materialized: once, not anew for every row that is compared with it.
create view xp_running_periods as
    with running as materialized (
        select period, date_trunc(period, clock() at time zone 'UTC')::date as starts_on
        from unnest(array ['day', 'week', 'month']) period
    ), bounded as materialized (
        select period, starts_on, starts_on::timestamp at time zone 'UTC' as since,
            (starts_on + ('1 ' || period)::interval) at time zone 'UTC' as until
        from running
    )
    select period, starts_on, since, until from bounded;

-- One row for each thing that disagrees with the log, in whatever was stored and what it should be.
--   total, level           user_xp against the sum of the log, and that on the curve
--   day, week, month       the running periods (subject: their first day)
--   streak, longest, last_day   user_streaks against streak_days
--   log                    a row (subject) whose total does not follow from the row before; since the last repair
--   entry                  a row whose XP are not the result of its arithmetic; of one that reverses another, with the
--                          other sign than that
--   award                  an award (subject) that counts though something is held against it, or the other way round
--   rewards                levels up to the member's that are remembered as reached
-- A condition on user_id reaches every branch, so the view also answers for one member.
create view xp_drift as
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

-- Puts a member's total, level, periods, streak and remembered levels right, as the log says, and writes a row of 0 XP
-- that says so. Returns its words; null if there is nothing to put right, or if the log itself is damaged (kind entry).
-- A level that the member has and that was never remembered is remembered now and paid; the ledger's key still lets it
-- pay once only. Levels that are reached by being put right follow the trigger, like all others.
create function xp_repair(p_user bigint) returns text
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
    if found is null or exists (select from unnest(found) d where d.kind = 'entry') then
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
