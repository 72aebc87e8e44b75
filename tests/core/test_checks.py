"""Production refuses to start as a role that could rewrite the ledger."""

from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from psycopg import sql

from degentalk.core import checks

DATABASES = ["default"]


def ids(databases: list[str] | None = None) -> list[str | None]:
    return [message.id for message in checks.the_app_role_owns_nothing(databases=databases or DATABASES)]


@pytest.fixture
def production(settings: Any) -> None:
    settings.DEBUG = False


@pytest.fixture
def one_role(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names the owner as well."""
    monkeypatch.setitem(django_settings.DATABASES["default"], "USER", django_settings.DATABASE_OWNER["USER"])


@pytest.fixture
def powerful_role(one_role: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL names a role that owns the tables, DATABASE_OWNER_URL yet another."""
    monkeypatch.setitem(django_settings.DATABASE_OWNER, "USER", "somebody_else")


@pytest.mark.usefixtures("production", "committed_db")
def test_the_role_of_the_site_passes() -> None:
    assert ids() == []
    checks.refuse_unsafe_database()


@pytest.mark.usefixtures("production", "one_role")
def test_one_role_for_everything_is_refused() -> None:
    assert ids() == ["core.E001"]


@pytest.mark.usefixtures("production", "powerful_role")
def test_a_role_that_owns_tables_is_refused() -> None:
    assert ids() == ["core.E002"]


@pytest.mark.usefixtures("production")
def test_a_role_that_owns_the_database_is_refused(committed_db: str, owner: psycopg.Connection[Any]) -> None:
    app_role = django_settings.DATABASES["default"]["USER"]
    owner.execute(
        sql.SQL("alter database {} owner to {}").format(sql.Identifier(committed_db), sql.Identifier(app_role))
    )
    assert ids() == ["core.E002"]


@pytest.mark.usefixtures("production", "powerful_role")
def test_a_server_does_not_start_and_says_why() -> None:
    with pytest.raises(SystemExit, match="Degentalk cannot start: The role .* of DATABASE_URL owns"):
        checks.refuse_unsafe_database()
    assert connection.connection is None  # nothing is left open for a fork to share


@pytest.mark.usefixtures("production", "one_role")
def test_the_check_command_finds_it_too() -> None:
    with pytest.raises(SystemCheckError, match=r"core\.E001"):
        call_command("check", databases=DATABASES)


@pytest.mark.usefixtures("one_role")
def test_development_may_use_one_role(settings: Any) -> None:
    settings.DEBUG = True
    assert ids() == []
