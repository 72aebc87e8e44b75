"""A highlighted thread stands out in the list for its hours, and says how long it still does."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from degentalk.core import clock
from degentalk.forum.services.highlights import highlight_thread
from tests import make

MARK = "Highlighted, ends in 23 h"


def highlighted(source="unlock:1"):
    alice = make.user("alice")
    thread = make.thread(alice, title="Look here")
    return highlight_thread(thread_id=thread.pk, member=alice, hours=24, source=source)


def rows(client, page="/threads"):
    return client.get(page).content.decode().split('<ul class="threads">')[1].split("</ul>")[0].split("<li")[1:]


@pytest.mark.parametrize("page", ["/threads", "/"])
def test_it_is_marked_with_the_time_that_is_left(db, client, page):
    make.thread(make.user("bob"), title="Quiet")
    with clock.at(timezone.now() - timedelta(minutes=1)):
        highlighted()
    loud = next(row for row in rows(client, page) if "Look here" in row)
    quiet = next(row for row in rows(client, page) if "Quiet" in row)
    assert ('class="highlighted"' in loud, MARK in loud) == (True, True)
    assert ("highlighted" in quiet, "Highlighted" in quiet) == (False, False)


def test_the_mark_is_gone_at_the_instant_that_it_ends(db, client):
    ends_at = highlighted().ends_at
    for moment, stands_out in ((ends_at - timedelta(microseconds=1), True), (ends_at, False)):
        with clock.at(moment):
            assert ('class="highlighted"' in rows(client)[0]) is stands_out


def test_it_takes_no_query_more(db, client):
    make.thread(make.user("bob"))
    client.get("/threads")
    plain = queries(client)
    highlighted()
    assert queries(client) == plain


def queries(client):
    with CaptureQueriesContext(connection) as captured:
        client.get("/threads")
    return len(captured)


@pytest.mark.parametrize(
    "statement",
    [
        "update thread_highlights set ends_at = ends_at + interval '1 day'",
        "update thread_highlights set source = 'unlock:2'",
        "delete from thread_highlights",
        "truncate thread_highlights",
        "update threads set highlighted_until = null",
        "update threads set highlighted_until = highlighted_until - interval '1 second'",
    ],
)
def test_what_was_paid_for_is_not_taken_back_even_by_the_owner(committed_db, owner, statement):
    highlighted()
    with pytest.raises(psycopg.errors.RestrictViolation, match="only grow"):
        owner.execute(statement)
