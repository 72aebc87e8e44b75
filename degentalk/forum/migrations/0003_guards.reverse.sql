drop trigger post_likes_not_own on post_likes;
drop function post_likes_not_own();
drop trigger moderation_acts_no_truncate on moderation_acts;
drop trigger moderation_acts_append_only on moderation_acts;
drop trigger post_revisions_no_truncate on post_revisions;
drop trigger post_revisions_append_only on post_revisions;
