drop trigger switch_changes_no_truncate on switch_changes;
drop trigger switch_changes_append_only on switch_changes;
drop function switch_is_on(text);
