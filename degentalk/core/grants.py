"""What the application role may do: exactly one declared list, applied by the owner after every migrate."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import sql
from psycopg.rows import namedtuple_row

COLUMNS = r"\(\s*\w+(\s*,\s*\w+)*\s*\)"
PRIVILEGE = rf"(select|insert|update|delete)(\s*{COLUMNS})?"
PRIVILEGES = re.compile(rf"{PRIVILEGE}(\s*,\s*{PRIVILEGE})*")

RELATIONS = """
SELECT relname AS name, relkind IN ('v', 'm') AS is_view
FROM pg_catalog.pg_class AS relation
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = relation.oid AND deptype = 'e')
ORDER BY relname
"""
SEQUENCES = """
SELECT sequence.relname AS name, used_by.relname AS used_by
FROM pg_catalog.pg_class AS sequence
JOIN pg_catalog.pg_depend AS link ON link.objid = sequence.oid AND link.deptype IN ('a', 'i')
JOIN pg_catalog.pg_class AS used_by ON used_by.oid = link.refobjid
WHERE sequence.relnamespace = 'public'::regnamespace AND sequence.relkind = 'S'
"""
ROUTINES = """
SELECT proname AS name, routine.oid::regprocedure::text AS signature
FROM pg_catalog.pg_proc AS routine
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = routine.oid AND deptype = 'e')
"""


class Declared(Protocol):
    """The module that DATABASE_GRANTS names."""

    TABLES: Mapping[str, str]
    """Privileges by table or by app label, such as "select, insert, update (title)"; a table beats its app."""
    READ_ONLY: Iterable[str]
    """Tables, views or app labels that the site only reads."""
    FUNCTIONS: Iterable[str]
    """Names of functions that the site may execute."""


@dataclass(frozen=True)
class Relation:
    """A table or a view, and what the application role may do with it."""

    name: str
    privileges: str


def apply(declared: Declared, *, app_role: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take every privilege in schema `public` from the role and give the declared ones, in one transaction.

    Runs as the owner. Raises CommandError naming each table that the list does not name.
    """
    role = sql.Identifier(app_role)
    with transaction.atomic(using=using), connections[using].connection.cursor(row_factory=namedtuple_row) as cursor:
        relations = _decide(cursor.execute(RELATIONS).fetchall(), declared)
        for statement in (*_revokes(role), *_table_grants(relations, role)):
            cursor.execute(statement)
        writable = {relation.name for relation in relations if "insert" in relation.privileges}
        for sequence in cursor.execute(SEQUENCES).fetchall():
            if sequence.used_by in writable:
                cursor.execute(sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(_public(sequence.name), role))
        for routine in cursor.execute(ROUTINES).fetchall():
            signature = sql.SQL(routine.signature)
            cursor.execute(sql.SQL("REVOKE ALL ON ROUTINE {} FROM PUBLIC, {}").format(signature, role))
            if routine.name in declared.FUNCTIONS:
                cursor.execute(sql.SQL("GRANT EXECUTE ON ROUTINE {} TO {}").format(signature, role))


def _decide(rows: Iterable[Any], declared: Declared) -> list[Relation]:
    app_of = {model._meta.db_table: model._meta.app_label for model in apps.get_models(include_auto_created=True)}
    relations, unnamed = [], []
    for row in rows:
        privileges = _privileges(row.name, app_of.get(row.name), declared)
        if privileges is None:
            unnamed.append(row.name)
        else:
            relations.append(Relation(row.name, "select" if row.is_view else privileges))
    if unnamed:
        raise CommandError(
            f"No privileges are declared for {', '.join(unnamed)}. Name each of them, or its app, in the list of"
            " DATABASE_GRANTS: READ_ONLY if the site only reads it, TABLES if it writes it."
        )
    return relations


def _privileges(table: str, app: str | None, declared: Declared) -> str | None:
    for name in (table, app or table):
        if name in declared.READ_ONLY:
            return "select"
        if name in declared.TABLES:
            return _well_formed(name, declared.TABLES[name].lower())
    return None


def _well_formed(name: str, privileges: str) -> str:
    if not PRIVILEGES.fullmatch(privileges):
        raise CommandError(
            f"“{privileges}” for {name} must list select, insert, update or delete, each perhaps with (columns)."
        )
    return privileges


def _revokes(role: sql.Identifier) -> list[sql.Composed]:
    statements = (
        # Temporary tables could stand in for real ones where a function forgets its search_path.
        "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
    )
    return [sql.SQL(statement).format(role=role) for statement in statements]


def _table_grants(relations: Iterable[Relation], role: sql.Identifier) -> list[sql.Composed]:
    return [
        sql.SQL("GRANT {} ON TABLE {} TO {}").format(sql.SQL(relation.privileges), _public(relation.name), role)
        for relation in relations
    ]


def _public(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)
