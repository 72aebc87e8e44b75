"""Triggers, functions and views as plain SQL files beside the migration that runs them."""

from pathlib import Path

from django.db.migrations.operations import RunSQL


def sql_file(migration: str, name: str) -> RunSQL:
    """Run `NNNN_name.sql` beside the migration `__file__`; undo it with `NNNN_name.reverse.sql`."""
    forward = Path(migration).with_name(name)
    backward = forward.with_suffix(".reverse.sql")
    return RunSQL(forward.read_text(encoding="utf-8"), backward.read_text(encoding="utf-8"))
