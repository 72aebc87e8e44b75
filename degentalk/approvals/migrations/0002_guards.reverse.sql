drop trigger approvals_no_truncate on approvals;
drop trigger approvals_no_delete on approvals;
drop trigger approvals_guard on approvals;
drop function approvals_guard();
drop function approvals_one_person(bigint, bigint);
