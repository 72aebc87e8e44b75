"""What keeps the DGT boards: following the wallets."""

from django.db import connection

REFRESH_MOST = 10_000
"""Journals that one statement follows, or wallets that it reads: a second's work, also where a backlog is large."""


def refresh_board() -> int:
    """Bring the boards up to date with the wallets, batch by batch. Who finds another one at it leaves it to that one.

    Returns how many figures were read, a member's once for each batch.
    """
    read, is_behind = 0, True
    with connection.cursor() as cursor:
        while is_behind:
            cursor.execute("select members, is_behind from dgt_refresh_board(%s)", [REFRESH_MOST])
            members, is_behind = cursor.fetchone()
            read += members
    return read
