"""`manage.py seed`: the demo data."""

import requests
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from degentalk.core.owner import as_owner
from degentalk.demo import orders, seeding
from payments.errors import ProviderUnreachable


class Command(BaseCommand):
    help = "Loads the demo data: members, threads, XP and DGT with a history. Only for development and tests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there are members")
        parser.add_argument("--members", type=int, default=300, help="besides the demo accounts (300)")
        parser.add_argument("--days", type=int, default=420, help="how far the history goes back (420)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same data (1)")

    def handle(self, *, if_empty: bool, members: int, days: int, seed: int, **options) -> None:
        if not seeding.is_allowed():
            raise CommandError("This database is not marked as one for development or tests, so it gets no demo data.")
        if if_empty and not seeding.is_empty():
            return
        if min(members, days) < 10:
            raise CommandError("The demo needs at least 10 members and 10 days.")
        self.stdout.write("Loading the demo data; this takes less than a minute …")
        summary = seeding.fill(members=members, history_days=days, seed=seed)
        if summary is None:
            raise CommandError("There are members already; the demo data is for an empty database.")
        self.sell()
        self.tidy_up()
        seeding.prove()
        self.stdout.write(str(summary))

    def sell(self) -> None:
        """Let some members buy DGT, where a sandbox takes the money."""
        try:
            orders.play()
        except (ProviderUnreachable, requests.RequestException) as error:
            self.stderr.write(
                f"The demo has no orders, or not all of them: the sandbox of Stripe did not answer: {error}"
            )

    def tidy_up(self) -> None:
        """Let the planner know what is there now; only the owner may. Without one, autovacuum does it in a while."""
        tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
        try:
            with as_owner(), connection.cursor() as cursor:
                cursor.execute(f"VACUUM (ANALYZE) {', '.join(map(connection.ops.quote_name, tables))}")
        except OperationalError as error:
            self.stderr.write(f"The tables are not analysed yet, so pages may be slow for a minute: {error}")
