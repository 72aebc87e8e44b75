"""One embedded PostgreSQL: a child process that listens on a Unix socket only."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from degentalk.core.embedded import folders, places, process, programs
from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places

SUPERUSER = "postgres"
READY_SECONDS = 30.0
STOP_SECONDS = 20.0

ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    "synchronous_commit": "on",
}
# A throw-away cluster need not survive a power cut; commits stay ordered and visible as in production.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "1GB"}


@dataclass
class Postgres:
    """Starts, prepares and stops the PostgreSQL of one set of places."""

    places: Places
    durable: bool = True
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        """The cluster itself, a folder of the server's user."""
        return self.places.data / "postgres"

    @property
    def log(self) -> Path:
        """What the server said since its last start."""
        return self.places.data / "postgres.log"

    def start(self) -> None:
        """Make the cluster if there is none, start it, and make the two roles and the database."""
        account = folders.server_account()
        bin_folder = programs.postgres_programs(self.places.data, account)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(bin_folder, account)
        self._end_leftover()
        settings = ALWAYS | ({} if self.durable else THROW_AWAY) | {"unix_socket_directories": str(self.places.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            self._child = process.spawn(
                [bin_folder / "postgres", "-D", self.data, *options],
                account=account,
                if_we_die=signal.SIGINT if self.durable else signal.SIGQUIT,
                output=log,
                environment={"LC_ALL": "C", "PATH": os.defpath},
                folder=Path("/"),
            )
        self._wait_until_ready()
        self._make_roles_and_database()

    def stop(self) -> None:
        """Stop the server: cleanly if its data will be used again, at once if it is thrown away."""
        if self._child is not None:
            process.stop(self._child, signal.SIGINT if self.durable else signal.SIGQUIT, STOP_SECONDS)
            self._child = None

    def ended(self) -> bool:
        """Whether the server that we started has stopped by itself."""
        return self._child is not None and self._child.poll() is not None

    def answers(self) -> bool:
        """Whether a server accepts connections at the socket."""
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(self.places.database_url(SUPERUSER, database), autocommit=True, connect_timeout=5)

    def _make_cluster(self, bin_folder: Path, account: folders.Account | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # the remains of an initdb that was interrupted
        folders.hand_over(self.data, account)
        command = [
            *(str(bin_folder / "initdb"), "--pgdata", str(self.data), "--username", SUPERUSER, "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", *(() if self.durable else ("--no-sync",))),
        ]
        try:
            programs.run_as(account, command)
        except subprocess.CalledProcessError as error:
            raise ServerError(f"PostgreSQL could not make its data folder: {error.stderr.strip()}") from error

    def _end_leftover(self) -> None:
        """Stop a server that a killed supervisor left behind; drop a pid file whose pid is now another program."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split("\n", 1)[0])
        if self._is_our_postgres(pid):
            self._end(pid)
        pid_file.unlink(missing_ok=True)

    def _is_our_postgres(self, pid: int) -> bool:
        # A postmaster's current folder is its cluster. Where there is no /proc, PostgreSQL's own check must do.
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
        except OSError:
            return self.answers()

    def _end(self, pid: int) -> None:
        for polite in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, polite)
            deadline = time.monotonic() + STOP_SECONDS / 2
            while time.monotonic() < deadline:
                if not self._is_our_postgres(pid):
                    return
                time.sleep(0.05)
        raise ServerError(f"an old PostgreSQL (process {pid}) does not stop; end it and start again.")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            if self.ended() or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"PostgreSQL did not start. It said:\n{_end_of(self.log)}")
            time.sleep(0.02)

    def _make_roles_and_database(self) -> None:
        with self._connect("postgres") as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            # The owner clones databases in tests and benchmarks.
            for role, right in ((places.OWNER_ROLE, "CREATEDB"), (places.APP_ROLE, "NOCREATEDB")):
                if role not in roles:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), sql.SQL(right)))
            # Dropping a test's database ends the application's connections to it.
            roles_of = sql.SQL("GRANT {} TO {}")
            connection.execute(roles_of.format(sql.Identifier(places.APP_ROLE), sql.Identifier(places.OWNER_ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [places.DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(places.DATABASE), sql.Identifier(places.OWNER_ROLE)
                    )
                )


def _end_of(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
