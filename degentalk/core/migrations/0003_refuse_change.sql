-- The trigger behind every append-only table: facts are corrected by new rows, never rewritten.
create function refuse_change() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception '% on % is refused: its rows are facts and only grow', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;
