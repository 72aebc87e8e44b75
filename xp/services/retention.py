"""What is kept for a while only."""

from datetime import timedelta

from django.conf import settings
from django.db import connection

REFUSALS_PER_BATCH = 5_000

# Rows that somebody writes at this moment have time until the next run.
FORGET = """
delete from xp_refusals where id in (
    select id from xp_refusals where created_at < clock() - %s limit %s for update skip locked
)
"""


def forget_refusals() -> int:
    """Delete refusals older than the setting says, in batches; returns how many. May run twice."""
    kept, forgotten = timedelta(days=settings.XP_REFUSALS_KEPT_DAYS), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [kept, REFUSALS_PER_BATCH])
            forgotten += cursor.rowcount
            if cursor.rowcount < REFUSALS_PER_BATCH:
                return forgotten
