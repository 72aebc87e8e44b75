drop trigger post_tips_as_moved on post_tips;
drop function post_tips_as_moved();
drop trigger post_tips_no_truncate on post_tips;
drop trigger post_tips_no_delete on post_tips;
drop trigger post_tips_guard on post_tips;
drop function post_tips_guard();
