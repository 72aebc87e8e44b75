"""Bodies of requests, and fields of them, that are read strictly."""

from io import BytesIO

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from degentalk.core.api import StrictSerializer
from degentalk.core.fields import StrictTextField
from degentalk.core.parsers import BODY_MAX, BodyTooLarge, BoundedJSONParser


class Inner(StrictSerializer):
    name = StrictTextField(max_length=10)


class Outer(StrictSerializer):
    name = StrictTextField()
    inner = Inner(required=False)


def parse(body: bytes) -> object:
    return BoundedJSONParser().parse(BytesIO(body), "application/json", {})


def test_json_is_read_up_to_its_largest_size() -> None:
    text = b'"' + b"x" * (BODY_MAX - 2) + b'"'
    assert len(str(parse(text))) == BODY_MAX - 2
    with pytest.raises(BodyTooLarge):
        parse(text + b" ")


@pytest.mark.parametrize("body", [b"{", b"NaN", b"\xff", b"[" * 60_000, b'{"a":' * 10_000, b"9" * 5_000])
def test_what_is_no_json_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body)


@pytest.mark.parametrize("value", [7, 7.5, True, None, ["x"], {"x": 1}, "", "  ", "\x00", "\ud800"])
def test_a_text_is_a_text(value: object) -> None:
    assert not Outer(data={"name": value}).is_valid()


def test_a_text_loses_white_space_at_its_ends() -> None:
    serializer = Outer(data={"name": " alice "})
    assert (serializer.is_valid(), serializer.validated_data) == (True, {"name": "alice"})


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"name": "x", "Name": "y", "is_staff": True}, {"Name", "is_staff"}),
        ({"name": "x", "inner": {"name": "x", "more": 1}}, {"inner"}),
        ({}, {"name"}),
        ([], {"non_field_errors"}),
    ],
)
def test_w5_a_field_that_does_not_exist_is_refused_by_name(data: object, errors: set[str]) -> None:
    serializer: serializers.Serializer = Outer(data=data)
    assert (serializer.is_valid(), set(serializer.errors)) == (False, errors)
