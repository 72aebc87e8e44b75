"""The command `manage.py seed`: where it may, and what it says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.demo.seeding import seed


def one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_seeding_says_what_there_is(demo):
    assert f"{one('select count(*) from users')} members" in demo
    assert f"{one('select count(*) from xp_log')} awards" in demo.replace(",", "")


def test_the_doctor_finds_nothing_in_the_demo(demo):
    said = StringIO()
    call_command("xp_doctor", stdout=said)
    assert said.getvalue().startswith("0 drift in ")


def test_seeding_if_empty_changes_nothing_the_second_time(demo):
    before = one("select max(id) from xp_log")
    assert seed(if_empty=True) == ""
    assert one("select max(id) from xp_log") == before


def test_seeding_is_refused_where_there_are_members(committed_db):
    from tests import make

    make.user("alice")
    with pytest.raises(CommandError, match="There are members already"):
        seed()


def test_a_production_database_gets_no_demo_data(committed_db, owner):
    owner.execute("update database_mark set kind = 'production'")
    with pytest.raises(CommandError, match="not marked as one for development or tests"):
        seed()
    assert one("select count(*) from users") == 0


def test_the_audit_finds_nothing_in_the_demo(demo):
    said = StringIO()
    call_command("ledger_audit", "--no-freeze", stdout=said)
    assert said.getvalue().splitlines()[-1].startswith("0 findings in ")


def test_the_demo_shows_what_staff_do(demo):
    assert one("select array_agg(state order by id) from approvals") == ["approved", "pending"]
    assert one("select count(*) from switch_changes") == 2
    assert one("select count(*) from user_wallet where is_frozen") == 1
