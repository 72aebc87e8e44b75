"""Pages that neither lose nor repeat a row."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from degentalk.core.keyset import InvalidCursor, Keyset, KeysetPage, paginated
from degentalk.core.models import OutboxMessage

ORDERS = [("id",), ("-id",), ("attempts", "id"), ("-attempts", "-id"), ("-topic", "attempts", "-id"), ("topic", "-key")]


class MessageSerializer(serializers.Serializer):
    key = serializers.CharField()


def messages(*attempts: int) -> None:
    """Rows with keys "0", "1", … in order of id."""
    OutboxMessage.objects.bulk_create(
        OutboxMessage(topic="test", payload={}, key=str(number), attempts=tries)
        for number, tries in enumerate(attempts)
    )


def by_attempts(size: int = 2) -> Keyset[OutboxMessage]:
    return Keyset(OutboxMessage.objects.all(), order=("-attempts", "-id"), size=size)


def keys(page: KeysetPage[OutboxMessage]) -> str:
    return "".join(row.key for row in page.items)


def walk(keyset: Keyset[OutboxMessage], cursor: str | None, onward: Callable[[KeysetPage], str | None]) -> list[int]:
    """Ids of the page at the cursor and of all pages onward."""
    page = keyset.page(cursor)
    ids = [row.pk for row in page.items]
    following = onward(page)
    return ids if following is None else [*ids, *walk(keyset, following, onward)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab")), max_size=25),
    size=st.integers(1, 6),
    order=st.sampled_from(ORDERS),
)
def test_walking_visits_each_row_exactly_once(db: None, rows: list[tuple[int, str]], size: int, order: tuple) -> None:
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(
            OutboxMessage(topic=topic, payload={}, key=str(number), attempts=attempts)
            for number, (attempts, topic) in enumerate(rows)
        )
        keyset = Keyset(OutboxMessage.objects.all(), order=order, size=size)
        expected = list(OutboxMessage.objects.order_by(*order).values_list("pk", flat=True))
        assert walk(keyset, None, lambda page: page.next) == expected
        page = keyset.page()
        while page.next:
            page = keyset.page(page.next)
        backward = [row.pk for row in page.items]
        while page.previous:
            page = keyset.page(page.previous)
            backward = [row.pk for row in page.items] + backward
        assert backward == expected
        transaction.set_rollback(True)


def test_a_page_can_be_left_the_way_it_was_entered(db: None) -> None:
    messages(1, 1, 2, 2, 3)
    first = by_attempts().page()
    second = by_attempts().page(first.next)
    assert (keys(first), keys(second), first.previous) == ("43", "21", None)
    assert keys(by_attempts().page(second.previous)) == "43"


def test_rows_that_come_later_shift_no_page(db: None) -> None:
    messages(1, 1, 2, 2, 3)
    first = by_attempts().page()
    OutboxMessage.objects.create(topic="test", payload={}, key="new", attempts=9)
    second = by_attempts().page(first.next)
    assert keys(second) == "21"
    back = by_attempts().page(second.previous)
    assert (keys(back), keys(by_attempts().page(back.previous))) == ("43", "new")


def test_a_page_survives_the_removal_of_its_neighbour(db: None) -> None:
    messages(1, 1, 2, 2, 3)
    first = by_attempts().page()
    first.items[-1].delete()
    assert keys(by_attempts().page(first.next)) == "21"


def test_an_empty_list_has_one_empty_page(db: None) -> None:
    assert by_attempts().page() == KeysetPage(items=[], next=None, previous=None)


def test_moments_are_compared_to_the_microsecond(db: None) -> None:
    noon = datetime(2031, 1, 1, 12, tzinfo=UTC)
    messages(*[0] * 4)
    for row in OutboxMessage.objects.all():
        OutboxMessage.objects.filter(pk=row.pk).update(created_at=noon + timedelta(microseconds=int(row.key)))
    keyset = Keyset(OutboxMessage.objects.all(), order=("-created_at", "id"), size=1)
    assert keys(keyset.page(keyset.page(keyset.page().next).next)) == "1"


def test_annotations_can_order_too(db: None) -> None:
    messages(3, 1, 2)
    rows = OutboxMessage.objects.annotate(twice=F("attempts") * 2)
    keyset = Keyset(rows, order=("twice", "id"), size=1)
    assert keys(keyset.page(keyset.page().next)) == "2"


def test_an_order_that_can_tie_is_refused() -> None:
    with pytest.raises(ValueError, match="attempts is not unique"):
        Keyset(OutboxMessage.objects.all(), order=("id", "attempts"))


@pytest.mark.parametrize("cursor", ["x", "bm8.x", "💥", "\x00", "a" * 5000, "W2ZhbHNlLFsxLDFdXQ.AAAA"])
def test_a_made_up_cursor_is_400(cursor: str) -> None:
    with pytest.raises(InvalidCursor) as refusal:
        by_attempts().page(cursor)
    assert (refusal.value.status, refusal.value.code) == (400, "invalid-cursor")


def test_the_cursor_of_another_list_is_refused(db: None) -> None:
    messages(1, 2, 3)
    other = Keyset(OutboxMessage.objects.all(), order=("-id",), size=1).page().next
    with pytest.raises(InvalidCursor):
        by_attempts().page(other)


def test_a_cursor_needs_no_escaping_in_a_url(db: None) -> None:
    messages(1, 2, 3)
    assert (by_attempts().page().next or "").replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_links_of_the_api_keep_its_filters(db: None) -> None:
    messages(1, 2, 3)
    request = Request(APIRequestFactory().get("/api/log?kind=tip&cursor="))
    page = by_attempts().page()
    answer = paginated(request, by_attempts(), MessageSerializer)
    assert answer.data == {
        "results": [{"key": "2"}, {"key": "1"}],
        "next": f"/api/log?kind=tip&cursor={page.next}",
        "previous": None,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    tries=st.lists(st.integers(0, 3), min_size=1, max_size=15), size=st.integers(1, 6), data=st.data(),
)  # fmt: skip
def test_the_page_around_a_row_is_a_piece_of_the_list_with_the_row_in_it(
    db: None, tries: list[int], size: int, data: st.DataObject
) -> None:
    with transaction.atomic():
        messages(*tries)
        keyset = by_attempts(size)
        every = list(OutboxMessage.objects.order_by("-attempts", "-id"))
        place = data.draw(st.integers(0, len(every) - 1))
        page = keyset.around(every[place].attempts, every[place].pk)
        start = max(place - size // 2, 0)
        assert page.items == every[start : start + len(page.items)]
        assert every[place] in page.items
        after = walk(keyset, page.next, lambda each: each.next) if page.next else []
        before = keyset.page(page.previous).items if page.previous else []
        assert [row.pk for row in page.items] + after == [row.pk for row in every[start:]]
        assert before == every[max(start - size, 0) : start]
        transaction.set_rollback(True)


def test_a_named_list_refuses_the_cursors_of_another(db: None) -> None:
    messages(1, 2, 3)
    one, other = (Keyset(OutboxMessage.objects.all(), order=("-id",), size=1, name=name) for name in ("one", "other"))
    cursor = one.page().next
    assert keys(one.page(cursor)) == "1"
    with pytest.raises(InvalidCursor):
        other.page(cursor)
