-- What was acquired stays in the log: nobody deletes it, and what it was never changes.
create function dgt_unlock_log_facts_stay() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (to_jsonb(new) - array ['state', 'equipped_slot', 'used_at', 'used_for', 'refunded_at', 'refunded_by_id',
            'refund_reason', 'refund_journal_id'])
        is distinct from (to_jsonb(old) - array ['state', 'equipped_slot', 'used_at', 'used_for', 'refunded_at',
            'refunded_by_id', 'refund_reason', 'refund_journal_id'])
        or old.state = 'refunded' or (old.state = 'used' and new.state = 'owned')
    then
        raise exception 'What was acquired does not change.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger dgt_unlock_log_facts_stay before update on dgt_unlock_log
    for each row execute function dgt_unlock_log_facts_stay();
create trigger dgt_unlock_log_no_delete before delete on dgt_unlock_log
    for each row execute function refuse_change();
create trigger dgt_unlock_log_no_truncate before truncate on dgt_unlock_log
    for each statement execute function refuse_change();
