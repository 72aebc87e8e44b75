"""The DGT boards: what counts on each, places, pages that stay true while the boards are brought up to date."""

import pytest

from degentalk.accounts.models import User
from tests import make
from tests.wallet.test_ledger import give
from wallet import services as wallet
from wallet.boards import BALANCE, EARNED, KINDS, SPENT, DgtBoard, place_of
from wallet.models import DgtBoardRow, DgtJournal


def member_with(dgt, username, **fields):
    """A new member, whom a level or the site paid that much."""
    member = make.verified(make.user(username, **fields))
    give(member, dgt, key=f"gift:{username}")
    return member


def board(kind=BALANCE, **options):
    return DgtBoard(kind, **options).page()


def places(page):
    return [(row.username, row.position) for row in page.items]


def figures(kind):
    return {row.username: row.figure for row in board(kind).items}


# ── what counts ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def economy(db):
    """alice was paid, spent, sent, tipped and lost; bob was sent, bought and holds."""
    alice, bob = make.verified(make.user("alice")), make.verified(make.user("bob"))
    give(alice, 1_000, key="gift:1")
    wallet.debit(user=alice, amount=100, to="shop", key="purchase:1", description="A frame")
    wallet.transfer(sender=alice, receiver=bob, amount=200, key="transfer:1")
    wallet.tip(sender=alice, receiver=bob, amount=50, key="tip:1", cause=("post", 1))
    mistake = give(alice, 30, key="gift:2")
    wallet.reverse(journal_id=mistake.id, key="reversal:1", reason="Twice", actor=None)
    wallet.purchase(user=bob, amount=500, source="stripe", key="order:1", description="A package")
    wallet.hold(user=bob, amount=70, key="hold:1", description="An offer")
    wallet.refresh_board()


def test_the_board_of_balances_shows_what_can_be_spent(economy):
    assert figures(BALANCE) == {"alice": 650, "bob": 680}


def test_the_board_of_dgt_earned_shows_what_levels_and_the_site_paid(economy):
    assert figures(EARNED) == {"alice": 1_000}


def test_the_board_of_dgt_spent_shows_what_was_paid_to_the_site(economy):
    assert figures(SPENT) == {"alice": 100}


def test_a14_what_was_taken_back_leaves_every_board(committed_db):
    alice = member_with(100, "alice")
    mistake = wallet.debit(user=alice, amount=40, to="shop", key="purchase:1", description="A frame")
    wallet.refresh_board()
    assert [figures(kind) for kind in (BALANCE, EARNED, SPENT)] == [{"alice": 60}, {"alice": 100}, {"alice": 40}]
    wallet.reverse(journal_id=mistake.id, key="reversal:1", reason="Did not arrive", actor=None)
    gift = DgtJournal.objects.get(key="gift:alice")
    wallet.reverse(journal_id=gift.pk, key="reversal:2", reason="By mistake", actor=None)
    wallet.refresh_board()
    assert [figures(kind) for kind in (BALANCE, EARNED, SPENT)] == [{}, {}, {}]


@pytest.mark.django_db
def test_held_dgt_that_is_captured_counts_as_spent():
    bob = member_with(500, "bob")
    held = wallet.hold(user=bob, amount=70, key="hold:1", description="An offer")
    wallet.capture(hold_id=held.id, to="shop", key="capture:1", amount=60)
    wallet.refresh_board()
    assert (figures(BALANCE), figures(SPENT)) == ({"bob": 430}, {"bob": 60})


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_ties_share_a_place_and_the_next_member_counts_them():
    for username, dgt in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 10)):
        member_with(dgt, username)
    wallet.refresh_board()
    rows = board().items
    assert [(row.username, row.position, row.is_tied) for row in rows] == [
        ("alice", 1, False), ("carol", 2, True), ("bob", 2, True), ("dave", 4, False),
    ]  # fmt: skip


@pytest.mark.django_db
def test_pages_go_on_where_the_last_one_ended_also_inside_a_tie():
    for username, dgt in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 20), ("erin", 10), ("frank", 5)):
        member_with(dgt, username)
    wallet.refresh_board()
    pager = DgtBoard(size=2)
    first = pager.page()
    second = pager.page(first.next)
    third = pager.page(second.next)
    assert [places(page) for page in (first, second, third)] == [
        [("alice", 1), ("dave", 2)],
        [("carol", 2), ("bob", 2)],
        [("erin", 5), ("frank", 6)],
    ]
    assert (places(pager.page(third.previous)), third.next) == (places(second), None)


def test_nobody_is_skipped_or_shown_twice_while_the_boards_are_brought_up_to_date(committed_db):
    crowd = [member_with(1_000 - number, f"member_{number:02d}") for number in range(12)]
    wallet.refresh_board()
    pager = DgtBoard(size=4)
    first = pager.page()
    give(crowd[11], 5_000, key="gift:late")  # passes everybody, to a page that was read already
    wallet.refresh_board()
    second = pager.page(first.next)
    give(crowd[0], 1, key="gift:later")
    wallet.refresh_board()
    third = pager.page(second.next)
    read = [row.username for page in (first, second, third) for row in page.items]
    assert read == [f"member_{number:02d}" for number in range(11)]
    assert [row.position for row in second.items] == [6, 7, 8, 9]


@pytest.mark.django_db
def test_around_a_member_is_the_page_that_has_them_in_its_middle():
    crowd = {number: member_with(1_000 - number, f"member_{number:02d}") for number in range(12)}
    wallet.refresh_board()
    page = board(size=5, around=(1_000 - 6, crowd[6].pk))
    assert places(page) == [(f"member_{number:02d}", number + 1) for number in range(4, 9)]
    assert places(DgtBoard(size=5).page(page.previous)) == [(f"member_{n:02d}", n + 1) for n in range(4)]


@pytest.mark.django_db
def test_ones_own_place_says_how_much_is_missing_to_the_next():
    member_with(100, "bob")
    alice = member_with(30, "alice")
    wallet.refresh_board()
    place = place_of(alice, BALANCE)
    assert (place.position, place.is_tied, place.figure, place.behind, place.is_listed) == (2, False, 30, 70, True)


@pytest.mark.django_db
def test_who_hides_sees_the_place_they_would_have():
    member_with(100, "bob")
    alice = member_with(30, "alice", hides_balance=True)
    wallet.refresh_board()
    place = place_of(alice, BALANCE)
    assert (place.position, place.behind, place.is_listed, places(board())) == (2, 70, False, [("bob", 1)])


@pytest.mark.django_db
def test_who_has_none_has_no_place():
    member_with(100, "bob")
    wallet.refresh_board()
    place = place_of(make.user("alice"), BALANCE)
    assert (place.position, place.position_is_exact, place.figure, place.behind) == (None, False, 0, 100)


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"hides_from_boards": True}, {"hides_balance": True}])
def test_who_hides_is_told_so_also_before_the_first_dgt(how):
    assert [place_of(make.user(name, **hides), BALANCE).is_listed for name, hides in (("alice", how), ("bob", {}))] == [
        False, True,
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_page_link_belongs_to_its_board():
    from degentalk.core.keyset import InvalidCursor

    for number in range(3):
        member_with(10 + number, f"member_{number}")
    wallet.refresh_board()
    link = DgtBoard(EARNED, size=2).page().next
    with pytest.raises(InvalidCursor):
        DgtBoard(BALANCE, size=2).page(link)


def test_beyond_the_first_ten_thousand_there_are_no_places(committed_db, owner):
    crowd = User.objects.bulk_create(
        User(username=f"member_{number}", email=f"{number}@example.com") for number in range(9_999)
    )
    with owner.cursor() as cursor:
        cursor.executemany(
            "insert into dgt_board (user_id, balance, earned, spent, is_listed) values (%s, 40, 0, 0, true)",
            [[member.pk] for member in crowd],
        )
    alice, bob = member_with(30, "alice"), member_with(20, "bob")
    wallet.refresh_board()
    pager = DgtBoard(size=9_998)
    last = pager.page(pager.page().next)
    assert [(row.position, row.position_is_exact) for row in last.items] == [(1, True), (10_000, True), (None, False)]
    assert [place_of(member, BALANCE).position for member in (alice, bob)] == [10_000, None]


# ── queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("size", [2, 10])
def test_the_first_page_takes_one_query_and_the_others_two_however_long(django_assert_num_queries, size, kind):
    for number in range(12):
        member = member_with(100 + number, f"member_{number}")
        wallet.debit(user=member, amount=1 + number, to="shop", key=f"purchase:{number}", description="")
    wallet.refresh_board()
    pager = DgtBoard(kind, size=size)
    with django_assert_num_queries(1):
        first = pager.page()
        assert [row.username for row in first.items][:1] == ["member_11"]
    with django_assert_num_queries(2):
        pager.page(first.next)


@pytest.mark.django_db
def test_ones_own_place_takes_two_queries(django_assert_num_queries):
    alice = member_with(100, "alice")
    wallet.refresh_board()
    assert DgtBoardRow.objects.count() == 1
    with django_assert_num_queries(2):
        place_of(alice, BALANCE)
