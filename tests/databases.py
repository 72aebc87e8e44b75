"""The databases of a test run: one template migrated by our own `migrate`, and clones of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
RUN = "DEGENTALK_TEST_RUN"
MAINTENANCE_URL = "DEGENTALK_TEST_MAINTENANCE_URL"
TEMPLATE_LOCK = 7_220_125  # any number: workers of one run agree on it


def run_name() -> str:
    """A name that no other test run has; databases and cache keys start with it."""
    return os.environ[RUN]


@dataclass(frozen=True)
class Databases:
    """Databases of this run, made by the owner role on whatever server the run uses."""

    maintenance_url: str
    """Of the owner, to a database that stays, from which the others are made and dropped."""

    @property
    def template(self) -> str:
        """The migrated database that all others are clones of."""
        return f"test_{run_name()}_template"

    def ensure_template(self) -> None:
        """Migrate the template once per run, by the first worker that needs a database."""
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone()
            if not known:
                self._make_template(connection)

    def clone(self, name: str) -> AbstractContextManager[str]:
        """A fresh copy of the template, dropped at the end whoever is still connected."""
        return self._database(name, copy_of=self.template)

    def empty(self, name: str) -> AbstractContextManager[str]:
        """A database in which nothing is, dropped at the end."""
        return self._database(name, copy_of="template1")

    @contextmanager
    def _database(self, name: str, *, copy_of: str) -> Iterator[str]:
        name = f"test_{run_name()}_{name}"
        made, original = sql.Identifier(name), sql.Identifier(copy_of)
        with self._connect() as connection:
            # Copying files takes half as long as writing every page to the WAL: most databases of tests live moments.
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(made, original))
        try:
            yield name
        finally:
            self._drop(name)

    def drop_template(self) -> None:
        """At the end of a run on servers that outlive it."""
        self._drop(self.template)

    def _make_template(self, connection: psycopg.Connection[Any]) -> None:
        # Under another name until it is ready: a failed migration must not be mistaken for a template.
        building = f"{self.template}_building"
        self._drop(building)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
        variables = {
            "DATABASE_URL": in_database(os.environ["DATABASE_URL"], building),
            "DATABASE_OWNER_URL": in_database(os.environ["DATABASE_OWNER_URL"], building),
        }
        command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
        migrated = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)
        if migrated.returncode:
            raise RuntimeError(f"migrate failed:\n{migrated.stdout}{migrated.stderr}")
        with psycopg.connect(variables["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute("UPDATE database_mark SET kind = 'test'")
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(self.template))
        )

    def _drop(self, name: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.maintenance_url, autocommit=True)


def of_this_run() -> Databases:
    """The databases of the run that this process belongs to."""
    return Databases(maintenance_url=os.environ[MAINTENANCE_URL])


def in_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def using(name: str) -> Iterator[str]:
    """Point Django in all threads, and programs that a test starts, at another database of the same server."""
    before = settings.DATABASES["default"]["NAME"]
    _switch(name)
    try:
        yield name
    finally:
        _switch(before)


def _switch(name: str) -> None:
    connections["default"].close()
    # Connections of all threads read this one dictionary when they connect.
    settings.DATABASES["default"]["NAME"] = name
    settings.DATABASE_OWNER["NAME"] = name
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[variable] = in_database(os.environ[variable], name)
