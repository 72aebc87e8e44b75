"""Totals, levels, periods, streaks and reversals against the log: what disagrees, and putting it right."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from degentalk.accounts.models import User

# One snapshot for all questions, so that awards in flight are seen whole or not at all. It may take its time.
SNAPSHOT = "set transaction isolation level repeatable read, read only"
PATIENCE = "set local statement_timeout = '30min'"
DRIFT = """
select d.user_id, u.username, d.kind, d.subject, d.stored, d.rebuilt
from xp_drift d join users u on u.user_id = d.user_id
order by d.user_id
"""
COUNTS = "select (select count(*) from user_xp), (select count(*) from xp_log)"


@dataclass(frozen=True)
class Drift:
    """One thing that disagrees with the log; the kinds are those of the view `xp_drift`."""

    user_id: int
    username: str
    kind: str
    subject: str
    """The row, award or period it is about, where it is about one."""
    stored: str
    rebuilt: str

    def __str__(self) -> str:
        what = " ".join(filter(None, (self.kind, self.subject)))
        return f"{self.username}: {what} {self.stored} → {self.rebuilt}"

    def as_json(self) -> dict[str, int | str]:
        return asdict(self)


@dataclass(frozen=True)
class Examined:
    """How much was compared, and how much of it disagrees."""

    members: int
    log_rows: int
    drift: int


def examine(report: Callable[[Drift], object]) -> Examined:
    """Compare everything with the log and report each thing that disagrees, as it is found. Changes nothing."""
    if connection.in_atomic_block:
        raise RuntimeError("examine() opens a transaction of its own; call it outside of atomic().")
    drift = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
            cursor.execute(PATIENCE)
            cursor.execute(COUNTS)
            members, log_rows = cursor.fetchone()
        with connection.chunked_cursor() as rows:
            rows.execute(DRIFT)
            for row in rows:
                report(Drift(*row))
                drift += 1
    return Examined(members, log_rows, drift)


def repair(*, user: User) -> str | None:
    """Put right what the log says otherwise of a member, with a row of 0 XP that tells it. Returns its words.

    None: there is nothing to put right, or only what takes a decision (an award that counts though something is held
    against it), or the log itself is damaged. Levels that were reached and never remembered are paid, once.
    """
    with connection.cursor() as cursor:
        cursor.execute("select xp_repair(%s)", [user.pk])
        words: str | None = cursor.fetchone()[0]
    return words
