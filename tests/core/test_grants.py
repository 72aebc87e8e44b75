"""The site's role may do what one list declares, and nothing else (MONEY.md L2, L7)."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from degentalk import grants as declared
from degentalk.core import grants
from degentalk.core.owner import as_owner

pytestmark = pytest.mark.usefixtures("committed_db")


def refused(statement: str) -> bool:
    """Whether PostgreSQL denies this to the site."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return error.__cause__ is not None and getattr(error.__cause__, "sqlstate", None) == "42501"
    return False


def apply(**changes: Any) -> None:
    """Apply our list with changes."""
    fields = {name: getattr(declared, name) for name in ("TABLES", "READ_ONLY", "FUNCTIONS")}
    with as_owner():
        grants.apply(SimpleNamespace(**{**fields, **changes}), app_role=settings.DATABASES["default"]["USER"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE database_mark SET epoch = 2",
        "INSERT INTO auth_group (name) VALUES ('mallory')",
        "DELETE FROM django_migrations",
        "TRUNCATE outbox",
        "ALTER TABLE outbox DROP COLUMN payload",
        "ALTER TABLE outbox DISABLE TRIGGER ALL",
        "CREATE TABLE loot (id int)",
        "CREATE FUNCTION clock(boolean) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER mine BEFORE INSERT ON outbox EXECUTE FUNCTION refuse_change()",
        "SET session_replication_role = replica",
    ],
)
def test_the_site_is_refused(statement: str) -> None:
    assert refused(statement)


def test_the_site_may_do_what_is_declared() -> None:
    assert not refused("INSERT INTO outbox (topic, payload, key, attempts, last_error) VALUES ('a', '{}', 'a', 0, '')")
    assert not refused("SELECT clock(), uuid7() FROM database_mark")


def test_a_table_nobody_declared_makes_migrate_fail_by_name(owner: psycopg.Connection) -> None:
    owner.execute("CREATE TABLE forgotten (id int)")
    with pytest.raises(CommandError, match=r"No privileges are declared for forgotten\."):
        call_command("migrate", verbosity=0)


def test_a_privilege_given_by_hand_does_not_outlive_migrate(owner: psycopg.Connection) -> None:
    role = settings.DATABASES["default"]["USER"]
    owner.execute(f"GRANT ALL ON database_mark, outbox TO {role}; GRANT UPDATE (epoch) ON database_mark TO PUBLIC")
    assert not refused("UPDATE database_mark SET epoch = 2")
    call_command("migrate", verbosity=0)
    assert refused("UPDATE database_mark SET epoch = 3")
    assert refused("TRUNCATE outbox")


def test_a_function_nobody_declared_cannot_be_called(owner: psycopg.Connection) -> None:
    owner.execute("CREATE FUNCTION mint() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
    assert refused("SELECT mint()")
    apply(FUNCTIONS=[*declared.FUNCTIONS, "mint"])
    assert not refused("SELECT mint()")
    call_command("migrate", verbosity=0)
    assert refused("SELECT mint()")


def test_no_temporary_table_can_stand_in_for_a_real_one() -> None:
    call_command("migrate", verbosity=0)  # privileges on a database do not come along with its clone
    assert refused("CREATE TEMPORARY TABLE database_mark (kind text)")


def test_privileges_can_be_declared_for_columns() -> None:
    apply(TABLES={**declared.TABLES, "outbox": "select, insert (topic, payload, key), update(attempts)"})
    assert not refused("UPDATE outbox SET attempts = 1")
    assert refused("UPDATE outbox SET topic = 'other'")
    assert refused("DELETE FROM outbox")


def test_a_view_is_read_whatever_its_app_may_write(owner: psycopg.Connection) -> None:
    owner.execute("CREATE VIEW everything AS SELECT * FROM outbox")
    apply(TABLES={**declared.TABLES, "everything": "select, insert, update, delete"})
    assert not refused("SELECT count(*) FROM everything")
    assert refused("DELETE FROM everything")


@pytest.mark.parametrize("privileges", ["all", "truncate", "select; drop table outbox", "", "update ()", "references"])
def test_a_privilege_that_is_none_is_refused(privileges: str) -> None:
    with pytest.raises(CommandError, match="outbox must list"):
        apply(TABLES={**declared.TABLES, "outbox": privileges})


def test_a_failure_leaves_the_privileges_as_they_were(owner: psycopg.Connection) -> None:
    owner.execute("CREATE TABLE forgotten (id int)")
    with pytest.raises(CommandError):
        apply(TABLES={})
    assert not refused("UPDATE outbox SET attempts = 1")


def test_everything_declared_exists(owner: psycopg.Connection) -> None:
    from django.apps import apps

    tables = owner.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()
    functions = owner.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace").fetchall()
    known = {name for (name,) in tables} | {config.label for config in apps.get_app_configs()}
    assert {*declared.TABLES, *declared.READ_ONLY} - known == set()
    assert {*declared.FUNCTIONS} - {name for (name,) in functions} == set()
