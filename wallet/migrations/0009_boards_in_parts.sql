-- All wallets are read in parts too: the first time, and whenever the boards are built anew.

drop function dgt_refresh_board(int);

-- Brings the figures of all members up to date whose journals have closed since the last time, at most so many journals
-- at once (a transaction's stay together). is_behind: there is more to do.
-- A journal's turn comes when no transaction before its own is open any more: ids are given out before commits, so whoever
-- took all “up to now” would miss the one that commits late.
-- In epoch 0, which is before the first time, and where the bound is of another server, all wallets are read, as many at
-- once. The bound is taken before, so that what moves meanwhile is followed afterwards.
create function dgt_refresh_board(p_most int) returns dgt_board_refreshed
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
        since := (since.id, until_epoch, until_xid, since.refreshed_at, 0);
    end if;
    if since.wallets_after is not null then
        touched := array(
            select user_id from user_wallet where user_id > since.wallets_after order by user_id limit p_most
        );
        refreshed.is_behind := true;
        until_epoch := since.epoch;
        until_xid := since.xid;
        since.wallets_after := case when cardinality(touched) = p_most then touched[p_most] end;
    else
        journals := array(
            select id from dgt_journal
                where (epoch, xid) >= (since.epoch, since.xid::text::xid8)
                    and (epoch, xid) < (until_epoch, until_xid::text::xid8)
                order by epoch, xid
                fetch first p_most rows with ties
        );
        if cardinality(journals) >= p_most then
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
    update dgt_board_refresh
        set epoch = until_epoch, xid = until_xid, wallets_after = since.wallets_after, refreshed_at = clock()
        where id = 1;
    refreshed.members := cardinality(touched);
    return refreshed;
end $$;
