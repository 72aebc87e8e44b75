"""Our `migrate`: as the owner, then privileges, groups and the steps of the apps."""

from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from degentalk.core import after_migrate, groups
from degentalk.core.owner import as_owner
from tests.databases import ROOT
from tests.extent import extent

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


Target = tuple[str, str | None]


def newest() -> list[Target]:
    """The last of each app that has its code here, if no other needs it yet."""
    graph = MigrationLoader(connection).graph
    ours = [app.label for app in apps.get_app_configs() if Path(app.path).parent in (ROOT, ROOT / "degentalk")]
    return [leaf for leaf in graph.leaf_nodes() if leaf[0] in ours and not graph.node_map[leaf].children]


def before(migration: Target) -> Target:
    parents = MigrationLoader(connection).graph.node_map[migration].parents
    return next(parent.key for parent in parents if parent.key[0] == migration[0])


def undo(targets: list[Target]) -> None:
    with as_owner():
        MigrationExecutor(connection).migrate(targets)


@pytest.mark.proof
def test_every_migration_can_be_undone(owner: psycopg.Connection) -> None:
    """In `make test` the newest: those before them have landed and never change."""
    # The first migration of wallet needs nothing of core, so core alone would leave it behind.
    undo(extent([before(migration) for migration in newest()], [("wallet", None), ("core", None)]))
    assert set(newest()).isdisjoint(MigrationRecorder(connection).applied_migrations())
    left = owner.execute("SELECT to_regclass('outbox'), to_regclass('database_mark'), to_regproc('clock')").fetchone()
    assert left == extent(("outbox", "database_mark", "clock"), (None, None, None))
    migrate()
    assert set(newest()) <= set(MigrationRecorder(connection).applied_migrations())
    assert owner.execute("SELECT kind FROM database_mark").fetchone() == (extent("test", "production"),)


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
