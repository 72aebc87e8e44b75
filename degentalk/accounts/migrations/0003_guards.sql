-- ── suspensions ─────────────────────────────────────────────────────────────────────────────────────────────────────

-- A suspension forgets nothing: the one change allowed is that an open one ends.
create function suspensions_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if old.ended_at is null and new.ended_at is not null
        and (new.id, new.member_id, new.by_id, new.reason, new.created_at)
            is not distinct from (old.id, old.member_id, old.by_id, old.reason, old.created_at)
    then
        return new;
    end if;
    raise exception 'A suspension is ended once and never changed.' using errcode = 'restrict_violation';
end $$;
create trigger suspensions_guard before update on suspensions
    for each row execute function suspensions_guard();
create trigger suspensions_no_delete before delete on suspensions
    for each row execute function refuse_change();
create trigger suspensions_no_truncate before truncate on suspensions
    for each statement execute function refuse_change();

-- ── one person ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- A person's accounts point to one main account, which points nowhere. The main account's lock makes two statements that
-- could build a chain together wait for each other.
create function users_one_person() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform from users where user_id = new.same_person_as_id for no key update;
    if exists (select from users where user_id = new.same_person_as_id and same_person_as_id is not null)
        or exists (select from users where same_person_as_id = new.user_id)
    then
        raise exception 'A person has one main account, and it points to no other.' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger users_one_person before insert or update of same_person_as_id on users
    for each row when (new.same_person_as_id is not null) execute function users_one_person();

-- ── what there was before ───────────────────────────────────────────────────────────────────────────────────────────

-- Who was deactivated before there were suspensions is suspended, by nobody that was recorded.
insert into suspensions (member_id, reason, created_at, end_reason)
    select user_id, 'Deactivated before reasons were recorded.', clock(), '' from users where not is_active
    on conflict do nothing;
