-- A highlight was paid for and is used up by it: nobody changes, shortens or deletes it, whoever writes.
-- A refund needs none of that: what was used is not taken back.

create trigger thread_highlights_append_only before update or delete on thread_highlights
    for each row execute function refuse_change();
create trigger thread_highlights_no_truncate before truncate on thread_highlights
    for each statement execute function refuse_change();

-- What lists read of it ends no sooner either: a later highlight only moves the end on.
create trigger threads_highlight_stays before update of highlighted_until on threads
    for each row
    when (old.highlighted_until is not null
        and (new.highlighted_until is null or new.highlighted_until < old.highlighted_until))
    execute function refuse_change();
