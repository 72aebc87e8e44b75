"""A site as in production: its code, a PostgreSQL that may lose no commit, Valkey, gunicorn, workers and the timetable.

Everything is its own, on sockets and one port of the loopback, and what is ended here was started here.
"""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import requests

from degentalk.core.embedded import places, process
from degentalk.core.embedded.places import Places
from degentalk.core.embedded.servers import Servers
from tests.databases import ROOT
from tests.plugin import new_folder
from tests.processes import children, has_ended, wait_until

CODE = ("degentalk", "payments", "paths", "shop", "wallet", "xp", "templates", "static", "deploy", "tests", "manage.py")
PROGRAMS = {
    "web": "gunicorn --config deploy/gunicorn.conf.py --bind {site.base} --workers 3",
    "worker 1": "celery --app degentalk worker --concurrency 2 --hostname one --loglevel INFO",
    "worker 2": "celery --app degentalk worker --concurrency 2 --hostname two --loglevel INFO",
    "beat": "celery --app tests.proof.timetable beat --schedule {site.folder}/schedule",
}
WORKERS = ("worker 1", "worker 2")
START_SECONDS = 60.0
STOP_SECONDS = 10.0

BACKENDS = """
select pid, query = 'COMMIT' and state = 'active' as is_committing from pg_stat_activity where usename = %s
order by is_committing desc, state = 'active' desc, state_change desc
"""
LOOKS = 1_000
"""So often we look for a backend that is just committing: it takes milliseconds, and under load there always is one."""


class Production:
    """The processes of one site. Start them from the main thread: they end with the thread that started them."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.code = folder / "code"
        self.mails = folder / "mails"
        self.servers = Servers(Places(data=folder, sockets=folder / "s"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.base = f"127.0.0.1:{_free_port()}"
        self.owner_url = self.servers.places.database_url(places.OWNER_ROLE)
        self.environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": secrets.token_hex(32),
            "SEAL_KEY": secrets.token_hex(32),
            "SEAL_LOG": str(folder / "seals"),
            "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_TLS_PROXY": "on",
            "EMAIL_URL": f"filemail:///{self.mails}",
            "REDIS_URL": self.servers.places.redis_url(),
            "DATABASE_URL": self.servers.places.database_url(places.APP_ROLE),
            **environment,
        }

    def start(self) -> None:
        """From nothing to a site that answers."""
        for name in CODE:
            source, target = ROOT / name, self.code / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        self.servers.start()
        self.run("manage.py", "migrate", "--verbosity", "0", DATABASE_OWNER_URL=self.owner_url)
        self.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        self.start_missing()

    def start_missing(self) -> None:
        """Start what does not run, the database first, and wait until everything is at work."""
        if self.servers.postgres.ended():
            self.servers.postgres.start()
        for name, program in PROGRAMS.items():
            if name not in self.processes:
                self.processes[name] = self._spawn(name, program.format(site=self).split())
        wait_until(self.is_at_work, START_SECONDS)

    def stop(self) -> None:
        """End every process, also after a failure on the way."""
        for child in self.processes.values():
            process.stop(child, signal.SIGKILL, STOP_SECONDS)
        self.servers.stop()

    def is_at_work(self) -> bool:
        """Whether a page is there, with the database behind it, and the workers take tasks."""
        try:
            answers = requests.get(f"http://{self.base}/healthz", timeout=5).ok
        except requests.RequestException:
            answers = False
        return answers and all(" ready." in self._log(worker).read_text() for worker in WORKERS)

    def run(self, *command: str, **variables: str) -> str:
        """Run a program of the site to its end; what it printed. Raises AssertionError if it failed."""
        environment = self.environment | variables
        done = subprocess.run(
            [sys.executable, *command], cwd=self.code, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def deadlocks(self) -> int:
        """How often PostgreSQL had to end a deadlock since its last start."""
        return self.servers.postgres.log.read_text(errors="replace").count("deadlock detected")

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """The owner of the tables, who reads everything."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            yield connection

    # ── kill -9 ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def kill_database(self, dice: random.Random) -> None:
        """The whole PostgreSQL, in a COMMIT. Stopped first, so that the postmaster has no time for another child."""
        self._backends()
        postmaster = int((self.servers.postgres.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGSTOP)
        _kill([postmaster, *children(postmaster)])

    def kill_backend(self, dice: random.Random) -> None:
        """One backend of the site, in its COMMIT. The postmaster then ends all others and recovers."""
        _kill(self._backends()[:1])

    def kill_web(self, dice: random.Random) -> None:
        """One of the web processes; gunicorn starts another."""
        _kill([dice.choice(children(self.processes["web"].pid))])

    def kill_worker(self, dice: random.Random) -> None:
        """A Celery worker with everything it has started."""
        worker = self.processes.pop(dice.choice(WORKERS))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _backends(self) -> list[int]:
        """The backends of the site, who is just committing first; looks until somebody is, for a while."""
        with self.owner() as connection:
            for _ in range(LOOKS):
                found = connection.execute(BACKENDS, [places.APP_ROLE]).fetchall()
                if found and found[0][1]:
                    break
        return [pid for pid, _is_committing in found]

    def _spawn(self, name: str, program: list[str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *program]
        with self._log(name).open("wb") as log:
            return process.spawn(command, output=log, environment=self.environment, folder=self.code)

    def _log(self, name: str) -> Path:
        """What a process said since its start."""
        return self.folder / f"{name}.log"


@contextmanager
def running(**environment: str) -> Iterator[Production]:
    """A site with these variables while the block runs; nothing is left of it."""
    site = Production(new_folder(), environment)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        shutil.rmtree(site.folder)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(has_ended(pid) for pid in pids))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
