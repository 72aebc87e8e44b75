drop view xp_leaderboard;
drop trigger user_xp_listing on users;
drop trigger xp_log_no_truncate on xp_log;
drop trigger xp_log_append_only on xp_log;
drop trigger level_dgt_rewards_log_no_truncate on level_dgt_rewards_log;
drop trigger level_dgt_rewards_log_no_delete on level_dgt_rewards_log;
drop trigger level_dgt_rewards_log_guard on level_dgt_rewards_log;
drop trigger award_level_up_dgt_first on user_xp;
drop trigger award_level_up_dgt on user_xp;
drop trigger update_user_level on user_xp;
drop trigger xp_levels_increase on xp_levels;
drop function user_xp_listing, xp_post, xp_read, lock_members, xp_lock, level_dgt_rewards_log_guard, award_level_up_dgt,
    pay_level_reward, update_user_level, xp_levels_increase, calculate_user_level;
drop type xp_posted;
drop type xp_facts;
alter table user_xp reset (fillfactor);
