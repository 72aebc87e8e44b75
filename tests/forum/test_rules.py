"""Pages of posts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from degentalk.forum import rules


@pytest.mark.parametrize(("number", "page"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_a_page_has_twenty_posts(number, page):
    assert rules.page_of(number) == page


@given(st.integers(1, 10**9))
def test_every_post_stands_on_its_own_page(number):
    first, last = rules.numbers_on(rules.page_of(number))
    assert first <= number <= last


@given(st.integers(1, 10**6))
def test_pages_follow_each_other_without_gap(page):
    assert rules.numbers_on(page + 1)[0] == rules.numbers_on(page)[1] + 1
