"""Pages that stay true while rows are added: each starts beside a row, never at a count of rows.

The API and the HTML pages share them; `paginated` and `page_of` are the API's half.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter, or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest, ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.core.errors import MemberError

M = TypeVar("M", bound=Model)

PAGE_SIZE = 25
CURSOR_PARAMETER = "cursor"
CURSOR = OpenApiParameter(CURSOR_PARAMETER, str, description="From `next` or `previous` of another page.")


class InvalidCursor(MemberError, BadRequest):
    """Not a cursor of this list. A problem of the API's, Django's page for bad requests elsewhere."""

    status = 400
    code = "invalid-cursor"

    def __init__(self) -> None:
        super().__init__(_("This page link is not valid. Start again from the first page."))


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """Some rows, and the cursors of the pages after and before them (None at the ends)."""

    items: list[M]
    next: str | None
    previous: str | None
    following: M | None = None
    """The row after the last, where it was read too."""


class Keyset(Generic[M]):
    """A queryset in an order of fields that are never NULL, the last of them unique: `order=("-xp", "-user_id")`.

    Lists of one model and order that differ in what they contain need a `name` each, so that a cursor of one is refused
    by the other.
    """

    def __init__(self, queryset: QuerySet[M], *, order: tuple[str, ...], size: int = PAGE_SIZE, name: str = "") -> None:
        self.queryset = queryset
        self.order = order
        self.size = size
        self.names = [name.removeprefix("-") for name in order]
        self.fields = [self._field(name) for name in self.names]
        if not getattr(self.fields[-1], "unique", True):
            raise ValueError(f"{self.names[-1]} is not unique, so rows that tie would get lost between pages.")
        # Signed for one list, so that a cursor that arrives is one we gave out for it.
        self.signer = Signer(sep=".", salt=f"keyset:{queryset.model._meta.label}:{','.join(order)}:{name}")

    def page(self, cursor: str | None = None) -> KeysetPage[M]:
        """The page a cursor points at, the first one without. Raises InvalidCursor."""
        if not cursor:
            return self._forward(self.queryset, first=True)
        backward, values = self._read(cursor)
        if backward:
            return self._backward(values)
        return self._forward(self.queryset.filter(self._beyond(self.order, values)), first=False)

    def around(self, *values: Any) -> KeysetPage[M]:
        """The page with the row of these values in its middle, or the place where it would stand."""
        before, more_before = self._before(list(values), self.size // 2)
        rest = self.queryset.filter(self._beyond(self.order, list(values), inclusive=True)).order_by(*self.order)
        after, following = self._cut(rest, self.size - len(before))
        items = before + after
        return KeysetPage(
            items=items,
            next=self._write(items[-1], backward=False) if following else None,
            previous=self._write(items[0], backward=True) if more_before else None,
            following=following,
        )

    def _forward(self, rows: QuerySet[M], *, first: bool) -> KeysetPage[M]:
        items, following = self._cut(rows.order_by(*self.order), self.size)
        return KeysetPage(
            items=items,
            next=self._write(items[-1], backward=False) if following else None,
            previous=self._write(items[0], backward=True) if items and not first else None,
            following=following,
        )

    def _backward(self, values: list[Any]) -> KeysetPage[M]:
        items, more = self._before(values, self.size)
        return KeysetPage(
            items=items,
            next=self._write(items[-1], backward=False) if items else None,
            previous=self._write(items[0], backward=True) if more else None,
        )

    def _before(self, values: list[Any], size: int) -> tuple[list[M], bool]:
        """Up to so many rows before `values`, in order, and whether there are more."""
        reverse = tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in self.order)
        items, more = self._cut(self.queryset.filter(self._beyond(reverse, values)).order_by(*reverse), size)
        items.reverse()
        return items, more is not None

    def _cut(self, rows: QuerySet[M], size: int) -> tuple[list[M], M | None]:
        """So many rows, and the one after them."""
        found = list(rows[: size + 1])
        return found[:size], found[size] if len(found) > size else None

    def _beyond(self, order: tuple[str, ...], values: list[Any], *, inclusive: bool = False) -> Q:
        """Rows after `values`: (a, b) > (x, y) is a > x, or a = x and b > y, also where directions are mixed."""
        ties, branches = Q(), []
        for step, name, value in zip(order, self.names, values, strict=True):
            past = "lt" if step.startswith("-") else "gt"
            branches.append(ties & Q((f"{name}__{past}", value)))
            ties &= Q((name, value))
        if inclusive:
            branches.append(ties)
        # Says nothing new, but an index on the first field can only be entered with it.
        bound = Q((f"{self.names[0]}__{'lte' if order[0].startswith('-') else 'gte'}", values[0]))
        return bound & reduce(or_, branches)

    def _field(self, name: str) -> Any:
        if name in self.queryset.query.annotations:
            return self.queryset.query.annotations[name].output_field
        model: Any = self.queryset.model
        field: Any = None
        for part in name.split(LOOKUP_SEP):
            field = model._meta.get_field(part)
            model = field.related_model
        return field

    def _write(self, row: M, *, backward: bool) -> str:
        values = [_plain(attrgetter(name.replace(LOOKUP_SEP, "."))(row)) for name in self.names]
        return self.signer.sign_object([backward, values])

    def _read(self, cursor: str) -> tuple[bool, list[Any]]:
        try:
            backward, texts = self.signer.unsign_object(cursor)
            return backward, [field.to_python(text) for field, text in zip(self.fields, texts, strict=True)]
        except (BadSignature, ValidationError, ValueError) as error:
            raise InvalidCursor from error


def paginated(
    request: Request,
    keyset: Keyset[M],
    serializer: type[serializers.Serializer[Any]],
    *,
    shown: Callable[[list[M]], Sequence[object]] = list,
) -> Response:
    """One page as {"results", "next", "previous"}; `shown` makes of its rows what the serializer takes.

    `next` and `previous` are relative references (RFC 3986) that keep the other query parameters: right behind any
    proxy, and no Host header is trusted.
    """
    page = keyset.page(request.query_params.get(CURSOR_PARAMETER))
    results = serializer(shown(page.items), many=True, context={"request": request}).data
    return Response({"results": results, "next": _link(request, page.next), "previous": _link(request, page.previous)})


def page_of(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """What `paginated` answers, for `extend_schema(parameters=[CURSOR], responses=page_of(...))`."""
    return inline_serializer(
        name=f"{serializer.__name__.removesuffix('Serializer')}Page",
        fields={
            "results": serializer(many=True),
            "next": serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end."),
            "previous": serializers.CharField(allow_null=True, help_text="A relative reference, or null at the start."),
        },
    )


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    parameters = request.query_params.copy()
    parameters[CURSOR_PARAMETER] = cursor
    return f"{request.path}?{parameters.urlencode()}"


def _plain(value: Any) -> int | str:
    if isinstance(value, int):
        return value
    # isoformat keeps the microseconds that JSON encoders cut off.
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
