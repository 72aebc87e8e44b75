drop view dgt_drift;
drop trigger dgt_seals_follow on dgt_seals;
drop function dgt_seals_follow;
drop function dgt_closed_before();
drop trigger dgt_audits_no_truncate on dgt_audits;
drop trigger dgt_audits_append_only on dgt_audits;
drop trigger dgt_seals_no_truncate on dgt_seals;
drop trigger dgt_seals_append_only on dgt_seals;
