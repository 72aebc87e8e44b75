-- Paths: what multiplies, what collects, whose levels follow. The application role chooses through path_choose() and
-- reads; XP comes through the door of XP, which calls path_add(). SQLSTATEs: XP010 no such active path, XP011 wait.

alter table user_paths set (fillfactor = 80); -- updated on every award

-- ── a path's own curve ──────────────────────────────────────────────────────────────────────────────────────────────

create function calculate_path_level(p_path text, p_xp bigint) returns int language sql stable
    set search_path = public, pg_temp
    return (
        select coalesce(max(level), 1) from xp_path_levels where path_id = p_path and xp_required <= greatest(p_xp, 0)
    );

-- Thresholds strictly increase from 0 at level 1, without gaps; checked at commit, so a whole curve can be exchanged.
create function xp_path_levels_increase() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    changed text := coalesce(new.path_id, old.path_id);
begin
    if exists (
        select from (
            select level, xp_required, row_number() over (order by level) as place,
                lag(xp_required) over (order by level) as before
            from xp_path_levels where path_id = changed
        ) l
        where l.place <> l.level or l.xp_required <= coalesce(l.before, -1) or (l.level = 1 and l.xp_required <> 0)
    ) then
        raise exception 'Each level of a path needs more XP than the one before; level 1 needs 0.'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger xp_path_levels_increase after insert or update or delete on xp_path_levels
    deferrable initially deferred for each row execute function xp_path_levels_increase();

-- However path XP changes, the level agrees with it: also when somebody writes the level.
create function update_path_level() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.path_level := calculate_path_level(new.path_id, new.path_xp);
    return new;
end $$;
create trigger update_path_level before insert or update of path_xp, path_level on user_paths
    for each row execute function update_path_level();

-- Brings the next members of a path in line with its curve. Returns the last row looked at, null at the end.
create function path_recompute_levels(p_path text, p_after bigint, p_limit int) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    batch bigint[];
begin
    select array_agg(id order by id) into batch from (
        select id from user_paths where path_id = p_path and id > p_after order by id limit p_limit
    ) next;
    update user_paths set path_level = path_level
        where id = any (batch) and path_level <> calculate_path_level(p_path, path_xp);
    return batch[array_upper(batch, 1)];
end $$;

-- ── what the engine asks ────────────────────────────────────────────────────────────────────────────────────────────

-- Basis points by which a member earns an action now: of the primary path, if that is active. 1 without one.
create function get_path_xp_multiplier(p_user bigint, p_action text) returns int language sql stable
    set search_path = public, pg_temp
    return coalesce((
        select (p.xp_multipliers ->> p_action)::int from user_paths u join xp_paths p on p.id = u.path_id
        where u.user_id = p_user and u.primary_path and p.is_active
    ), 10000);

-- The path that collects a member's XP now: the primary one, if it is active.
create function collecting_path(p_user bigint) returns text language sql stable set search_path = public, pg_temp
    return (
        select u.path_id from user_paths u join xp_paths p on p.id = u.path_id
        where u.user_id = p_user and u.primary_path and p.is_active
    );

-- Adds XP to a member's path, or takes it. Called by the doors of XP only; after the member's user_xp row is locked.
create function path_add(p_user bigint, p_path text, p_points bigint) returns void
    language plpgsql set search_path = public, pg_temp as $$
begin
    update user_paths set path_xp = path_xp + p_points where user_id = p_user and path_id = p_path;
    if not found then
        insert into user_paths (user_id, path_id, path_xp, is_listed)
            select user_id, p_path, p_points, is_active and not hides_from_boards from users where user_id = p_user;
    end if;
end $$;

-- ── choosing ────────────────────────────────────────────────────────────────────────────────────────────────────────

create type path_chosen as (choice_id bigint, how text, left_path text, chosen_at timestamptz, again_at timestamptz);

-- Makes a path a member's primary one, once: choosing it again changes nothing (choice_id null). The first choice is
-- free, and so is leaving a paused path; another waits for the cooldown or uses up the oldest token, if that is wished.
create function path_choose(p_user bigint, p_path text, p_use_token boolean) returns path_chosen
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    chosen path_chosen;
    token bigint;
    leaves_paused boolean;
begin
    -- Awards hold their member shared: this waits for them, and they for this.
    perform from users where user_id = p_user for no key update;
    chosen.chosen_at := clock();
    perform from xp_paths where id = p_path and is_active for key share;
    if not found then
        raise exception 'There is no path “%” to choose.', p_path using errcode = 'XP010';
    end if;
    select u.path_id, not p.is_active into chosen.left_path, leaves_paused
        from user_paths u join xp_paths p on p.id = u.path_id where u.user_id = p_user and u.primary_path;
    if chosen.left_path = p_path then
        return chosen;
    end if;
    select c.chosen_at + make_interval(hours => (select switch_cooldown_hours from path_policy)) into chosen.again_at
        from path_choices c where c.user_id = p_user order by c.chosen_at desc, c.id desc limit 1;
    if chosen.left_path is null then
        chosen.how := 'first';
    elsif leaves_paused then
        chosen.how := 'paused';
    elsif chosen.again_at <= chosen.chosen_at then
        chosen.how := 'cooldown';
    else
        select id into token from path_switch_tokens where user_id = p_user and choice_id is null order by id limit 1;
        if not p_use_token or token is null then
            raise exception 'Another path can be chosen from % on.', chosen.again_at
                using errcode = 'XP011', detail = chosen.again_at;
        end if;
        chosen.how := 'token';
    end if;
    update user_paths set primary_path = false where user_id = p_user and primary_path;
    perform path_add(p_user, p_path, 0);
    update user_paths set primary_path = true where user_id = p_user and path_id = p_path;
    insert into path_choices (user_id, path_id, left_id, how, chosen_at)
        values (p_user, p_path, chosen.left_path, chosen.how, chosen.chosen_at) returning id into chosen.choice_id;
    update path_switch_tokens set choice_id = chosen.choice_id where id = token;
    return chosen;
end $$;

create trigger path_choices_append_only before update or delete on path_choices
    for each row execute function refuse_change();
create trigger path_choices_no_truncate before truncate on path_choices
    for each statement execute function refuse_change();

-- ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create function user_paths_listing() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update user_paths set is_listed = new.is_active and not new.hides_from_boards where user_id = new.user_id;
    return null;
end $$;
create trigger user_paths_listing after update of is_active, hides_from_boards on users
    for each row when (
        (old.is_active, old.hides_from_boards) is distinct from (new.is_active, new.hides_from_boards)
    ) execute function user_paths_listing();

create view path_leaderboard as
    select up.id, up.user_id, up.path_id, u.username, u.look, up.path_xp, up.path_level, l.title, up.primary_path
    from user_paths up
    join users u on u.user_id = up.user_id
    join xp_path_levels l on l.path_id = up.path_id and l.level = up.path_level
    where up.is_listed and up.path_xp > 0;
