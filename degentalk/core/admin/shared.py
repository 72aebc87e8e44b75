"""What the admin pages of all apps share."""

import json
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

COUNTED_MAX = 10_000
"""Lists count their rows up to here: counting a ledger to its end would cost more every day."""


class BoundedPaginator(Paginator):
    """The first 10,000 rows in pages; whoever looks for an older one searches or filters."""

    counted_max = COUNTED_MAX

    @cached_property
    def count(self) -> int:
        return cast(QuerySet, self.object_list).order_by()[: self.counted_max].count()

    @property
    def is_bounded(self) -> bool:
        """Whether there may be more rows than it counts."""
        return self.count == self.counted_max


class BigTableAdmin(admin.ModelAdmin):
    """A list that stays as fast when its table has grown: nothing is counted to the end, every search uses an index."""

    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Tries `search_fields` one after the other with the whole term: an OR over tables would read them all."""
        term = search_term.strip()
        if not term:
            return queryset, False
        for lookup in self.get_search_fields(request):
            found = _having(queryset, lookup, term)
            if found.exists():
                return found, False
        return queryset.none(), False


class ReadOnlyMixin:
    """Looking only: these rows are facts, written by the doors of the database (MONEY.md W18)."""

    def has_add_permission(self, *args: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any) -> bool:
        return False


class ReadOnlyAdmin(ReadOnlyMixin, BigTableAdmin):
    """A big table of facts."""


def link_to(row: Model | None, text: object = None) -> SafeString | str | None:
    """A link to a row's admin page; only its text where that has none."""
    return None if row is None else link(type(row), row.pk, row if text is None else text)


def link(model: type[Model], pk: object, text: object) -> SafeString | str:
    """The same for a row that need not be read."""
    try:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
    except NoReverseMatch:
        return str(text)
    return format_html('<a href="{}">{}</a>', url, text)


def list_link(model: type[Model], query: str, text: object) -> SafeString:
    """A link to a model's list with this query string."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', url, query, text)


def pretty_json(value: Any) -> SafeString | None:
    """JSON as people read it; nothing for an empty object."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False)) if value else None


def _having(queryset: QuerySet, lookup: str, term: str) -> QuerySet:
    try:
        return queryset.filter(**{lookup: term})
    except (ValueError, ValidationError):  # the term is not of the field's kind
        return queryset.none()
