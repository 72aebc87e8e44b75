drop trigger rule_sets_no_truncate on rule_sets;
drop trigger rule_sets_append_only on rule_sets;
