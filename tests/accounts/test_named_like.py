"""Members whose names begin like what somebody types."""

import pytest
from django.db import connection

from degentalk.accounts.models import User
from tests import make

pytestmark = pytest.mark.django_db


def names(beginning):
    return [user.username for user in User.objects.named_like(beginning)]


@pytest.fixture(autouse=True)
def _members():
    for name in ("alice", "Alina", "al_bundy", "albert", "bob"):
        make.user(name)


def test_names_are_found_by_their_beginning_without_regard_to_case():
    assert [names(typed) for typed in ("al", "ALI", "bob", "li", "carol")] == [
        ["albert", "alice", "Alina", "al_bundy"],
        ["alice", "Alina"],
        ["bob"],
        [],
        [],
    ]


@pytest.mark.parametrize("typed", ["al_", "AL_B"])
def test_an_underscore_stands_for_itself(typed):
    assert names(typed) == ["al_bundy"]


@pytest.mark.parametrize("typed", ["%", "al%", "\\", "ß", "ﬁ", "' or 1=1 --"])
def test_what_is_in_no_name_finds_nobody(typed):
    assert names(typed) == []


def test_who_is_suspended_or_unlisted_is_not_suggested():
    make.user("alfred", is_active=False)
    make.user("alfons", hides_from_boards=True)
    assert names("alf") == []


def test_an_index_finds_them():
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        plan = User.objects.named_like("al")[:8].explain()
    assert "users_username_beginning" in plan
    assert "Sort" not in plan
