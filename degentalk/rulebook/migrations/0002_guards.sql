-- Published rules never change.
create trigger rule_sets_append_only before update or delete on rule_sets
    for each row execute function refuse_change();
create trigger rule_sets_no_truncate before truncate on rule_sets
    for each statement execute function refuse_change();
