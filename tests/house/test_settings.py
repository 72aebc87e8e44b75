"""What is wrong with the environment is one sentence at start; what may be in it is in .env.example."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from degentalk.core import environment
from degentalk.core.environment import REQUIRED, Environment
from tests.databases import ROOT

PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": "a-long-random-text",
    "ALLOWED_HOSTS": "degentalk.example",
    "DATABASE_URL": "postgres://degentalk_app@127.0.0.1:1/degentalk",
    "DATABASE_OWNER_URL": "postgres://degentalk_owner@127.0.0.1:1/degentalk",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:password@127.0.0.1:1",
    "SEAL_KEY": "5e" * 32,
}
MALFORMED = {
    "USDT_CHAINS": '{"chain_id": 1}',
    "USDT_AGREE_ABOVE": "-1",
    "SURPLUS_IS_CREDITED": "perhaps",
    "DEBUG": "perhaps",
    "SECURE_SSL_REDIRECT": "sometimes",
    "BEHIND_TLS_PROXY": "2",
    "DATABASE_URL": "mysql://somebody@host/degentalk",
    "DATABASE_OWNER_URL": "postgres://host-only",
    "REDIS_URL": "localhost:6379",
    "EMAIL_URL": "pigeon://loft",
    "SITE_URL": "ftp://degentalk.example",
    "XP_REFUSALS_KEPT_DAYS": "0",
    "IDEMPOTENCY_KEYS_KEPT_DAYS": "0",
    "SEAL_KEY": "5e" * 31,
    "SEAL_OLD_PUBLIC_KEYS": f"{'5e' * 32}, not a key",
    "AUDIT_FREEZES_WALLETS": "maybe",
    "STRIPE_LIVEMODE": "perhaps",
    "STRIPE_API_BASE": "http://stripe.example",
    "ORDER_MINUTES": "1441",
}
OPTIONAL = {"DEBUG", "DATABASE_OWNER_URL"}
WRONG = [(name, "") for name in PRODUCTION if name not in OPTIONAL] + list(MALFORMED.items())


def run_in_production(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    values = {"PATH": os.environ["PATH"], **PRODUCTION, **variables}
    return subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=60)


def assert_one_sentence(answer: subprocess.CompletedProcess[str], name: str) -> None:
    lines = answer.stderr.splitlines()
    assert answer.returncode != 0
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith(f"Degentalk cannot start: {name} ")


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_manage_py_names_a_missing_or_malformed_variable_in_one_sentence(name: str, value: str) -> None:
    command = [sys.executable, "manage.py", "check"]
    assert_one_sentence(run_in_production(command, **{name: value}), name)


def test_the_processes_of_the_site_need_not_know_the_owner() -> None:
    answer = run_in_production([sys.executable, "manage.py", "check"], DATABASE_OWNER_URL="")
    assert answer.returncode == 0, answer.stderr


def test_migrate_without_the_owner_says_so_in_one_sentence() -> None:
    answer = run_in_production([sys.executable, "manage.py", "migrate", "--skip-checks"], DATABASE_OWNER_URL="")
    assert_one_sentence(answer, "DATABASE_OWNER_URL")


def test_gunicorn_says_in_one_sentence_that_the_database_does_not_answer() -> None:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0"]
    answer = run_in_production(gunicorn)
    assert "Degentalk cannot start: the database of DATABASE_URL does not answer." in answer.stderr.splitlines()
    assert "Traceback" not in answer.stderr


def test_gunicorn_ends_with_one_sentence_instead_of_starting_workers_again_and_again() -> None:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:0"]
    assert_one_sentence(run_in_production(gunicorn, SECRET_KEY=""), "SECRET_KEY")


def test_env_example_lists_exactly_the_variables_that_settings_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert example() == read_by_settings(monkeypatch)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def read_by_settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Every variable with its default in production, written as in .env.example."""
    defaults: dict[str, str] = {}

    class Recording(Environment):
        def read(self, name: str, default: Any, parse: Callable[[str], Any], kind: str) -> Any:
            defaults[name] = written(default)
            return super().read(name, default, parse, kind)

    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CACHE_PREFIX", raising=False)
    monkeypatch.setattr(environment, "Environment", Recording)
    runpy.run_path(str(ROOT / "degentalk/settings.py"))
    return defaults


def written(default: Any) -> str:
    if default is REQUIRED or default == []:
        return ""
    return {True: "on", False: "off"}[default] if isinstance(default, bool) else str(default)


def test_a_variable_of_the_process_wins_over_the_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GREETING=from the file\n")
    monkeypatch.setenv("GREETING", "from the process")
    assert Environment(tmp_path / ".env").text("GREETING") == "from the process"


@pytest.mark.parametrize("given", environment.SERVER_VARIABLES)
def test_servers_of_ones_own_are_named_together_or_not_at_all(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment.SERVER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert not Environment(tmp_path / ".env").uses_own_servers()
    monkeypatch.setenv(given, "redis://127.0.0.1:1/0")
    with pytest.raises(SystemExit, match="together or not at all"):
        Environment(tmp_path / ".env").uses_own_servers()
