"""In production the site must not run as a database role that could rewrite history."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from degentalk.core.environment import refuse

# Whoever owns the database or its schema can drop what is in it, whoever that belongs to.
OWNED = """
SELECT count(*)
FROM pg_catalog.pg_roles AS app,
LATERAL (
    SELECT relowner AS owner FROM pg_catalog.pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL SELECT proowner FROM pg_catalog.pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'public'
    UNION ALL SELECT datdba FROM pg_catalog.pg_database WHERE datname = current_database()
) AS belongings
WHERE app.rolname = %s AND pg_has_role(app.oid, belongings.owner, 'MEMBER')
"""


@register(Tags.database)
def the_app_role_owns_nothing(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: one role for everything. E002: the role of the site owns tables, or can become their owner."""
    if settings.DEBUG or DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    app_role = settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]
    if app_role == settings.DATABASE_OWNER.get("USER"):
        return [
            Error(
                "DATABASE_URL and DATABASE_OWNER_URL name the same role, so the site could rewrite its ledger.",
                hint="Make a second role that owns nothing and put it into DATABASE_URL (see docs/operations.md).",
                id="core.E001",
            )
        ]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(OWNED, [app_role])
        owned = cursor.fetchone()[0]
    if not owned:
        return []
    return [
        Error(
            f"The role {app_role} of DATABASE_URL owns the database, its schema, a table or a function in it"
            f" ({owned} in all), is a superuser, or a member of the owner, so the site could rewrite its ledger.",
            hint="Give everything to the role of DATABASE_OWNER_URL (REASSIGN OWNED) and take the membership away.",
            id="core.E002",
        )
    ]


def refuse_unsafe_database() -> None:
    """Called where a server starts: end the process with a sentence if the role of the site is too powerful."""
    try:
        problems = the_app_role_owns_nothing(databases=[DEFAULT_DB_ALIAS])
    except OperationalError:
        refuse("the database of DATABASE_URL does not answer.")
    finally:
        # A server may fork after this; a connection must never be shared by two processes.
        connections[DEFAULT_DB_ALIAS].close()
    if problems:
        raise SystemExit("\n".join(f"Degentalk cannot start: {problem.msg} {problem.hint}" for problem in problems))
