"""The step of `make dev` before the site starts: migrate, mark the database as one for development, load demo data."""

import os
import sys

import django
from django.core.management import call_command
from django.db import connection

from degentalk.core.owner import as_owner

MARK = "UPDATE database_mark SET kind = 'development' WHERE kind = 'production'"
KIND = "SELECT kind FROM database_mark"


def main(*, embedded: bool) -> None:
    """Harmless when repeated."""
    call_command("migrate", interactive=False)
    if embedded:
        _mark_as_development()
    if _is_for_development():
        call_command("seed", if_empty=True)
    else:
        print("This database is not marked as one for development, so no demo data is loaded into it.")


def _mark_as_development() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(MARK)


def _is_for_development() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(KIND)
        return bool(cursor.fetchone()[0] == "development")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "degentalk.settings")
    django.setup()
    main(embedded="--embedded" in sys.argv)
