"""The leaderboard's positions, whatever page they stand on."""

import json

import pytest
from django.db import connection

from degentalk.accounts.models import User
from tests import make
from xp.boards import XpBoard

GRANT = """
select xp_post(%s, 'special_event', %s, %s, (select max(number) from rule_sets), %s, 'test', '1')
"""


def member_with(points, username, **fields):
    """A new member, through the door for XP."""
    member = make.user(username, **fields)
    with connection.cursor() as cursor:
        trace = json.dumps({"base": points, "multipliers": [], "result": points})
        cursor.execute(GRANT, [member.pk, points, f"test:{username}", trace])
    return member


def places(page):
    return [(row.username, row.position) for row in page.items]


@pytest.mark.django_db
def test_ties_share_a_place_and_the_next_member_counts_them():
    for username, points in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 10)):
        member_with(points, username)
    assert places(XpBoard().page()) == [("alice", 1), ("carol", 2), ("bob", 2), ("dave", 4)]


@pytest.mark.django_db
def test_a_page_that_starts_inside_a_tie_goes_on_with_the_same_places():
    for username, points in (("alice", 30), ("bob", 20), ("carol", 20), ("dave", 20), ("erin", 10), ("frank", 5)):
        member_with(points, username)
    board = XpBoard(size=2)
    first = board.page()
    second = board.page(first.next)
    third = board.page(second.next)
    assert [places(page) for page in (first, second, third)] == [
        [("alice", 1), ("dave", 2)],
        [("carol", 2), ("bob", 2)],
        [("erin", 5), ("frank", 6)],
    ]
    assert places(board.page(third.previous)) == places(second)


@pytest.mark.django_db
def test_who_hides_is_neither_shown_nor_counted():
    member_with(30, "mallory")
    member_with(20, "alice")
    User.objects.filter(username="mallory").update(hides_from_boards=True)
    assert places(XpBoard().page()) == [("alice", 1)]


@pytest.mark.django_db
def test_an_empty_board_is_an_empty_page():
    page = XpBoard().page()
    assert (page.items, page.next, page.previous) == ([], None, None)


def test_exact_places_end_with_the_first_ten_thousand(committed_db, owner):
    crowd = User.objects.bulk_create(
        User(username=f"member_{number}", email=f"{number}@example.com") for number in range(9_999)
    )
    with owner.cursor() as cursor:
        cursor.executemany("insert into user_xp (user_id, xp) values (%s, 40)", [[member.pk] for member in crowd])
    member_with(30, "alice")
    member_with(20, "bob")
    board = XpBoard(size=9_998)
    last = board.page(board.page().next)
    assert [(row.position, row.position_is_exact) for row in last.items] == [
        (1, True), (10_000, True), (10_001, False),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("size", [2, 10])
def test_the_first_page_takes_one_query_and_the_others_two_however_long(django_assert_num_queries, size):
    for number in range(12):
        member_with(10 + number, f"member_{number}")
    board = XpBoard(size=size)
    with django_assert_num_queries(1):
        first = board.page()
    with django_assert_num_queries(2):
        board.page(first.next)
