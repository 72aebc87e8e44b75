"""Our `migrate`: as the owner, then privileges, groups and the steps of the apps."""

from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from degentalk.core import after_migrate, groups
from degentalk.core.owner import as_owner

pytestmark = pytest.mark.usefixtures("committed_db")


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def migrate(*arguments: str) -> str:
    output = StringIO()
    call_command("migrate", *arguments, stdout=output, stderr=output, verbosity=0)
    return output.getvalue()


def test_the_owner_works_inside_the_block_only() -> None:
    with as_owner():
        assert current_user() == settings.DATABASE_OWNER["USER"]
    assert current_user() == settings.DATABASES["default"]["USER"]


def test_the_site_is_itself_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), as_owner():
        raise ZeroDivisionError
    assert current_user() == settings.DATABASES["default"]["USER"]


def test_the_owner_is_not_called_from_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), as_owner():
        pass


def test_migrate_leaves_the_connection_to_the_site() -> None:
    migrate()
    assert current_user() == settings.DATABASES["default"]["USER"]


def test_steps_run_as_the_owner_once_everything_is_migrated() -> None:
    roles: list[str] = []
    step = lambda: roles.append(current_user())  # noqa: E731
    after_migrate.register(step)
    after_migrate.register(step)
    try:
        assert "wait" in migrate("sessions", "zero")
        assert roles == []
        migrate("sessions")
        migrate("--plan")
        assert roles == [settings.DATABASE_OWNER["USER"]]
    finally:
        after_migrate.steps.remove(step)


def test_every_migration_can_be_undone(owner: psycopg.Connection) -> None:
    migrate("wallet", "zero")  # its first migration needs nothing of core, so core alone would leave it behind
    migrate("core", "zero")
    left = owner.execute("SELECT to_regclass('outbox'), to_regclass('database_mark'), to_regproc('clock')").fetchone()
    assert left == (None, None, None)
    migrate()
    assert owner.execute("SELECT kind FROM database_mark").fetchone() == ("production",)


def test_with_one_role_for_everything_privileges_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "USER", settings.DATABASE_OWNER["USER"])
    connection.close()
    try:
        assert "both the owner and the role of the site" in migrate()
    finally:
        connection.close()


def test_groups_hold_exactly_what_is_declared() -> None:
    with as_owner():
        groups.sync({"moderator": {"core.view_outboxmessage"}, "keeper": {"core.view_outboxmessage"}})
        groups.sync({"moderator": {"core.view_idempotencykey"}})
    moderator, keeper = Group.objects.get(name="moderator"), Group.objects.get(name="keeper")
    assert [permission.codename for permission in moderator.permissions.all()] == ["view_idempotencykey"]
    assert [permission.codename for permission in keeper.permissions.all()] == ["view_outboxmessage"]


def test_a_permission_that_does_not_exist_is_named() -> None:
    with pytest.raises(CommandError, match=r"do not exist: shop\.view_nothing\."), as_owner():
        groups.sync({"moderator": {"shop.view_nothing"}})
