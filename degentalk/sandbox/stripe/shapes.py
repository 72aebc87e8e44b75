"""Checks a request against the shape that the installed stripe library documents for it: the classes of stripe.params.

So a parameter that Stripe does not know, or one of the wrong type, is refused here as it would be there.
"""

import re
import sys
import types
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe import _request_options
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import get_type_hints, is_typeddict

from degentalk.sandbox.stripe.errors import Invalid

INTEGER = re.compile(r"-?[0-9]+")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
OPTIONS = set(_request_options.RequestOptions.__annotations__)  # of the request, not parameters of it


def check(given: dict[str, Any], shape: type) -> dict[str, Any]:
    """The parameters with integers and booleans in place of texts. Raises Invalid as Stripe words it."""
    checked: dict[str, Any] = _typed_dict(given, shape, "")
    return checked


def _value(given: Any, kind: Any, name: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(given, get_args(kind), name)
    if origin is Literal:
        return _literal(given, get_args(kind), name)
    if origin is list:
        return _list(given, get_args(kind)[0], name)
    if origin in (dict, UntypedStripeObject):
        return _texts(given, name)
    if is_typeddict(kind):
        return _typed_dict(given, kind, name)
    return _plain(given, kind, name)


def _typed_dict(given: Any, shape: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(f"Invalid object: {name}", param=name)
    fields = _fields(shape)
    for key in given:
        if key not in fields:
            path = _path(name, key)
            raise Invalid(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)
    for key, (_, is_required) in fields.items():
        if is_required and key not in given:
            path = _path(name, key)
            raise Invalid(f"Missing required param: {path}.", code="parameter_missing", param=path)
    return {key: _value(value, fields[key][0], _path(name, key)) for key, value in given.items()}


@cache
def _fields(shape: Any) -> dict[str, tuple[Any, bool]]:
    """The type of each field of a TypedDict, and whether it must be there."""
    names = vars(_request_options) | {"StripeContext": object} | vars(sys.modules[shape.__module__])
    hints = get_type_hints(shape, globalns=names, include_extras=True)
    is_request = "api_key" in hints
    fields = {}
    for key, kind in hints.items():
        if is_request and key in OPTIONS:
            continue
        mark: Any = get_origin(kind)
        inner = get_args(kind)[0] if mark in (NotRequired, Required) else kind
        fields[key] = (inner, mark is not NotRequired)
    return fields


def _union(given: Any, kinds: tuple[Any, ...], name: str) -> Any:
    literals = [kind for kind in kinds if get_origin(kind) is Literal and get_args(kind) != ("",)]
    if literals and str in kinds:
        # "or any text" is for values that Stripe adds later; today's are the literal ones.
        kinds = tuple(kind for kind in kinds if kind is not str)
    if given == "" and any("" in get_args(kind) for kind in kinds if get_origin(kind) is Literal):
        return ""
    problem = Invalid(f"Invalid value for {name}", param=name)
    for kind in kinds:
        try:
            return _value(given, kind, name)
        except Invalid as error:
            if _fits_the_form(given, kind):
                problem = error
    raise problem


def _fits_the_form(given: Any, kind: Any) -> bool:
    """Whether what is wrong with it is worth telling: of several kinds, the one that looks like what was given."""
    if isinstance(given, dict):
        return is_typeddict(kind) or get_origin(kind) is dict
    if isinstance(given, list):
        return get_origin(kind) is list
    return not is_typeddict(kind) and get_origin(kind) not in (dict, list)


def _literal(given: Any, values: tuple[Any, ...], name: str) -> Any:
    if given in values:
        return given
    allowed = ", ".join(str(value) for value in values[:-1]) + f", or {values[-1]}" if values[1:] else values[0]
    raise Invalid(f"Invalid {name}: must be one of {allowed}", param=name)


def _list(given: Any, kind: Any, name: str) -> list[Any]:
    if not isinstance(given, list):
        raise Invalid("Invalid array", param=name)
    return [_value(part, kind, f"{name}[{number}]") for number, part in enumerate(given)]


def _texts(given: Any, name: str) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Invalid("Invalid hash", param=name)
    return given


def _plain(given: Any, kind: Any, name: str) -> Any:
    if not isinstance(given, str):
        raise Invalid("Invalid string", param=name)
    if kind is str:
        return _text(given, name)
    if kind is int:
        if not INTEGER.fullmatch(given):
            raise Invalid(f"Invalid integer: {given}", code="parameter_invalid_integer", param=name)
        return int(given)
    if kind is bool:
        if given not in ("true", "false"):
            raise Invalid(f"Invalid boolean: {given}", param=name)
        return given == "true"
    if not DECIMAL.fullmatch(given):
        raise Invalid(f"Invalid decimal: {given}", param=name)
    return given


def _text(given: str, name: str) -> str:
    if given == "":
        raise Invalid(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty "
            "value.",
            code="parameter_invalid_empty",
            param=name,
        )
    return given


def _path(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
