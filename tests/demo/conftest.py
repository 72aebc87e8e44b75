"""One small demo for all tests that only look at it."""

import secrets
from collections.abc import Iterator

import pytest

from tests import databases
from tests.databases import using
from tests.demo.seeding import seed


@pytest.fixture(scope="session")
def _demo(django_db_setup: None, django_db_blocker: object) -> Iterator[tuple[str, str]]:
    with databases.of_this_run().clone(secrets.token_hex(4)) as name:
        with django_db_blocker.unblock(), using(name):  # type: ignore[attr-defined]
            said = seed(if_empty=True)
        yield name, said


@pytest.fixture
def demo(_demo: tuple[str, str], django_db_blocker: object) -> Iterator[str]:
    """The database with the demo, not to be written to; what the command said when it made it."""
    name, said = _demo
    with django_db_blocker.unblock(), using(name):  # type: ignore[attr-defined]
        yield said
