"""The servers of a test run: a throw-away cluster and Valkey, started before Django reads its settings.

Nothing here touches the servers or the data of `make dev`, and several runs can go on at once.
"""

import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings

from degentalk.core.embedded import places, servers
from degentalk.core.embedded.places import Places
from degentalk.core.environment import Environment
from tests import databases

FOLDER_PREFIX = f"degentalk-tests-{os.getuid()}-"
DISK = Path("/var/tmp") if os.getuid() == 0 else Path("/tmp")
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 3 << 30  # bytes: 1 GB of WAL at most, a few databases of the tests at a time, the rest to spare
SERVERS = pytest.StashKey[servers.Servers | None]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before Django reads its settings; workers of pytest-xdist inherit them."""
    if not hasattr(config, "workerinput"):
        config.stash[SERVERS] = _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["CACHE_PREFIX"] = f"{databases.run_name()}:{worker}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "degentalk.settings"
    # Read now: pytest-django sets Django up next, if its settings are there. Crowds may queue for as long as a busy
    # machine needs; a test about locks that do not come sets a limit of its own.
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = options["options"].replace("lock_timeout=2000", "lock_timeout=9000")
    assert "lock_timeout=9000" in options["options"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, also after Ctrl-C and after a failure."""
    if SERVERS in config.stash:
        _clean_up(config.stash[SERVERS])


def _start_servers() -> servers.Servers | None:
    """Our own servers, or None where the environment names some to use."""
    os.environ[databases.RUN] = secrets.token_hex(4)
    environment = Environment(databases.ROOT / ".env")
    os.environ |= {"DEBUG": "on", "EMAIL_URL": "memorymail://"}
    embedded = None if environment.uses_own_servers() else _start_embedded()
    os.environ[databases.MAINTENANCE_URL] = os.environ["DATABASE_OWNER_URL"]
    return embedded


def _start_embedded() -> servers.Servers:
    _sweep()
    data = new_folder(MEMORY if _enough_memory() else DISK)
    embedded = servers.Servers(Places(data=data, sockets=data / "s"), durable=False)
    try:
        embedded.start()
    except BaseException:
        shutil.rmtree(data)
        raise
    os.environ |= {
        "DATABASE_URL": embedded.places.database_url(places.APP_ROLE),
        "DATABASE_OWNER_URL": embedded.places.database_url(places.OWNER_ROLE),
        "REDIS_URL": embedded.places.redis_url(),
    }
    return embedded


def new_folder(base: Path = DISK) -> Path:
    """For servers of a run. Short, because a socket's path may have 107 bytes at most; as root open to their user."""
    return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=base))


def _enough_memory() -> bool:
    """Databases of tests are made and dropped by the thousand; in memory the whole run takes a third less."""
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED


def _clean_up(embedded: servers.Servers | None) -> None:
    """Leave nothing behind: neither our servers nor traces of ours on somebody else's."""
    if embedded is not None:
        embedded.stop()
        with suppress(FileNotFoundError):  # a run that begins just now may be sweeping it too
            shutil.rmtree(embedded.places.data)
        return
    databases.of_this_run().drop_template()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(match=f"{databases.run_name()}:*"):
            client.delete(key)


def _sweep() -> None:
    """Remove what runs that were killed left behind."""
    for folder in (found for base in (DISK, MEMORY) for found in base.glob(f"{FOLDER_PREFIX}*")):
        if folder.lstat().st_uid == os.getuid() and servers.lock_file(folder).exists() and servers.unused(folder):
            shutil.rmtree(folder, ignore_errors=True)
