"""Names nobody may take, what is dropped from texts, complete profiles, changes of zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from degentalk.accounts import rules


@pytest.mark.parametrize("name", ["admin", "Admin", "ADMIN_", "_a_d_m_i_n_", "Degen_Talk", "me", "deleted_17"])
def test_names_of_the_site_are_reserved(name):
    assert rules.is_reserved(name)


@pytest.mark.parametrize("name", ["alice", "administer", "deleted_by_bob", "xp_hunter"])
def test_other_names_are_free(name):
    assert not rules.is_reserved(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\r\nlines\r", "two\nlines"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("next\x85line", "nextline"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_clean_text_drops_controls_and_keeps_the_rest(typed, kept):
    assert rules.clean_text(typed) == kept


def test_clean_line_has_no_line_breaks():
    assert rules.clean_line(" a\tb\n\nc\u2028d ") == "a b c d"


@given(st.text())
def test_cleaning_twice_is_the_same_as_once(text):
    once = rules.clean_text(text)
    assert rules.clean_text(once) == once


@pytest.mark.parametrize(
    ("about", "enough"),
    [
        ("x" * 29, False),
        ("x" * 30, True),
        ("x" * 29 + " " * 10, False),
        ("x" + "\n" * 40 + "y", False),
        ("x" * 29 + "\u202e\x00", False),
        ("I trade shitcoins, and write.", False),
        ("I trade shitcoins and write it.", True),
    ],
)
def test_white_space_and_hidden_characters_do_not_fill_a_profile(about, enough):
    assert rules.says_enough(about) is enough


@given(st.text(), st.booleans())
def test_a_profile_is_complete_with_both_and_with_nothing_less(about, has_confirmed_address):
    complete = rules.is_complete(about=about, has_confirmed_address=has_confirmed_address)
    assert complete is (rules.says_enough(about) and has_confirmed_address)


MOMENTS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(MOMENTS, MOMENTS)
def test_a_zone_waits_a_day_from_its_last_change_and_no_longer(changed_at, now):
    opens_at = rules.time_zone_opens_at(changed_at, now)
    assert (opens_at is None) is (now - changed_at >= timedelta(hours=24))
    assert opens_at is None or (opens_at == changed_at + timedelta(hours=24) and opens_at > now)
    assert opens_at is None or rules.time_zone_opens_at(changed_at, opens_at) is None


@given(MOMENTS)
def test_the_first_zone_waits_for_nothing(now):
    assert rules.time_zone_opens_at(None, now) is None
