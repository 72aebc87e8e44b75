"""Django's migrate as the owner of the database, then everything that must follow each migration."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import no_translations
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from degentalk.core import after_migrate, grants, groups
from degentalk.core.owner import as_owner


class Command(migrate.Command):
    help = (
        "Migrates as the role of DATABASE_OWNER_URL, then gives the role of DATABASE_URL the declared privileges,"
        " then writes the declared groups and runs the steps that apps registered."
    )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        with as_owner(using):
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                self.follow_up(using)

    def follow_up(self, using: str) -> None:
        """Grants after every migrate; groups and steps only once all their tables can be there."""
        self.grant(using)
        if not self.complete(using):
            self.stdout.write("Some migrations are not applied: groups and the steps of the apps wait for them.")
            return
        groups.sync(import_module(settings.ROLES).GROUPS, using=using)
        after_migrate.run()

    def grant(self, using: str) -> None:
        app_role = settings.DATABASES[using]["USER"]
        if app_role == settings.DATABASE_OWNER["USER"]:
            self.stderr.write(
                f"No grants: {app_role} is both the owner and the role of the site. Never do so in production."
            )
            return
        grants.apply(import_module(settings.DATABASE_GRANTS), app_role=app_role, using=using)

    def complete(self, using: str) -> bool:
        executor = MigrationExecutor(connections[using])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
