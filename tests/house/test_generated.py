"""What is generated from the code and committed is what the code generates today."""

import io

from django.core.management import call_command

from tests.databases import ROOT


def test_no_model_lacks_a_migration(db: None) -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=io.StringIO())


def test_the_openapi_document_is_the_one_of_this_code() -> None:
    document = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=document)
    committed = (ROOT / "docs/openapi.yaml").read_text()
    assert committed.rstrip() == document.getvalue().rstrip(), "the API changed: run make openapi"
