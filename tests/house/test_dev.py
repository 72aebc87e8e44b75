"""`make dev`: one terminal, every process, and none of them left behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from degentalk.core.dev import chain, sandbox
from degentalk.core.dev.__main__ import lead_back
from degentalk.core.dev.once import RefusedError, only_once, wait_for_port
from degentalk.core.embedded import places
from degentalk.core.environment import Environment
from degentalk.sandbox.chain import Chain
from tests.databases import ROOT
from tests.processes import marked, wait_until

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
SOURCES = ("degentalk", "payments", "paths", "shop", "wallet", "xp", "templates", "static", "manage.py")

PARTS = ("runserver", "worker", "beat", "degentalk.sandbox.stripe", "degentalk.sandbox.chain")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of the code: what runs in the developer's own checkout must not be disturbed."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    yield tmp_path
    found = places.of_checkout(tmp_path)
    shutil.rmtree(found.data, ignore_errors=True)
    shutil.rmtree(found.sockets, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(checkout: Path, port: int, mark: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "degentalk.core.dev"]
    variables = os.environ | {"PORT": str(port), "DEGENTALK_MARK": mark}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=checkout, env=variables, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def three_free_ports() -> int:
    """The first of three that follow one another: the site's and, beside it, those of the sandboxes."""
    while True:
        port = free_port()
        if port < 65534 and not any(is_taken(beside) for beside in (port + 1, port + 2)):
            return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok
    except requests.ConnectionError:
        return False


@linux
def test_ctrl_c_ends_every_process_of_a_site_that_works(committed_db: str, checkout: Path) -> None:
    port, mark = three_free_ports(), f"ctrl-c-{committed_db}"
    with start(checkout, port, mark) as site:
        wait_until(lambda: answers(port) or site.poll() is not None, seconds=60)
        again = start(checkout, port, mark)
        said_again = again.communicate(timeout=30)[0]
        for sandboxed in (port + 1, port + 2):
            wait_until(lambda here=sandboxed: answers(here) or site.poll() is not None, seconds=60)
        running = " ".join(marked(mark))
        site.send_signal(signal.SIGINT)
        said = site.communicate(timeout=30)[0]
    assert site.returncode == 0, said
    assert [part for part in PARTS if part not in running] == []
    assert f"Payments    http://127.0.0.1:{port + 1}/ (Stripe in a sandbox: no money moves)" in said
    assert f"Wallet      http://127.0.0.1:{port + 2}/ (a chain in a sandbox: nothing on it is worth anything)" in said
    assert said_again == (
        f"make dev: it already runs in this checkout: http://127.0.0.1:{port}/ (process {site.pid}).\n"
    )
    assert marked(mark) == []


SUPERVISED = """
import sys
from pathlib import Path
from degentalk.core.dev.supervisor import EndedError, StoppedError, Supervisor

supervisor = Supervisor(Path.cwd(), patience_seconds=1)
# With a child of its own, which it ends when it is asked to, as Django's runserver does; not while it is starting it.
CHILD = '''
import signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
try:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    child.wait()
finally:
    child.kill()
'''
try:
    supervisor.start("web", [sys.executable, "-c", CHILD])
    supervisor.start("beat", [sys.executable, "-c", sys.argv[1]])
    supervisor.say("up")
    supervisor.watch()
except (StoppedError, EndedError) as end:
    supervisor.say(f"{type(end).__name__}: {end}")
finally:
    supervisor.stop()
"""
LONG = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LONG}"


def supervise(child: str, mark: str) -> subprocess.Popen[bytes]:
    """A supervisor of a program with a child of its own, and of another program.

    Its output has no buffer: reading a line must take no more than that line, for `communicate` would never see it.
    """
    variables = os.environ | {"DEGENTALK_MARK": mark}
    command = [sys.executable, "-c", SUPERVISED, child]
    supervisor = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, bufsize=0)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    return supervisor


def last_words(supervisor: subprocess.Popen[bytes]) -> str:
    """All that it says from now to its end."""
    return supervisor.communicate(timeout=30)[0].decode()


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_parts_and_their_children(number: signal.Signals) -> None:
    with supervise(LONG, mark := f"signal-{os.getpid()}-{number}") as supervisor:
        wait_until(lambda: len(marked(mark)) == 4)
        supervisor.send_signal(number)
        said = last_words(supervisor)
    assert said == "StoppedError: \n"
    assert marked(mark) == []


@linux
def test_a_part_that_does_not_stop_is_ended_by_force() -> None:
    with supervise(STUBBORN, mark := f"stubborn-{os.getpid()}") as supervisor:
        wait_until(lambda: len(marked(mark)) == 4)
        time.sleep(0.5)  # until it ignores the signal
        supervisor.send_signal(signal.SIGINT)
        last_words(supervisor)
    assert marked(mark) == []


@linux
def test_a_part_that_ends_by_itself_is_named_and_ends_the_rest() -> None:
    with supervise("raise SystemExit(3)", mark := f"ended-{os.getpid()}") as supervisor:
        said = last_words(supervisor)
    assert said == "EndedError: beat ended unexpectedly, so everything was stopped.\n"
    assert marked(mark) == []


@linux
def test_what_a_part_says_is_shown_with_its_name() -> None:
    with supervise("print('tick'); print('tock'); raise SystemExit(1)", f"said-{os.getpid()}") as supervisor:
        said = last_words(supervisor)
    assert said.splitlines()[:2] == ["  beat │ tick", "  beat │ tock"]


@linux
def test_parts_end_with_a_killed_supervisor() -> None:
    with supervise(LONG, mark := f"killed-{os.getpid()}") as supervisor:
        wait_until(lambda: len(marked(mark)) == 4)
        supervisor.kill()
    wait_until(lambda: not marked(mark))


def test_a_taken_port_is_a_sentence_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(RefusedError) as refused:
            wait_for_port("127.0.0.1", port, patient=False)
    assert str(refused.value) == f"port {port} is taken by another program. Try PORT={port + 1} make dev."


def test_a_port_that_is_none_is_a_sentence() -> None:
    with pytest.raises(RefusedError, match=r"^PORT must be a number from 1 to 65535, not 65536\.$"):
        wait_for_port("127.0.0.1", 65536, patient=False)


def test_the_site_uses_the_sandbox_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {})
    assert sandbox.is_wanted(Environment(tmp_path / ".env"))
    sandbox.configure(f"http://127.0.0.1:{sandbox.port_beside(8000)}/")
    assert os.environ == {
        "STRIPE_API_BASE": "http://127.0.0.1:8001",
        "STRIPE_LIVEMODE": "off",
        "STRIPE_SECRET_KEY": "sk_test_sandbox",
        "STRIPE_WEBHOOK_SECRETS": "whsec_sandbox",
    }
    assert "http://127.0.0.1:8000/api/webhook/stripe" in sandbox.arguments("http://127.0.0.1:8000/", 8001, tmp_path)


def test_with_a_stripe_of_ones_own_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_mine")
    assert not sandbox.is_wanted(Environment(tmp_path / ".env"))


def test_the_highest_port_has_one_beside_it() -> None:
    assert sandbox.port_beside(65535) == 65534


def test_the_site_uses_the_chain_beside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {})
    assert chain.is_wanted(Environment(tmp_path / ".env"))
    chain.configure(f"http://127.0.0.1:{chain.port_beside(8000)}/")
    [told] = json.loads(os.environ["USDT_CHAINS"])
    assert told["rpc"] == ["http://127.0.0.1:8002/rpc/main", "http://127.0.0.1:8002/rpc/second"]
    assert chain.arguments(8002, tmp_path)[2:4] == ["--port", "8002"]


def test_with_chains_of_ones_own_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("USDT_CHAINS", "[]")
    assert not chain.is_wanted(Environment(tmp_path / ".env"))


def test_the_site_is_told_what_the_chain_says_of_itself() -> None:
    with Chain() as sandboxed:
        told = chain.entry(sandboxed.home)
        assert {name: told[name] for name in sandboxed.site_settings()} == sandboxed.site_settings()
        assert told["rpc"] == [sandboxed.url, sandboxed.rpc("second")]


def test_the_chain_has_a_port_of_its_own() -> None:
    ports = [(port, sandbox.port_beside(port), chain.port_beside(port)) for port in (8000, 65533, 65534, 65535)]
    assert ports == [(8000, 8001, 8002), (65533, 65534, 65535), (65534, 65535, 65532), (65535, 65534, 65533)]


def test_a_clean_end_leaves_no_sign_of_a_crash(tmp_path: Path) -> None:
    with only_once(tmp_path, "first"):
        pass
    with only_once(tmp_path, "second") as after_a_crash:
        assert not after_a_crash


@pytest.mark.parametrize(
    ("named", "used"), [("", "http://127.0.0.1:8010"), ("https://dev.example", "https://dev.example")]
)
def test_mails_and_the_page_to_pay_lead_back_to_where_the_site_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str, used: str
) -> None:
    monkeypatch.setenv("SITE_URL", named)
    lead_back(Environment(tmp_path / ".env"), "http://127.0.0.1:8010/")
    assert os.environ["SITE_URL"] == used
