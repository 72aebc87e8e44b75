"""Orders as their buyer sees them, and the list of them."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, Keyset, page_of, paginated
from payments.models import Order, Provider
from payments.states import State

DGT_READ = "dgt:read"
PAGE_SIZE = 50
ORDER_EXAMPLE = {
    "id": "019aac2e-7d3b-7c55-8f0e-3f1f6f2b9c11",
    "state": "pending",
    "package_id": "trader",
    "package": "Trader",
    "provider": "stripe",
    "dgt": 1_300,
    "price": 1_799,
    "currency": "usd",
    "created_at": "2026-11-22T12:19:00Z",
    "expires_at": "2026-11-22T13:19:00Z",
    "paid_at": None,
    "credited_at": None,
    "credited_dgt": 0,
    "refunded": 0,
    "taken_dgt": 0,
    "held_dgt": 0,
}
PARTLY_REFUNDED = {
    "state": "partly_refunded",
    "paid_at": "2026-11-22T12:21:00Z",
    "credited_at": "2026-11-22T12:21:00Z",
    "credited_dgt": 1_300,
    "refunded": 500,
    "taken_dgt": 362,
}


class OrderSerializer(serializers.Serializer[Order]):
    """What was ordered, and what became of it. Money is in the smallest unit of `currency`: cents."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=State.choices)
    package_id = serializers.CharField()
    package = serializers.CharField(source="package_name", help_text="Its name when it was ordered.")
    provider = serializers.ChoiceField(choices=Provider.choices)
    dgt = StrictIntegerField(source="total_dgt", min_value=1, help_text="Whole DGT that it is about.")
    price = StrictIntegerField(min_value=1)
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Until when it can be paid.")
    paid_at = serializers.DateTimeField(allow_null=True)
    credited_at = serializers.DateTimeField(allow_null=True)
    credited_dgt = StrictIntegerField(min_value=0, help_text="Whole DGT that were credited.")
    refunded = StrictIntegerField(min_value=0, help_text="What of the money went back.")
    taken_dgt = StrictIntegerField(min_value=0, help_text="Whole DGT that were taken back for money that went back.")
    held_dgt = StrictIntegerField(min_value=0, help_text="Whole DGT that are held until a dispute is decided.")


class History(ReadView):
    scope = DGT_READ
    query_parameters = frozenset({CURSOR_PARAMETER})

    @extend_schema(
        operation_id="dgt_purchase_history",
        summary="My orders of DGT",
        parameters=[CURSOR],
        responses=page_of(OrderSerializer),
        examples=[
            OpenApiExample(
                "A part of it was refunded",
                {"results": [ORDER_EXAMPLE | PARTLY_REFUNDED], "next": None, "previous": None},
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """All orders of the caller, however they were paid or were not, the newest first. Scope: `dgt:read`."""
        mine = Order.objects.of(cast(User, request.user))
        return paginated(request, Keyset(mine, order=("-id",), size=PAGE_SIZE), OrderSerializer)
