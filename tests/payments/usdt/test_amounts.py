"""Amounts are integers in base units; nothing is credited that was not sent (U14)."""

import ast
import re
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.money import sum_of
from payments.providers.usdt.amounts import micro_of, to_base, to_micro, written
from tests.databases import ROOT

decimals = st.integers(6, 24)
amounts = st.integers(0, 2**128)


@given(amounts, decimals)
def test_u14_an_amount_goes_to_base_units_and_back_unchanged(micro, places):
    assert to_micro(to_base(micro, places), places) == micro


@given(amounts, decimals)
def test_u14_never_more_is_credited_than_was_sent_nor_a_millionth_less(base, places):
    credited = to_base(to_micro(base, places), places)
    assert credited <= base < credited + 10 ** (places - 6)


@given(amounts, amounts, decimals)
def test_u14_who_sends_more_is_never_credited_less(one, other, places):
    less, more = sorted((one, other))
    assert to_micro(less, places) <= to_micro(more, places)
    assert (to_base(less, places) < to_base(more, places)) == (less < more)


def test_u14_one_usdt_is_a_million_base_units_or_on_bsc_a_quintillion():
    assert to_base(19_990_000, 6) == 19_990_000
    assert to_base(19_990_000, 18) == 19_990_000_000_000_000_000
    assert to_micro(19_990_000_999_999_999_999, 18) == 19_990_000


@given(amounts, decimals)
def test_u14_what_is_written_reads_back_exactly(base, places):
    text = written(base, places)
    assert Decimal(text).as_integer_ratio() == Decimal(f"{base}e-{places}").as_integer_ratio()
    assert re.fullmatch(r"(0|[1-9]\d*)\.\d\d(\d*[1-9])?", text)


@pytest.mark.parametrize(
    ("base", "places", "text"),
    [
        (0, 6, "0.00"),
        (1, 6, "0.000001"),
        (19_990_000, 6, "19.99"),
        (19_990_001, 6, "19.990001"),
        (20_000_000, 6, "20.00"),
        (19_900_000, 6, "19.90"),
        (1_234_567_890_000_000, 6, "1234567890.00"),
        (19_990_000_000_000_000_001, 18, "19.990000000000000001"),
    ],
)
def test_u14_amounts_are_written_whole(base, places, text):
    assert written(base, places) == text


@given(amounts)
def test_u14_a_price_with_six_decimals_is_exact(micro):
    with localcontext(prec=60):
        price = Decimal(micro).scaleb(-6)
    assert micro_of(price) == micro


@pytest.mark.parametrize("price", ["0.0000001", "19.9900001", "-1", "-0.01", "NaN", "sNaN", "Infinity", "-Infinity"])
def test_u14_a_price_that_cannot_be_counted_is_refused(price):
    with pytest.raises(ValueError, match=r"price"):
        micro_of(Decimal(price))


@pytest.mark.parametrize("wrong", [lambda: to_base(1, 5), lambda: to_micro(1, 5), lambda: to_micro(1, 0)])
def test_u14_a_token_that_counts_coarser_than_we_do_is_refused(wrong):
    with pytest.raises(ValueError, match="six decimals"):
        wrong()


@pytest.mark.parametrize("wrong", [lambda: to_base(-1, 6), lambda: to_micro(-1, 6), lambda: written(-1, 6)])
def test_u14_a_negative_amount_is_refused(wrong):
    with pytest.raises(ValueError, match="negative"):
        wrong()


def test_sums_of_usdt_are_written_exactly_and_of_other_currencies_as_before():
    assert sum_of(19_990_000, "usdt") == "19.99 USDT"
    assert sum_of(19_990_001, "usdt") == "19.990001 USDT"
    assert sum_of(179_900, "usd") == "$1,799.00"
    assert sum_of(179_900, "eur") == "1,799.00 EUR"


def floats_in(source: str) -> list[str]:
    """Every place where a float is written, made or comes out of a division."""
    found = []
    for node in ast.walk(ast.parse(source)):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        is_name = isinstance(node, ast.Name) and node.id == "float"
        is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        if is_literal or is_name or is_division:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_u14_no_float_is_anywhere_near_an_amount_of_usdt():
    files = [*sorted((ROOT / "payments" / "providers" / "usdt").rglob("*.py")), ROOT / "payments" / "money.py"]
    assert len(files) > 4
    assert {str(file.relative_to(ROOT)): found for file in files if (found := floats_in(file.read_text()))} == {}


@pytest.mark.parametrize("source", ["x = 1.5", "x = float('1')", "x = 3 / 2", "x = 4\nx /= 2", "def f(x: float): ..."])
def test_u14_a_float_would_be_noticed(source):
    assert len(floats_in(source)) == 1
