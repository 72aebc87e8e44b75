-- XP's doors, levels and rewards. The application role may execute xp_read, xp_post, lock_members and
-- pay_level_reward; it writes no table of XP. Errors carry SQLSTATEs of our own: XP001 that action is not known, XP002
-- the key was used for another award.

alter table user_xp set (fillfactor = 80); -- updated on every movement: leave room for HOT updates

-- ── levels follow XP ────────────────────────────────────────────────────────────────────────────────────────────────

create function calculate_user_level(p_xp bigint) returns int language sql stable
    set search_path = public, pg_temp
    return (select coalesce(max(level), 1) from xp_levels where xp_required <= greatest(p_xp, 0));

-- Thresholds strictly increase from 0 at level 1, without gaps; checked at commit, so a whole curve can be exchanged.
create function xp_levels_increase() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from (
            select level, xp_required, row_number() over (order by level) as place,
                lag(xp_required) over (order by level) as before
            from xp_levels
        ) l
        where l.place <> l.level or l.xp_required <= coalesce(l.before, -1) or (l.level = 1 and l.xp_required <> 0)
    ) then
        raise exception 'Each level needs more XP than the one before; level 1 needs 0.' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger xp_levels_increase after insert or update or delete on xp_levels
    deferrable initially deferred for each row execute function xp_levels_increase();

-- However XP changes, the level agrees with it: also when somebody writes the level.
create function update_user_level() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.level := calculate_user_level(new.xp);
    return new;
end $$;
create trigger update_user_level before insert or update of xp, level on user_xp
    for each row execute function update_user_level();

-- ── rewards ─────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Pays one waiting reward through the ledger, once; false if it is not waiting (any more) or must wait longer.
create function pay_level_reward(p_user bigint, p_level int) returns boolean
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

-- Each newly reached level is remembered for life, so that it pays once, and never pays a reward that was added after
-- it was reached. A suspended member's reward waits; the task xp.pay_pending_rewards pays it later.
create function award_level_up_dgt() returns trigger
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
create trigger award_level_up_dgt after update on user_xp
    for each row when (new.level > old.level) execute function award_level_up_dgt();
create trigger award_level_up_dgt_first after insert on user_xp
    for each row when (new.level > 1) execute function award_level_up_dgt();

-- The rewards log forgets nothing: the one change allowed is that a waiting reward is paid.
create function level_dgt_rewards_log_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if old.state = 'pending' and new.state = 'paid'
        and (new.id, new.user_id, new.level, new.dgt_reward, new.created_at)
            = (old.id, old.user_id, old.level, old.dgt_reward, old.created_at)
    then
        return new;
    end if;
    raise exception 'A reward is paid once and never changed.' using errcode = 'restrict_violation';
end $$;
create trigger level_dgt_rewards_log_guard before update on level_dgt_rewards_log
    for each row execute function level_dgt_rewards_log_guard();
create trigger level_dgt_rewards_log_no_delete before delete on level_dgt_rewards_log
    for each row execute function refuse_change();
create trigger level_dgt_rewards_log_no_truncate before truncate on level_dgt_rewards_log
    for each statement execute function refuse_change();

create trigger xp_log_append_only before update or delete on xp_log
    for each row execute function refuse_change();
create trigger xp_log_no_truncate before truncate on xp_log
    for each statement execute function refuse_change();

-- ── locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Locks the members' user_xp rows in ascending order, making missing ones first (see dgt_lock_wallets).
-- The members themselves come before: the foreign keys of what is written need that lock at commit, and somebody who
-- changes a member's address and listing in one save holds the member and waits for user_xp.
create function xp_lock(p_users bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform from users where user_id = any (p_users) order by user_id for key share;
    insert into user_xp (user_id, is_listed)
        select u.user_id, u.is_active and not u.hides_from_boards from users u
        where u.user_id = any (p_users) and not exists (select from user_xp x where x.user_id = u.user_id)
        order by u.user_id
        for share of u -- whoever hides at this moment is waited for
        on conflict do nothing;
    perform from user_xp where user_id = any (p_users) order by user_id for no key update;
end $$;

-- The one order of locks: members (shared), all user_xp rows, ascending, then all wallets, ascending. A verb that touches two members,
-- or XP and DGT, calls this first.
create function lock_members(p_users bigint[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform xp_lock(p_users);
    perform dgt_lock_wallets(p_users);
end $$;

-- ── the door ────────────────────────────────────────────────────────────────────────────────────────────────────────

create type xp_facts as (
    moment timestamptz, rule_set bigint, sha256 text, last_awarded_at timestamptz, log_id bigint
);

-- Locks the member and reads all that the rules need to decide, in one round trip. log_id: the key is used already.
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

create type xp_posted as (
    log_id bigint, replayed boolean, xp bigint, level_before int, level_after int, created_at timestamptz
);

-- The one door for XP: one log row and the member's total, in one statement. A used key changes nothing.
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

-- ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Who hides or is suspended leaves the boards, however that was written.
create function user_xp_listing() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update user_xp set is_listed = new.is_active and not new.hides_from_boards where user_id = new.user_id;
    return null;
end $$;
-- Only when it changes: every save of a member names all columns, and whoever waits here while holding the member's row
-- would deadlock with an award that holds the XP and needs the member for its foreign keys.
create trigger user_xp_listing after update of is_active, hides_from_boards on users
    for each row when (
        (old.is_active, old.hides_from_boards) is distinct from (new.is_active, new.hides_from_boards)
    ) execute function user_xp_listing();

create view xp_leaderboard as
    select x.user_id, u.username, x.xp, x.level, l.rank_name, l.tier, l.color_code
    from user_xp x
    join users u on u.user_id = x.user_id
    join xp_levels l on l.level = x.level
    where x.is_listed and x.xp > 0;
