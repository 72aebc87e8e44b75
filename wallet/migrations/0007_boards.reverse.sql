drop trigger dgt_board_listing on users;
drop function dgt_board_listing();
drop function dgt_refresh_board(int);
drop type dgt_board_refreshed;
drop function dgt_is_listed(users);
delete from dgt_board_refresh;
delete from dgt_board;
