"""Levels that follow a changed curve of a path, in batches."""

from django.db import connection

from degentalk.core.nudges import nudge_after_commit
from paths.models import XpPath

TASK = "paths.recompute_levels"
MEMBERS_PER_BATCH = 1_000
BEHIND = """
select id from user_paths where path_id = %s and path_level <> calculate_path_level(path_id, path_xp) order by id
"""


def recompute_levels(*, batch: int = MEMBERS_PER_BATCH) -> int:
    """Bring everybody's path levels in line with the curves, a batch a transaction. Returns how many batches.

    Running it twice changes nothing more. Path levels pay nothing, so nobody is told.
    """
    return sum(_recompute(path, batch) for path in XpPath.objects.values_list("pk", flat=True))


def follow_new_curve() -> None:
    """Once the caller's transaction is committed, ask a worker to begin; without a broker the timetable does."""
    nudge_after_commit(TASK)


def _recompute(path_id: str, batch: int) -> int:
    done, batches = 0, 0
    while (last := _recompute_after(path_id, done, batch)) is not None:
        done, batches = last, batches + 1
    for row in _behind(path_id):
        _recompute_after(path_id, row - 1, 1)
    return batches


def _recompute_after(path_id: str, done: int, batch: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("select path_recompute_levels(%s, %s, %s)", [path_id, done, batch])
        last: int | None = cursor.fetchone()[0]
    return last


def _behind(path_id: str) -> list[int]:
    """Rows that somebody held when their batch came."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [path_id])
        return [row for (row,) in cursor.fetchall()]
