-- What the forum never does, whoever writes: rewrite an earlier text or an act of moderation, like its own post.

create trigger post_revisions_append_only before update or delete on post_revisions
    for each row execute function refuse_change();
create trigger post_revisions_no_truncate before truncate on post_revisions
    for each statement execute function refuse_change();

create trigger moderation_acts_append_only before update or delete on moderation_acts
    for each row execute function refuse_change();
create trigger moderation_acts_no_truncate before truncate on moderation_acts
    for each statement execute function refuse_change();

-- A1: nobody likes a post of their own.
create function post_likes_not_own() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from posts where id = new.post_id and author_id = new.member_id) then
        raise exception 'Nobody likes a post of their own.' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger post_likes_not_own before insert or update of post_id, member_id on post_likes
    for each row execute function post_likes_not_own();
