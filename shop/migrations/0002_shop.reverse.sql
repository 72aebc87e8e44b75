drop trigger dgt_unlock_log_no_truncate on dgt_unlock_log;
drop trigger dgt_unlock_log_no_delete on dgt_unlock_log;
drop trigger dgt_unlock_log_facts_stay on dgt_unlock_log;
drop function dgt_unlock_log_facts_stay();
