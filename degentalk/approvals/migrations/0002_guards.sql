-- Whether two accounts are one person's. False where one of them is missing.
create function approvals_one_person(p_one bigint, p_other bigint) returns boolean language sql stable
set search_path = public, pg_temp as $$
    select count(distinct coalesce(same_person_as_id, user_id)) = 1 from users
        where p_one is not null and p_other is not null and user_id in (p_one, p_other)
$$;

-- What was asked never changes; it is decided once, and by two persons, neither of whom it is about.
create function approvals_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'pending' then
            raise exception 'What is asked for waits first.' using errcode = 'restrict_violation';
        end if;
    elsif old.state <> 'pending' or new.state = 'pending'
        or (new.id, new.kind, new.about_id, new.request, new.summary, new.reason, new.key, new.asked_by_id, new.created_at)
            is distinct from
            (old.id, old.kind, old.about_id, old.request, old.summary, old.reason, old.key, old.asked_by_id, old.created_at)
    then
        raise exception 'An approval is decided once and never changed.' using errcode = 'restrict_violation';
    end if;
    if new.state in ('pending', 'approved') and approvals_one_person(new.asked_by_id, new.about_id)
        or new.state in ('approved', 'rejected') and approvals_one_person(new.decided_by_id, new.asked_by_id)
        or new.state in ('approved', 'rejected') and approvals_one_person(new.decided_by_id, new.about_id)
    then
        raise exception 'An approval takes two persons, and is about neither.' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger approvals_guard before insert or update on approvals
    for each row execute function approvals_guard();
create trigger approvals_no_delete before delete on approvals
    for each row execute function refuse_change();
create trigger approvals_no_truncate before truncate on approvals
    for each statement execute function refuse_change();
