"""The command, for a demo that takes seconds."""

from io import StringIO

from django.core.management import call_command

SMALL = {"members": 20, "days": 40}


def seed(**options: object) -> str:
    """Run it in the database of now; what it says."""
    said = StringIO()
    call_command("seed", **SMALL, **options, stdout=said)
    return said.getvalue()
