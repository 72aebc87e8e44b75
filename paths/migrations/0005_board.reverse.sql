drop view path_leaderboard;
create view path_leaderboard as
    select up.id, up.user_id, up.path_id, u.username, u.look, up.path_xp, up.path_level, l.title, up.primary_path
    from user_paths up
    join users u on u.user_id = up.user_id
    join xp_path_levels l on l.path_id = up.path_id and l.level = up.path_level
    where up.is_listed and up.path_xp > 0;
