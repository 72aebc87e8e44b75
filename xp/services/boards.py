"""What keeps the boards: counting all members anew, and forgetting periods that are over."""

from django.db import connection

FORGET_BATCH = 10_000
"""Totals that one statement deletes: a second's work, so that nobody waits long for a row of it."""


def build_board_buckets() -> int:
    """Count all listed members anew by the magnitude of their XP: positions beyond the first 10,000 come from it.

    Returns the number of buckets.
    """
    with connection.cursor() as cursor:
        cursor.execute("select xp_build_board_buckets()")
        return int(cursor.fetchone()[0])


def forget_periods() -> int:
    """Delete the totals of days, weeks and months that are long over, batch by batch. Returns how many."""
    forgotten, found = 0, FORGET_BATCH
    with connection.cursor() as cursor:
        while found == FORGET_BATCH:
            cursor.execute("select xp_forget_periods(%s)", [FORGET_BATCH])
            found = int(cursor.fetchone()[0])
            forgotten += found
    return forgotten
