drop function xp_repair(bigint);
drop view xp_drift;
drop view xp_running_periods;
