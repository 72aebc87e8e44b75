-- Read by the doors themselves, in the transaction that they decide in: a switch acts with the next request.
create function switch_is_on(p_name text) returns boolean language sql stable set search_path = public, pg_temp
    return coalesce((select is_on from switches where name = p_name), true);

create trigger switch_changes_append_only before update or delete on switch_changes
    for each row execute function refuse_change();
create trigger switch_changes_no_truncate before truncate on switch_changes
    for each statement execute function refuse_change();
