-- Positions beyond the first 10,000, and how long totals of periods are kept.

-- The first XP of the bucket: the 9 top significant bits of XP, so that a bucket is at most 1/256 of its XP wide, below
-- 512 XP a single value, and there are fewer than 4,000 of them up to two million XP.
-- width_bucket says how many of the powers of two from 2^9 on are reached: how many low bits to drop.
-- No search_path: a function that sets one is not inlined, and its body is bound to its names when it is made anyway.
create function xp_bucket(p_xp bigint) returns bigint language sql immutable parallel safe
    return p_xp - p_xp % (1::bigint << width_bucket(p_xp,
        '{512,1024,2048,4096,8192,16384,32768,65536,131072,262144,524288,1048576,2097152,4194304,8388608,16777216,
          33554432,67108864,134217728,268435456,536870912,1073741824,2147483648,4294967296,8589934592,17179869184,
          34359738368,68719476736,137438953472,274877906944,549755813888,1099511627776,2199023255552,4398046511104,
          8796093022208,17592186044416,35184372088832,70368744177664,140737488355328,281474976710656,562949953421312,
          1125899906842624,2251799813685248,4503599627370496,9007199254740992,18014398509481984,36028797018963968,
          72057594037927936,144115188075855872,288230376151711744,576460752303423488,1152921504606846976,
          2305843009213693952,4611686018427387904}'::bigint[]));

-- Counts all listed members anew. Readers see the old buckets until this commits; a second build waits for the first.
create function xp_build_board_buckets() returns int
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    built int;
begin
    lock table xp_board_buckets in share row exclusive mode;
    delete from xp_board_buckets;
    insert into xp_board_buckets (low, members, ahead, built_at)
        select low, members, (sum(members) over (order by low desc) - members)::bigint, clock()
        from (
            select xp_bucket(xp) as low, count(*) as members from user_xp where is_listed and xp > 0 group by 1
        ) counted;
    get diagnostics built = row_count;
    return built;
end $$;

-- The first day whose totals are kept. Boards show the running period only. What is older serves questions about the
-- last ones: a week of days, a month of weeks, a year of months, and one more of each, which is not over yet.
-- What is forgotten can be rebuilt: it is a sum of the log.
create function xp_periods_kept_since(p_period text) returns date language sql stable
    set search_path = public, pg_temp
    return (
        date_trunc(p_period, clock() at time zone 'UTC') - case p_period
            when 'day' then interval '8 days' when 'week' then interval '5 weeks' when 'month' then interval '13 months'
        end
    )::date;

-- Deletes up to that many totals of older periods; how many it found. Rows that somebody holds have time until the next
-- run: this never waits for a lock, so it cannot deadlock with awards, which it knows nothing of.
create function xp_forget_periods(p_most int) returns int
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    forgotten int;
begin
    delete from xp_period_totals where ctid = any (array(
        select t.ctid from xp_period_totals t
            where (t.period = 'day' and t.starts_on < xp_periods_kept_since('day'))
                or (t.period = 'week' and t.starts_on < xp_periods_kept_since('week'))
                or (t.period = 'month' and t.starts_on < xp_periods_kept_since('month'))
            limit p_most
            for update skip locked
    ));
    get diagnostics forgotten = row_count;
    return forgotten;
end $$;
