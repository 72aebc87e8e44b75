"""Fixtures every test may use. The servers behind them are in tests/plugin.py."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests import databases, memory, serving
from tests.databases import using
from tests.site import Site

pytest_plugins = ["tests.plugin"]

# No test is timed: a machine that is busy with something else must not fail one.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.register_profile("proof", parent=hypothesis_settings.get_profile("unhurried"), print_blob=True)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """A clone of the migrated template for this worker; tests with `db` roll back in it, as the application role."""
    databases.of_this_run().ensure_template()
    with databases.of_this_run().clone(os.environ.get("PYTEST_XDIST_WORKER", "main")) as name, using(name):
        yield


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of the test's own, where commits are real and threads may work. Its name."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("committed_db and db exclude each other: one commits, the other rolls back", pytrace=False)
    with databases.of_this_run().clone(secrets.token_hex(4)) as name, django_db_blocker.unblock(), using(name):
        yield name


@pytest.fixture
def empty_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database in which nothing is yet, not even a table: for migrations. Its name."""
    from django.contrib.contenttypes.models import ContentType

    with databases.of_this_run().empty(secrets.token_hex(4)) as name, django_db_blocker.unblock(), using(name):
        yield name
    ContentType.objects.clear_cache()  # the ids in it were this database's


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    """The owner role in the test's database: autocommit in a database of its own, else rolled back."""
    commits = "committed_db" in request.fixturenames
    request.getfixturevalue("committed_db" if commits else "django_db_setup")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=commits) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def impatient(committed_db: str) -> Iterator[None]:
    """Who waits for a lock in this test soon gives up: for tests in which it never comes."""
    from django.db import connections

    options = django_settings.DATABASES["default"]["OPTIONS"]
    before = options["options"]
    options["options"] = before.replace("lock_timeout=9000", "lock_timeout=300")
    connections["default"].close()
    yield
    options["options"] = before
    connections["default"].close()


@pytest.fixture
def live(committed_db: str) -> Iterator[str]:
    """The site over real HTTP, every request in a thread of its own, on the test's own database. Its base URL."""
    with serving.served() as base:
        yield base


@pytest.fixture
def site(live: str) -> Site:
    """Members who use the site through `live`: `site.member("alice").get("/")`."""
    return Site(live)


@pytest.fixture
def window() -> Any:
    """Members who use the site through Django's test client: `page = window(alice)`."""
    from tests.signing_in import sign_in

    def opened(member: Any) -> Client:
        client = Client()
        sign_in(client, member)
        return client

    return opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of this process."""
    from tests import browsing

    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def windows(browser: Any, live: str) -> Iterator[Any]:
    """Windows on the site of this test: `page = windows.open(alice)`."""
    from tests import browsing

    windows = browsing.Windows(browser, live)
    yield windows
    windows.close()


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    """Every test has a cache of its own, and rules of its own: nothing is left over, no limit is half used up."""
    memory.forget()


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Hashing a password takes half a second on purpose; tests have better things to do."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
