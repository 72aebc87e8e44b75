"""The why of an award names the path that multiplied it, as the rules of that moment called it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from degentalk.rulebook import services as rulebook
from paths.models import XpPath
from tests import make
from tests.html import main_of
from tests.paths.standing import choose, only, publish
from tests.signing_in import sign_in
from tests.xp.test_path_shares import write
from xp import presentation
from xp.models import XpLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    (path,) = only(("test-sage", {"post_created": 15_000}))
    member = sign_in(client, make.user("alice"))
    choose(member, path)
    return member


def rename(name):
    XpPath.objects.filter(pk="test-sage").update(name=name)
    publish()


def lines(member):
    rows = XpLog.objects.of(member).with_reversals().with_rules().newest()
    return [entry.trace_lines[1] for entry in presentation.entries(rows)]


def test_an_award_keeps_the_name_that_its_path_had(alice):
    write(alice, 1)
    rename("Oracle")
    write(alice, 2)
    assert lines(alice) == [("Oracle path", "×1.5"), ("Sage path", "×1.5")]


@pytest.mark.parametrize("address", ["/me", "/profile/alice"])
def test_pages_name_the_path(client, alice, address):
    rename("The Oracle")
    write(alice, 1)
    assert "<dt>The Oracle path</dt><dd>×1.5</dd>" in main_of(client.get(address))


def asked(member):
    with CaptureQueriesContext(connection) as queries:
        lines(member)
    return len(queries)


def test_names_cost_a_query_for_each_set_of_rules_at_most_and_none_for_a_row(alice):
    for number in range(5):
        write(alice, number)
    rulebook.forget()
    assert (asked(alice), asked(alice)) == (2, 1)
