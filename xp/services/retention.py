"""What is kept for a while only."""

from django.conf import settings
from django.db import connection

REFUSALS_PER_BATCH = 5_000

# Rows that somebody writes at this moment have time until the next run.
FORGET = """
delete from xp_refusals where id in (
    select id from xp_refusals where created_at < clock() - make_interval(days => %s) limit %s for update skip locked
)
"""


def forget_refusals() -> int:
    """Delete refusals older than the setting says, in batches; returns how many. May run twice."""
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [settings.XP_REFUSALS_KEPT_DAYS, REFUSALS_PER_BATCH])
            batch: int = cursor.rowcount
        forgotten += batch
        if batch < REFUSALS_PER_BATCH:
            return forgotten
