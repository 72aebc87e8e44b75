"""What a check of the audit is, and the list of them. Apps above add theirs."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from django.db import connection

NAMED_MAX = 100
"""So many findings of a check are named; all are counted."""


@dataclass(frozen=True)
class Finding:
    """One thing that cannot be right."""

    subject: str
    """Such as “journal 12” or “member 7, balance”: ids, because reports are kept for good and names are not."""
    detail: str
    member: int | None = None
    """Whose wallet it is about, where it is about one."""
    block: int | None = None
    """The seal that covers it, where one does."""


@dataclass(frozen=True)
class Findings:
    """What one check found: all of it counted, some of it named."""

    total: int = 0
    named: list[Finding] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    """Whose wallets it is about, all of them."""
    first_block: int | None = None


class Check(Protocol):
    """One question of the audit."""

    def find(self) -> Findings:
        """Ask it, inside the snapshot."""
        ...

    def concerns(self, member: int) -> bool:
        """Whether it finds something about this member's wallet, as it is now."""
        ...


CAPPED = """
with found as materialized ({sql})
select (select count(*) from found), (select array_agg(distinct member) from found where member is not null),
    (select min(block) from found), (select coalesce(jsonb_agg(named), '[]') from (
        select member, block, subject, detail from found order by block, member, subject limit %s
    ) named)
"""


@dataclass(frozen=True)
class Query:
    """A check in SQL: its rows of (member, block, subject, detail) are findings. PostgreSQL counts them and caps them.

    It has no per cent sign. A condition on `member` should reach every part of it, so that it answers for one, too.
    """

    sql: str

    def find(self) -> Findings:
        with connection.cursor() as cursor:
            cursor.execute(CAPPED.format(sql=self.sql), [NAMED_MAX])
            total, members, first_block, named = cursor.fetchone()
        return Findings(total, [Finding(**row) for row in json.loads(named)], set(members or ()), first_block)

    def concerns(self, member: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"select exists (select from ({self.sql}) found where member = %s)", [member])  # noqa: S608
            return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Walk:
    """A check in Python that goes through things one after the other. It is about no member's wallet."""

    steps: Callable[[], Iterable[Finding]]

    def find(self) -> Findings:
        steps = iter(self.steps())
        named = list(islice(steps, NAMED_MAX))
        first_block = min((finding.block for finding in named if finding.block), default=None)
        return Findings(len(named) + sum(1 for _ in steps), named, set(), first_block)

    def concerns(self, member: int) -> bool:
        return False


registered: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check: an app does it in its `ready()`."""
    if registered.setdefault(name, check) != check:
        raise ValueError(f"Two checks of the audit are called {name}.")
