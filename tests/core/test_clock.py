"""Time comes from the database, and only a production database cannot be told another one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from degentalk.core import clock

NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)


def uuid7() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid7()")
        return cursor.fetchone()[0]


def test_the_clock_is_the_start_of_the_transaction(db: None) -> None:
    assert clock.database_time() == clock.database_time()
    assert abs(clock.database_time() - datetime.now(UTC)) < timedelta(minutes=1)


def test_at_sets_the_clock_inside_the_block_only(db: None) -> None:
    with clock.at(NEW_YEAR):
        assert clock.database_time() == NEW_YEAR
        with clock.at(NEW_YEAR + timedelta(microseconds=1)):
            assert clock.database_time() == NEW_YEAR + timedelta(microseconds=1)
        assert clock.database_time() == NEW_YEAR
    assert clock.database_time() < NEW_YEAR


def test_at_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2031, 1, 1)):  # noqa: DTZ001
        pass


def test_at_leaves_the_error_of_a_failed_transaction_alone(committed_db: str) -> None:
    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), clock.at(NEW_YEAR):
        connection.cursor().execute("SELECT 1 / 0")
    assert clock.database_time() < NEW_YEAR


def test_a_production_database_ignores_another_time(committed_db: str, owner: psycopg.Connection) -> None:
    owner.execute("UPDATE database_mark SET kind = 'production'")
    with clock.at(NEW_YEAR):
        assert clock.database_time() < NEW_YEAR


def test_a_fresh_database_is_a_production_one(owner: psycopg.Connection) -> None:
    default = owner.execute(
        "SELECT column_default FROM information_schema.columns"
        " WHERE table_name = 'database_mark' AND column_name = 'kind'"
    ).fetchone()
    assert default == ("'production'::text",)


def test_the_site_cannot_change_what_the_database_is_for(db: None) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE database_mark SET kind = 'development'")


def test_uuid7_is_a_version_7_of_the_current_millisecond(db: None) -> None:
    value = uuid7()
    made_at = datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
    assert (value.version, value.variant) == (7, "specified in RFC 4122")
    assert abs(made_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_uuid7_does_not_repeat(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT uuid7()) FROM generate_series(1, 5000)")
        assert cursor.fetchone() == (5000,)
