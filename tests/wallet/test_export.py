"""The history as a file: the filter of the page, all of it, safe to open in a spreadsheet, and not all the time."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.html import main_of
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import DgtJournal
from wallet.views.export import ROWS_AT_ONCE

pytestmark = pytest.mark.django_db
PATH = "/wallet/history.csv"
BEGINNING = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def alice(client):
    return make.signed_in(client, make.verified(make.user("alice")))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def bytes_of(client, query=""):
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(client, query=""):
    text = bytes_of(client, query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_says_all_that_the_page_does(client, alice, bob):
    with clock.at(BEGINNING):
        give(alice, 48_213_579)
        wallet.transfer(
            sender=alice, receiver=bob, amount=4_000, key="transfer:1", description="for “the” audit, twice"
        )
    journal = DgtJournal.objects.get(key="transfer:1")
    assert rows(client)[0] == {
        "time": "2026-11-20T12:00:00Z",
        "type": "Transfer",
        "description": "Sent to bob",
        "counterparty": "bob",
        "memo": "for “the” audit, twice",
        "account": "Balance",
        "amount": "-4000",
        "balance_after": "48209579",
        "status": "Completed",
        "transaction": str(journal.public_id),
    }


def test_a_row_of_a_debt_names_it_and_keeps_the_ledgers_sign(client, alice):
    wallet.claw_back(user=alice, amount=100, to="stripe", key="clawback:1", description="A dispute")
    give(alice, 130)
    figures = [(row["account"], row["amount"], row["balance_after"]) for row in rows(client)]
    assert figures == [("Balance", "30", "30"), ("Debt", "100", "0"), ("Debt", "-100", "-100")]


def test_it_is_a_file_that_spreadsheets_know(client, alice):
    give(alice, 1)
    answer = client.get(PATH)
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbftime,type,")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="degentalk-wallet-20')
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("memo", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "=1\t2"])
def test_a_text_that_a_spreadsheet_would_run_is_escaped(client, alice, bob, memo):
    give(bob, 100)
    wallet.transfer(sender=bob, receiver=alice, amount=4, key="transfer:1", description=memo)
    assert rows(client)[0]["memo"] == f"'{memo}"


def test_figures_are_plain_integers_without_an_escape(client, alice, bob):
    give(alice, 1_000_000)
    wallet.transfer(sender=alice, receiver=bob, amount=4_000, key="transfer:1")
    assert [(row["amount"], row["balance_after"]) for row in rows(client)] == [
        ("-4000", "996000"),
        ("1000000", "1000000"),
    ]


def test_it_holds_what_the_address_asks_for(client, alice, bob):
    give(alice, 100)
    for serial in range(30):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key=f"transfer:{serial}")
    assert {row["type"] for row in rows(client, "kind=transfer&direction=out")} == {"Transfer"}


def test_l26_a_history_longer_than_what_is_read_at_once_is_complete(client, alice, django_assert_num_queries):
    for serial in range(ROWS_AT_ONCE + 2):
        give(alice, serial + 1, key=f"gift:{serial}")
    content = client.get(PATH).streaming_content
    with django_assert_num_queries(2):
        heading, first = next(content), next(content)
    second = next(content)
    assert [piece.count(b"\r\n") for piece in (heading, first, second)] == [1, ROWS_AT_ONCE, 2]
    amounts = [int(line.split(",")[6]) for line in (first + second).decode().splitlines()]
    assert amounts == list(range(ROWS_AT_ONCE + 2, 0, -1))
    assert list(content) == []


def test_a_reversed_movement_says_so(client, alice):
    journal = give(alice, 100)
    wallet.reverse(journal_id=journal.id, key="reversal:1", reason="Wrong member", actor=None)
    assert [row["status"] for row in rows(client)] == ["Completed", "Reversed"]


def test_w4_it_is_ones_own(client, alice, bob):
    give(bob, 100)
    assert rows(client) == []


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PATH).status_code == 302


def test_one_a_minute_and_no_more(client, alice):
    give(alice, 100)
    bytes_of(client)
    answer = client.get(f"{PATH}?kind=transfer")
    assert (answer.status_code, answer["Location"]) == (303, "/wallet?kind=transfer")
    with clock.at(clock.database_time() + timedelta(seconds=60)):
        assert len(rows(client)) == 1


def test_who_asks_too_often_is_told_how_long_to_wait(client, alice):
    bytes_of(client)
    shown = client.get(PATH, follow=True).content.decode()
    assert ("One export a minute" in shown, "Try again in 60 seconds." in shown) == (True, True)


def test_a_filter_that_cannot_be_right_leads_to_the_page_that_says_so(client, alice):
    answer = client.get(f"{PATH}?kind=gift", follow=True)
    assert (answer.redirect_chain, answer.status_code) == ([("/wallet?kind=gift", 303)], 422)
    assert "filter-clear" in main_of(answer)
