"""Names nobody may take, and what is dropped from texts."""

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
