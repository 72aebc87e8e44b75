"""A member's history over the API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, page_of, paginated
from wallet.history import MEMBER_ACCOUNTS, Direction, Wanted
from wallet.models import Counterparty, DgtAccount, DgtJournal, DgtTransaction

PAGE_SIZE = 50

EXAMPLE = {
    "id": 4711,
    "journal": "019aac2e-7d3b-7c55-8f0e-3f1f6f2b9c11",
    "kind": "transfer",
    "account": "member",
    "amount": -40,
    "balance_after": 200,
    "counterparty": {"user_id": 8, "username": "bob"},
    "memo": "for the audit",
    "created_at": "2026-11-22T12:19:00Z",
    "reversed": False,
    "reverses": None,
}


# ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


@extend_schema_field(OpenApiTypes.STR)
class MomentField(serializers.Field):
    """A moment with its offset; or a date, which is a whole day of UTC."""

    default_error_messages = {
        "invalid": _("This must be a date such as 2026-11-22, or a moment such as 2026-11-22T12:19:00Z.")
    }

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.is_end = is_end

    def to_internal_value(self, text: str) -> datetime:
        """The moment; of a date its beginning, or the beginning of the day after where that ends something."""
        try:
            day, moment = parse_date(text), parse_datetime(text)
            if day is not None:
                return _midnight(day + timedelta(days=self.is_end))
        except (ValueError, OverflowError):
            self.fail("invalid")
        if moment is None or timezone.is_naive(moment):  # whose time would it be?
            self.fail("invalid")
        return moment


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class HistoryQuerySerializer(serializers.Serializer):
    """The query parameters of a history."""

    account = serializers.ChoiceField(
        choices=MEMBER_ACCOUNTS,
        default=DgtAccount.Kind.MEMBER.value,
        help_text="`member` moves the balance; `held` is set aside; `debt` is owed, and not above 0.",
    )
    kind = serializers.ListField(
        child=serializers.ChoiceField(choices=DgtJournal.Kind.choices),
        required=False,
        help_text="Of this kind; may be given several times.",
    )
    direction = serializers.ChoiceField(choices=[*Direction], required=False, help_text="What came in, or went out.")
    since = MomentField(required=False, help_text="From this moment on, or this date of UTC.")
    until = MomentField(is_end=True, required=False, help_text="Before this moment, or to the end of this date of UTC.")


def _wanted(parameters: QueryDict) -> Wanted:
    """What a query asks for. Raises ValidationError, which names the parameter."""
    given = {name: _value(name, parameters.getlist(name)) for name in parameters if name != CURSOR_PARAMETER}
    query = HistoryQuerySerializer(data=given)
    query.is_valid(raise_exception=True)
    facts = query.validated_data
    return Wanted(kinds=tuple(facts.pop("kind", ())), **facts)


def _value(name: str, texts: list[str]) -> list[str] | str:
    if name == "kind":
        return texts
    if len(texts) > 1:
        raise ValidationError({name: [_("Say this once.")]})
    return texts[0]


# ── What is answered ────────────────────────────────────────────────────────────────────────────────────────────────


class CounterpartySerializer(serializers.Serializer):
    """The member on the other side."""

    user_id = StrictIntegerField()
    username = serializers.CharField()


class EntriesSerializer(serializers.ListSerializer):
    """A page of entries: one query names everybody on the other side."""

    child: "EntrySerializer"

    def to_representation(self, data: Any) -> list[Any]:
        owner = self.context["request"].user
        self.child.others = DgtTransaction.objects.counterparties(data, of=owner)
        return super().to_representation(data)


class EntrySerializer(serializers.Serializer):
    """One entry of one of the member's accounts."""

    others: Mapping[int, Counterparty] = {}

    id = StrictIntegerField(help_text="Higher than that of every earlier entry of the account.")
    journal = serializers.UUIDField(source="journal.public_id", help_text="The movement that it is part of.")
    kind = serializers.ChoiceField(choices=DgtJournal.Kind.choices, source="transaction_type")
    account = serializers.ChoiceField(choices=MEMBER_ACCOUNTS, source="account.kind")
    amount = StrictIntegerField(help_text="Whole DGT; negative where they went out.")
    balance_after = StrictIntegerField(help_text="What was in the account after it.")
    counterparty = serializers.SerializerMethodField(help_text="Null where no other member took part.")
    memo = serializers.CharField(source="description", help_text="What was written to it: text, not markup.")
    created_at = serializers.DateTimeField()
    reversed = serializers.SerializerMethodField(help_text="Whether another movement took this one back.")
    reverses = serializers.UUIDField(
        source="journal.reverses.public_id",
        default=None,
        allow_null=True,
        help_text="The movement that this one takes back.",
    )

    class Meta:
        list_serializer_class = EntriesSerializer

    @extend_schema_field(CounterpartySerializer(allow_null=True))
    def get_counterparty(self, entry: DgtTransaction) -> Any:
        other = self.others.get(entry.journal_id)
        return CounterpartySerializer(other).data if other else None

    def get_reversed(self, entry: DgtTransaction) -> bool:
        return hasattr(entry.journal, "reversed_by")


class Transactions(ReadView):
    scope = "wallet:read"
    query_parameters = frozenset({*HistoryQuerySerializer().fields, CURSOR_PARAMETER})

    @extend_schema(
        operation_id="wallet_transactions",
        summary="My DGT history",
        parameters=[HistoryQuerySerializer, CURSOR],
        responses=page_of(EntrySerializer),
        examples=[OpenApiExample("A transfer", {"results": [EXAMPLE], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> Response:
        """Every entry of one of the caller's accounts, the newest first. Scope: `wallet:read`.

        Complete and in order: without a filter each `balance_after` is that of the next entry plus `amount`.
        """
        entries = _wanted(request.query_params).pages_of(cast(User, request.user), size=PAGE_SIZE)
        return paginated(request, entries, EntrySerializer)
