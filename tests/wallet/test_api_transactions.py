"""A member's DGT history over the API: complete, in order, stable, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from degentalk.core import clock
from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.models import DgtJournal

pytestmark = pytest.mark.django_db
PATH = "/api/wallet/me/transactions"
BEGINNING = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def alice(client):
    return make.signed_in(client, make.verified(make.user("alice")))


@pytest.fixture
def bob(db):
    return make.verified(make.user("bob"))


def listed(client, **query):
    answer = client.get(PATH, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def every_page(client, **query):
    """All entries, by following `next`."""
    answer, entries = client.get(PATH, query).json(), []
    while True:
        entries += answer["results"]
        if answer["next"] is None:
            return entries
        answer = client.get(answer["next"]).json()


def amounts(client, **query):
    return [entry["amount"] for entry in listed(client, **query)]


def a_life(alice, bob):
    """Four days of movements: +100, −40 to bob, +15 from bob, −5 to the shop."""
    with clock.at(BEGINNING):
        give(alice, 100)
    with clock.at(BEGINNING + timedelta(days=1)):
        wallet.transfer(sender=alice, receiver=bob, amount=40, key="transfer:1", description="for the audit")
    with clock.at(BEGINNING + timedelta(days=2)):
        wallet.transfer(sender=bob, receiver=alice, amount=15, key="transfer:2")
    with clock.at(BEGINNING + timedelta(days=3)):
        wallet.debit(user=alice, amount=5, to="shop", key="debit:1", description="A frame")


def test_an_entry_says_what_moved_with_whom_and_what_was_left(client, alice, bob):
    a_life(alice, bob)
    entry = listed(client)[2]
    journal = DgtJournal.objects.get(key="transfer:1")
    assert entry == {
        "id": entry["id"],
        "journal": str(journal.public_id),
        "kind": "transfer",
        "account": "member",
        "amount": -40,
        "balance_after": 60,
        "counterparty": {"user_id": bob.pk, "username": "bob"},
        "memo": "for the audit",
        "created_at": "2026-11-21T12:00:00Z",
        "reversed": False,
        "reverses": None,
    }


def test_a_movement_without_another_member_has_no_counterparty(client, alice):
    give(alice, 100)
    assert listed(client)[0]["counterparty"] is None


def test_l26_pages_are_complete_in_order_and_their_running_balances_agree(client, alice):
    for serial in range(120):
        give(alice, serial + 1, key=f"gift:{serial}")
    entries = every_page(client)
    assert [entry["amount"] for entry in entries] == list(range(120, 0, -1))
    before = [entry["balance_after"] - entry["amount"] for entry in entries]
    assert before == [entry["balance_after"] for entry in entries[1:]] + [0]


def test_l26_what_is_added_meanwhile_neither_hides_nor_repeats_an_entry(client, alice):
    for serial in range(60):
        give(alice, serial + 1, key=f"gift:{serial}")
    first = client.get(PATH).json()
    give(alice, 1_000, key="gift:late")
    second = client.get(first["next"]).json()
    assert [entry["amount"] for entry in first["results"] + second["results"]] == list(range(60, 0, -1))


def test_l26_held_dgt_has_a_history_of_its_own_that_agrees(client, alice):
    give(alice, 100)
    wallet.hold(user=alice, amount=30, key="hold:1", description="An order")
    wallet.hold(user=alice, amount=20, key="hold:2", description="Another")
    assert [(entry["amount"], entry["balance_after"]) for entry in listed(client, account="held")] == [
        (20, 50),
        (30, 30),
    ]
    assert [(entry["amount"], entry["balance_after"]) for entry in listed(client)] == [(-20, 50), (-30, 70), (100, 100)]


def test_l26_a_debt_has_a_history_of_its_own_that_agrees(client, alice):
    give(alice, 100)
    wallet.claw_back(user=alice, amount=130, to="stripe", key="clawback:1", description="A dispute")
    give(alice, 20, key="gift:2")
    give(alice, 40, key="gift:3")
    assert [(entry["amount"], entry["balance_after"]) for entry in listed(client, account="debt")] == [
        (10, 0),
        (20, -10),
        (-30, -30),
    ]
    assert [(entry["amount"], entry["balance_after"]) for entry in listed(client)] == [(30, 30), (-100, 0), (100, 100)]


def test_a_reversal_and_what_it_took_back_name_each_other(client, alice):
    gift = give(alice, 100)
    wallet.reverse(journal_id=gift.id, key="reversal:1", reason="Wrong member", actor=None)
    reversal, original = listed(client)
    assert (reversal["kind"], reversal["reverses"], reversal["reversed"]) == ("reversal", str(gift.public_id), False)
    assert (original["reverses"], original["reversed"]) == (None, True)


# ── Filters ──


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "transfer"}, [15, -40]),
        ({"kind": ["credit", "debit"]}, [-5, 100]),
        ({"kind": "tip"}, []),
        ({"direction": "in"}, [15, 100]),
        ({"direction": "out"}, [-5, -40]),
        ({"direction": "out", "kind": "transfer"}, [-40]),
        ({"since": "2026-11-22"}, [-5, 15]),
        ({"until": "2026-11-21"}, [-40, 100]),
        ({"since": "2026-11-21", "until": "2026-11-22"}, [15, -40]),
        ({"since": "2026-11-21T12:00:00Z"}, [-5, 15, -40]),
        ({"until": "2026-11-21T12:00:00Z"}, [100]),
        ({"since": "2026-11-21T14:00:00.000001+02:00"}, [-5, 15]),
        ({"account": "held"}, []),
    ],
)
def test_a_filter_lists_what_it_asks_for(client, alice, bob, query, expected):
    a_life(alice, bob)
    assert amounts(client, **query) == expected


def test_the_next_page_keeps_the_filter(client, alice, bob):
    a_life(alice, bob)
    for serial in range(60):
        give(alice, 1, key=f"more:{serial}")
    entries = every_page(client, kind=["credit", "transfer"], direction="in")
    assert [entry["amount"] for entry in entries] == [1] * 60 + [15, 100]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "gift"}, "kind.0"),
        ({"kind": ["tip", ""]}, "kind.1"),
        ({"direction": "sideways"}, "direction"),
        ({"direction": ["in", "out"]}, "direction"),
        ({"account": "shop"}, "account"),
        ({"account": "system"}, "account"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-31"}, "since"),
        ({"since": "2026-11-21T12:00:00"}, "since"),
        ({"since": ""}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"until": "2026-13-01T00:00:00Z"}, "until"),
        ({"until": ["2026-11-21", "2026-11-22"]}, "until"),
        ({"since": "2026-11-21\x00"}, "since"),
        ({"user": "2"}, "user"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_a_filter_that_cannot_be_right_is_refused_by_name(client, alice, query, field):
    answer = client.get(PATH, query)
    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (400, "invalid", [field])


def test_a_made_up_cursor_is_refused(client, alice):
    answer = client.get(PATH, {"cursor": "WzAsWzFdXQ.forged"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


def test_a_cursor_belongs_to_its_account(client, alice):
    for serial in range(60):
        give(alice, 1, key=f"gift:{serial}")
    link = client.get(PATH).json()["next"]
    assert client.get(f"{link}&account=held").json()["code"] == "invalid-cursor"


# ── Who may ask ──


def test_w4_nobody_reads_another_members_history(client, alice, bob):
    give(bob, 100)
    assert listed(client) == []


def test_visitors_are_asked_to_sign_in(client):
    assert client.get(PATH).status_code == 401


def test_it_takes_a_token_with_the_scope(client, alice):
    tokens = [make.api_token(alice, scope) for scope in ("wallet:read", "xp:read", "wallet:transfer")]
    client.logout()
    answers = [client.get(PATH, headers={"Authorization": f"Bearer {token}"}).status_code for token in tokens]
    assert answers == [200, 403, 403]


def test_w16_it_is_kept_in_no_cache(client, alice):
    assert client.get(PATH)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("movements", [1, 40])
def test_it_takes_two_queries_besides_the_session_however_much_moved(
    client, alice, bob, movements, django_assert_num_queries
):
    give(alice, 1_000)
    for serial in range(movements):
        wallet.transfer(sender=alice, receiver=bob, amount=1, key=f"transfer:{serial}")
    with django_assert_num_queries(4):
        client.get(PATH)
