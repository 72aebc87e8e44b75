-- Tips only grow. What may change is that staff undo one, once, and only after its DGT went back.

create function post_tips_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not old.is_reversed and new.is_reversed
        and (new.id, new.post_id, new.giver_id, new.receiver_id, new.amount, new.journal_id, new.created_at)
            is not distinct from
            (old.id, old.post_id, old.giver_id, old.receiver_id, old.amount, old.journal_id, old.created_at)
        and exists (select from dgt_journal where reverses_id = new.journal_id)
    then
        return new;
    end if;
    raise exception 'A tip is undone once, with its journal, and never changed.' using errcode = 'restrict_violation';
end $$;
create trigger post_tips_guard before update on post_tips
    for each row execute function post_tips_guard();
create trigger post_tips_no_delete before delete on post_tips
    for each row execute function refuse_change();
create trigger post_tips_no_truncate before truncate on post_tips
    for each statement execute function refuse_change();

-- A tip is for the author of the post, and says what its journal moved.
create function post_tips_as_moved() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if new.is_reversed
        or not exists (select from posts where id = new.post_id and author_id = new.receiver_id)
        or not exists (
            select from dgt_journal j join dgt_transactions e on e.journal_id = j.id
            where j.id = new.journal_id and j.kind = 'tip' and e.user_id = new.giver_id and e.amount = -new.amount
                and e.reference_type = 'post' and e.reference_id = new.post_id
        )
    then
        raise exception 'A tip is what its journal moved to the author of the post.' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger post_tips_as_moved before insert on post_tips
    for each row execute function post_tips_as_moved();
