"""How often somebody may do something: counted in PostgreSQL, so that many at once pass exactly the allowed number."""

from dataclasses import dataclass

from django.db import connection

from degentalk.core.clock import Clock
from degentalk.core.errors import TooOften
from degentalk.core.models import RateLimit

# A window that is over begins anew. What is refused is not counted on, so that asking again makes no wait longer.
COUNT = """
INSERT INTO rate_limits AS counted (name, who, count, ends_at)
VALUES (%(name)s, %(who)s, 1, clock() + make_interval(secs => %(seconds)s))
ON CONFLICT (name, who) DO UPDATE SET
    count = CASE WHEN counted.ends_at <= clock() THEN 1 ELSE least(counted.count, %(most)s) + 1 END,
    ends_at = CASE WHEN counted.ends_at <= clock() THEN excluded.ends_at ELSE counted.ends_at END
RETURNING count, ceil(extract(epoch FROM ends_at - clock()))::integer
"""


@dataclass(frozen=True)
class Limit:
    """So many times within so many seconds, for each who asks. The seconds begin with the first time."""

    name: str
    most: int
    seconds: int

    def take(self, who: str) -> None:
        """Count one more time, in the caller's transaction if there is one. Raises TooOften, which says how long."""
        facts: dict[str, str | int] = {"name": self.name, "who": who, "most": self.most, "seconds": self.seconds}
        with connection.cursor() as cursor:
            cursor.execute(COUNT, facts)
            count, left_seconds = cursor.fetchone()
        if count > self.most:
            raise TooOften(retry_after_seconds=max(left_seconds, 1))


def forget() -> int:
    """Delete counts whose time is over; they would begin anew anyway. How many there were."""
    deleted, _by_model = RateLimit.objects.filter(ends_at__lt=Clock()).delete()
    return deleted
