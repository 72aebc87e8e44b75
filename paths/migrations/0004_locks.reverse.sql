drop trigger users_paths_listing on users;
create trigger user_paths_listing after update of is_active, hides_from_boards on users
    for each row when (
        (old.is_active, old.hides_from_boards) is distinct from (new.is_active, new.hides_from_boards)
    ) execute function user_paths_listing();

create or replace function path_recompute_levels(p_path text, p_after bigint, p_limit int) returns bigint
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

create or replace function path_choose(p_user bigint, p_path text, p_use_token boolean) returns path_chosen
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
