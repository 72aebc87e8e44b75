"""The owner's role on the same alias: for `migrate` and what follows it, never for the site."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from degentalk.core.environment import refuse


@contextmanager
def as_owner(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Connect `using` as DATABASE_OWNER inside the block, and as the application role again afterwards."""
    if not settings.DATABASE_OWNER:
        refuse("DATABASE_OWNER_URL is missing; only the owner of the tables can migrate (see .env.example).")
    connection = connections[using]
    if connection.in_atomic_block:
        raise RuntimeError("as_owner() opens another connection; call it outside of atomic().")
    as_app = connection.settings_dict
    connection.close()
    connection.settings_dict = {**as_app, **settings.DATABASE_OWNER}
    try:
        with connection.cursor() as cursor:
            # A migration may take long; the limits of the site's requests are not for it.
            cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        yield
    finally:
        connection.close()
        connection.settings_dict = as_app
