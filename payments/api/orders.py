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
from payments.models import Order, Provider, UsdtDeposit, UsdtTransfer
from payments.money import written
from payments.states import State

DGT_READ = "dgt:read"
SYMBOL = "USDT"
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
    "usdt": None,
}
USDT_EXAMPLE = {
    "chain_id": 1,
    "chain": "Ethereum",
    "symbol": "USDT",
    "token": "0xdAC17F958D2ee523a2206206994597C13D831ec7",
    "decimals": 6,
    "address": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "amount": "17990000",
    "amount_text": "17.99",
    "payer": None,
    "needs_proof": False,
    "surplus": 0,
    "transfers": [],
}
PARTLY_REFUNDED = {
    "state": "partly_refunded",
    "paid_at": "2026-11-22T12:21:00Z",
    "credited_at": "2026-11-22T12:21:00Z",
    "credited_dgt": 1_300,
    "refunded": 500,
    "taken_dgt": 362,
}


class TransferSerializer(serializers.Serializer[UsdtTransfer]):
    """What has come to the order's address."""

    tx_hash = serializers.CharField()
    amount = serializers.CharField(source="value", help_text="Base units of the token.")
    block = StrictIntegerField(source="block_number")
    state = serializers.ChoiceField(choices=UsdtTransfer.State.choices)


class UsdtSerializer(serializers.Serializer[UsdtDeposit]):
    """How an order is paid with USDT: exactly so much, of this token, on this chain, to this address."""

    chain_id = StrictIntegerField()
    chain = serializers.CharField(source="chain_name")
    symbol = serializers.SerializerMethodField()
    token = serializers.CharField(help_text="The contract of the token.")
    decimals = StrictIntegerField()
    address = serializers.SerializerMethodField(help_text="With its checksum; null until a wallet is proved.")
    amount = serializers.CharField(help_text="Base units of the token.")
    amount_text = serializers.SerializerMethodField(help_text="The same as a person types it.")
    payer = serializers.SerializerMethodField(help_text="The only wallet that can pay it; null for any.")
    needs_proof = serializers.SerializerMethodField(help_text="Whether a wallet must be proved before it can be paid.")
    surplus = StrictIntegerField(source="order.surplus", help_text="Paid above the price, in millionths of USDT.")
    transfers = TransferSerializer(many=True)

    def get_symbol(self, deposit: UsdtDeposit) -> str:
        return SYMBOL

    def get_address(self, deposit: UsdtDeposit) -> str | None:
        return deposit.address if deposit.is_payable else None

    def get_amount_text(self, deposit: UsdtDeposit) -> str:
        return written(int(deposit.amount), deposit.decimals)

    def get_payer(self, deposit: UsdtDeposit) -> str | None:
        return deposit.payer or None

    def get_needs_proof(self, deposit: UsdtDeposit) -> bool:
        return not deposit.is_payable


class OrderSerializer(serializers.Serializer[Order]):
    """What was ordered, and what became of it. Money is in the smallest unit of `currency`: cents of `usd`, millionths
    of `usdt`."""

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
    usdt = UsdtSerializer(source="deposit", allow_null=True, help_text="Where it is paid; null for cards.")


def shown(order: Order) -> Order:
    """An order with all that is said of it, as it is now."""
    found: Order = Order.objects.with_deposit().get(pk=order.pk)
    return found


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
        mine = Order.objects.of(cast(User, request.user)).with_deposit()
        return paginated(request, Keyset(mine, order=("-id",), size=PAGE_SIZE), OrderSerializer)
