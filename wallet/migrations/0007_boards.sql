-- The DGT boards: a table that follows the wallets, and who is on it.

-- Whom the DGT boards show. A hidden balance is hidden here too, and with it what it came from.
create function dgt_is_listed(p_member users) returns boolean language sql immutable parallel safe
    return p_member.is_active and not p_member.hides_from_boards and not p_member.hides_balance;

-- Who hides or is suspended leaves the boards at once, however that was written. Only when it changes: every save of a
-- member names all columns.
create function dgt_board_listing() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update dgt_board set is_listed = dgt_is_listed(new) where user_id = new.user_id;
    return null;
end $$;
create trigger dgt_board_listing after update of is_active, hides_from_boards, hides_balance on users
    for each row when (
        (old.is_active, old.hides_from_boards, old.hides_balance)
            is distinct from (new.is_active, new.hides_from_boards, new.hides_balance)
    ) execute function dgt_board_listing();

create type dgt_board_refreshed as (members int, is_behind boolean);

-- Brings the figures of all members up to date whose journals have closed since the last time, at most so many journals
-- at once (a transaction's stay together). is_behind: more of them wait.
-- A journal's turn comes when no transaction before its own is open any more: ids are given out before commits, so whoever
-- took all “up to now” would miss the one that commits late. In epoch 0, which is before the first time, and where the
-- bound is of another server, all wallets are read.
create function dgt_refresh_board(p_journals int) returns dgt_board_refreshed
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    since dgt_board_refresh;
    until_epoch int;
    until_xid bigint;
    journals bigint[];
    touched bigint[];
    refreshed dgt_board_refreshed := (0, false);
begin
    select * into since from dgt_board_refresh where id = 1 for update skip locked;
    if not found then
        return refreshed; -- another one is at it
    end if;
    select epoch, dgt_closed_before() into until_epoch, until_xid from database_mark;
    if since.epoch = 0 or (since.epoch, since.xid) > (until_epoch, until_xid) then
        touched := array(select user_id from user_wallet);
    else
        journals := array(
            select id from dgt_journal
                where (epoch, xid) >= (since.epoch, since.xid::text::xid8)
                    and (epoch, xid) < (until_epoch, until_xid::text::xid8)
                order by epoch, xid
                fetch first p_journals rows with ties
        );
        if cardinality(journals) >= p_journals then
            refreshed.is_behind := true;
            select epoch, xid::text::bigint + 1 into until_epoch, until_xid
                from dgt_journal where id = journals[cardinality(journals)];
        end if;
        touched := array(
            select distinct user_id from dgt_transactions where journal_id = any (journals) and user_id is not null
        );
    end if;

    -- Whoever hides at this moment finds no row to change yet: wait for them, before any row of the board is locked.
    perform from users u
        where u.user_id = any (touched) and not exists (select from dgt_board b where b.user_id = u.user_id)
        order by u.user_id
        for share;
    insert into dgt_board as board (user_id, balance, earned, spent, is_listed)
        select w.user_id, w.dgt_balance, w.lifetime_earned, w.lifetime_spent, dgt_is_listed(u)
        from user_wallet w join users u on u.user_id = w.user_id
        where w.user_id = any (touched)
        order by w.user_id
        on conflict (user_id) do update
            set balance = excluded.balance, earned = excluded.earned, spent = excluded.spent
            where (board.balance, board.earned, board.spent)
                is distinct from (excluded.balance, excluded.earned, excluded.spent);
    update dgt_board_refresh set epoch = until_epoch, xid = until_xid, refreshed_at = clock() where id = 1;
    refreshed.members := cardinality(touched);
    return refreshed;
end $$;

insert into dgt_board_refresh (id, epoch, xid, refreshed_at) values (1, 0, 0, clock());
-- A site that has wallets already has its boards with this migration, which may take its time.
select dgt_refresh_board(1) where exists (select from user_wallet);
