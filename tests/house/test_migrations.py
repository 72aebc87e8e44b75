"""Models and migrations say the same."""

import io

from django.core.management import call_command


def test_no_model_lacks_a_migration(db: None) -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=io.StringIO())
