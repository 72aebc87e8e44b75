-- Levels follow a new curve a moment later: a board shows at once what the path XP is worth on it, and loses nobody.
create or replace view path_leaderboard as
    select up.id, up.user_id, up.path_id, u.username, u.look, up.path_xp, l.level::int as path_level, l.title, up.primary_path
    from user_paths up
    join users u on u.user_id = up.user_id
    join xp_path_levels l on l.path_id = up.path_id and l.level = calculate_path_level(up.path_id, up.path_xp)
    where up.is_listed and up.path_xp > 0;
