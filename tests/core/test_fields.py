"""Whole numbers that are read strictly (MONEY.md L8, W6)."""

from typing import Any

import pytest
from django import forms
from rest_framework import serializers

from degentalk.core.fields import BIGINT_MAX, DigitsField, StrictIntegerField

LOOKS_LIKE_A_NUMBER = ["1_000", "１２", "٣", "5\n", " 5", "5 ", "5.0", "1e3", "+5", "-5", "0x10", "1,000", "²", "five"]


class Amount(serializers.Serializer):
    amount = StrictIntegerField(min_value=1)


class AmountForm(forms.Form):
    amount = DigitsField(min_value=1)


@pytest.mark.parametrize("value", [1, 5, BIGINT_MAX])
def test_w6_json_integers_are_taken_as_they_are(value: int) -> None:
    serializer = Amount(data={"amount": value})
    assert serializer.is_valid()
    assert serializer.validated_data == {"amount": value}


@pytest.mark.parametrize(
    "value", [*LOOKS_LIKE_A_NUMBER, "5", "", 5.0, 5.5, True, False, None, [5], {"value": 5}, float("inf"), float("nan")]
)
def test_w6_anything_else_in_json_is_refused(value: Any) -> None:
    assert not Amount(data={"amount": value}).is_valid()


@pytest.mark.parametrize("value", [0, -1, BIGINT_MAX + 1, 10**400])
def test_l8_integers_out_of_range_are_refused(value: int) -> None:
    assert not Amount(data={"amount": value}).is_valid()


@pytest.mark.parametrize(("typed", "value"), [("1", 1), ("007", 7), (str(BIGINT_MAX), BIGINT_MAX)])
def test_l8_ascii_digits_in_a_form_are_a_number(typed: str, value: int) -> None:
    form = AmountForm({"amount": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"amount": value}


@pytest.mark.parametrize("typed", [*LOOKS_LIKE_A_NUMBER, "", "0", str(BIGINT_MAX + 1), "9" * 5000])
def test_l8_anything_else_in_a_form_is_an_error_of_the_field(typed: str) -> None:
    form = AmountForm({"amount": typed})
    assert not form.is_valid()
    assert list(form.errors) == ["amount"]


def test_a_phone_shows_its_digits() -> None:
    assert 'inputmode="numeric"' in str(AmountForm()["amount"])
