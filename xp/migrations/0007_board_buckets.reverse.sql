drop function xp_forget_periods, xp_periods_kept_since, xp_build_board_buckets, xp_bucket;
