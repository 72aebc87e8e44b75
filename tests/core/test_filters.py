"""How figures, moments and faces are shown."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from degentalk.core.templatetags import degen

BIGINT = st.integers(min_value=-(2**63), max_value=2**63 - 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (999, "999"), (12_480, "12,480"), (-3_575, "\u22123,575"), (2**63 - 1, "9,223,372,036,854,775,807")],
)
def test_a_number_is_exact_grouped_and_has_a_real_minus(value: int, shown: str) -> None:
    assert degen.number(value) == shown


@given(BIGINT)
def test_a_number_loses_no_digit(value: int) -> None:
    assert int(str(degen.number(value)).replace(",", "").replace("\u2212", "-")) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (999_999, "999,999"),
        (1_000_000, "1.00M"),
        (48_213_579, "48.21M"),
        (-48_213_579, "\u221248.21M"),
        (999_999_999, "999.99M"),
        (1_000_000_000, "1.00B"),
    ],
)
def test_a_short_number_starts_at_a_million(value: int, shown: str) -> None:
    assert degen.short(value) == shown


@given(st.integers(min_value=1_000_000, max_value=2**63 - 1))
def test_a_short_number_never_shows_more_than_there_is(value: int) -> None:
    shown = str(degen.short(value))
    unit = {"M": 10**6, "B": 10**9}[shown[-1]]
    whole, hundredths = shown[:-1].replace(",", "").split(".")
    assert int(whole) * unit + int(hundredths) * unit // 100 <= value


@pytest.mark.parametrize(("value", "shown"), [(45, "+45"), (0, "0"), (-1_000, "\u22121,000")])
def test_a_change_carries_its_sign(value: int, shown: str) -> None:
    assert degen.signed(value) == shown


@pytest.mark.parametrize("value", ["#128", None, True])
def test_what_is_no_whole_number_passes_unchanged(value: object) -> None:
    assert (degen.number(value), degen.short(value), degen.signed(value)) == (value, value, value)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=40), "just now"),
        (timedelta(minutes=6), "6 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=1, minutes=1), "1 day ago"),
        (timedelta(days=29, hours=23), "29 days ago"),
    ],
)
def test_a_moment_is_relative_for_thirty_days(passed: timedelta, shown: str) -> None:
    assert degen.ago(timezone.now() - passed) == shown


def test_a_moment_older_than_thirty_days_is_a_date_in_the_viewers_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert degen.ago(datetime(2024, 3, 9, 23, 30, tzinfo=UTC)) == "10 Mar 2024"


def test_a_coming_moment_says_how_long_it_takes() -> None:
    assert degen.ago(timezone.now() + timedelta(hours=5, minutes=1)) == "in 5 h"


def test_the_exact_moment_names_the_viewers_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert degen.moment(datetime(2026, 11, 22, 12, 19, tzinfo=UTC)) == "22 Nov 2026, 21:19 JST"


def test_no_moment_shows_nothing() -> None:
    assert (degen.ago(None), degen.moment(None)) == ("", "")


def test_a_face_depends_on_the_id_alone() -> None:
    assert degen.avatar(7) == degen.avatar("7")


def test_faces_of_a_thousand_members_all_differ() -> None:
    assert len({degen.avatar(member) for member in range(1, 1001)}) == 1000


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_a_face_has_four_different_colours_of_the_palette(member: int) -> None:
    colours = re.findall(r'fill="(#[0-9a-f]{6})"', degen.avatar(member))
    assert len(set(colours)) == 4
    assert set(colours) <= set(degen.FACE_COLOURS)


def test_a_face_has_no_inline_style() -> None:
    assert "style" not in degen.avatar(7)


@pytest.mark.parametrize("nobody", [None, "", 0])
def test_nobody_has_one_grey_face(nobody: int | str | None) -> None:
    assert degen.avatar(nobody) == degen.avatar(None)
