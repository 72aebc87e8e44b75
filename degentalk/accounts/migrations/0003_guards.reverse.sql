drop trigger users_one_person on users;
drop function users_one_person();
drop trigger suspensions_no_truncate on suspensions;
drop trigger suspensions_no_delete on suspensions;
drop trigger suspensions_guard on suspensions;
drop function suspensions_guard();
