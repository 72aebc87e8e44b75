"""Levels that follow a changed curve of a path, in batches."""

from django.db import connection

MEMBERS_PER_BATCH = 1_000


def recompute_levels(path_id: str, *, batch: int = MEMBERS_PER_BATCH) -> int:
    """Bring the levels of everybody in a path in line with its curve, a batch a transaction. Returns how many batches.

    Running it twice changes nothing more. Path levels pay nothing, so nobody is told.
    """
    done, batches = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("select path_recompute_levels(%s, %s, %s)", [path_id, done, batch])
            last = cursor.fetchone()[0]
        if last is None:
            return batches
        done, batches = last, batches + 1
