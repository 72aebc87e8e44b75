"""Ordering DGT for USDT over the API; hints and proofs of wallets."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core import problems
from degentalk.core.api import IDEMPOTENCY_KEY, StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from payments import services as payments
from payments.api.orders import ORDER_EXAMPLE, USDT_EXAMPLE, OrderSerializer, shown
from payments.api.placing import DGT_PURCHASE, PackageSerializer, place_once, placed
from payments.errors import NoSuchOrder, OrderClosed
from payments.models import Provider, UsdtDeposit
from payments.providers.usdt.hinting import hint
from payments.providers.usdt.proving import prove, statement_of
from payments.states import CLOSED_UNPAID, OPEN, State

MICRO_MAX, CHAIN_MAX = 10**16, 2**53
BY_USDT = ORDER_EXAMPLE | {"provider": "usdt", "currency": "usdt", "price": 17_990_000, "usdt": USDT_EXAMPLE}


class UsdtOrderingSerializer(PackageSerializer):
    """Which package on which chain, and what the caller saw of it."""

    price_field = "price_micro_usdt"

    chain_id = StrictIntegerField(min_value=1, max_value=CHAIN_MAX, help_text="One of its `chains`.")
    price_micro_usdt = StrictIntegerField(
        required=False,
        min_value=1,
        max_value=MICRO_MAX,
        help_text="What it costs as far as you know, in millionths of USDT; with `dgt`.",
    )


class UsdtHintSerializer(StrictSerializer):
    """A transaction that may pay an order of the caller's."""

    order_id = serializers.UUIDField()
    tx_hash = StrictTextField(max_length=80, help_text="0x and 64 hex digits. A hint to look sooner, and nothing else.")


class UsdtProofSerializer(StrictSerializer):
    """A wallet, and its signature of the statement once that is known."""

    order_id = serializers.UUIDField()
    wallet = StrictTextField(max_length=80, help_text="The address that will pay.")
    signature = StrictTextField(
        max_length=200, required=False, help_text="Of the statement, by `personal_sign` (EIP-191): 65 bytes in hex."
    )


class UsdtOrderedSerializer(serializers.Serializer[object]):
    order = OrderSerializer()


class UsdtProvedSerializer(serializers.Serializer[object]):
    order = OrderSerializer()
    statement = serializers.CharField(allow_null=True, help_text="What the wallet is to sign; null once it is proved.")


def open_order(caller: User, public_id: UUID) -> UsdtDeposit:
    """Where an order of the caller's is paid. Raises NoSuchOrder, OrderClosed."""
    found = UsdtDeposit.objects.of(caller).select_related("order").filter(order__public_id=public_id).first()
    if found is None:
        raise NoSuchOrder
    if found.order.state not in (*OPEN, *CLOSED_UNPAID):
        raise OrderClosed
    return found


class PurchaseByUsdt(APIView):
    scope = DGT_PURCHASE

    @extend_schema(
        operation_id="dgt_purchase_usdt",
        summary="Buy DGT with USDT",
        parameters=[IDEMPOTENCY_KEY],
        request=PolymorphicProxySerializer(
            component_name="UsdtPurchase",
            serializers=[UsdtOrderingSerializer, UsdtHintSerializer],
            resource_type_field_name=None,
        ),
        responses={
            201: OpenApiResponse(UsdtOrderedSerializer, description="Ordered: it waits for its payment."),
            202: OpenApiResponse(UsdtOrderedSerializer, description="The transaction is looked at."),
            (503, problems.CONTENT_TYPE): OpenApiResponse(
                {"$ref": "#/components/schemas/Problem"},
                description="USDT is not set up on this site (`provider-off`), or nothing can be paid on that chain now"
                " (`chain-closed`).",
            ),
        },
        examples=[
            OpenApiExample(
                "As it was seen",
                {"package_id": "trader", "chain_id": 1, "price_micro_usdt": 17_990_000, "dgt": 1_300},
                request_only=True,
            ),
            OpenApiExample("A hint", {"order_id": ORDER_EXAMPLE["id"], "tx_hash": "0x" + "5c" * 32}, request_only=True),
            OpenApiExample("Ordered", {"order": BY_USDT}, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Order a package, once for each Idempotency-Key; what to pay, where and on which chain is in `usdt`. Scope:
        `dgt:purchase`.

        If the package is another one now than `price_micro_usdt` and `dgt` say, nothing is ordered (409
        `quote-changed`, with both). Sent again it is the same order, as it stands now. At most 20 orders an hour, on
        pages and here.

        With `order_id` and `tx_hash` it names a transaction for an order that is not paid: that is looked at sooner,
        and the answer is the same whether it is unknown, somebody else's or not final yet. Payments are found without
        it too. At most ten in ten minutes.
        """
        if isinstance(request.data, dict) and "tx_hash" in request.data:
            return self._hint(request)
        return self._order(request)

    def _order(self, request: Request) -> Response:
        body = UsdtOrderingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer = place_once(request, body, provider=Provider.USDT, chain_id=body.validated_data["chain_id"])
        if answer.refused:
            return problems.respond(answer)
        order = placed(request, answer)
        if order.state == State.CREATED:
            payments.pay(order)
        return Response(UsdtOrderedSerializer({"order": shown(order)}).data, status=answer.status)

    def _hint(self, request: Request) -> Response:
        body = UsdtHintSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        deposit = open_order(cast(User, request.user), body.validated_data["order_id"])
        hint(deposit, body.validated_data["tx_hash"])
        return Response(UsdtOrderedSerializer({"order": shown(deposit.order)}).data, status=202)


class UsdtProof(APIView):
    scope = DGT_PURCHASE

    @extend_schema(
        operation_id="dgt_purchase_usdt_proof",
        summary="Show that a wallet is mine",
        request=UsdtProofSerializer,
        responses={200: UsdtProvedSerializer},
        examples=[
            OpenApiExample(
                "What is to be signed",
                {"order_id": ORDER_EXAMPLE["id"], "wallet": USDT_EXAMPLE["address"]},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Where an order says `needs_proof`: without a `signature` the statement to sign; with it, once it is the
        wallet's, the order can be paid from there. Scope: `dgt:purchase`.

        Refused are signatures of other words, orders or wallets, and wallets of other members (422).
        """
        body = UsdtProofSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller, given = cast(User, request.user), body.validated_data
        deposit = open_order(caller, given["order_id"])
        statement = None
        if "signature" in given:
            prove(order=deposit.order, user=caller, wallet=given["wallet"], signature=given["signature"])
        else:
            statement = statement_of(deposit, given["wallet"]).text()
        return Response(UsdtProvedSerializer({"order": shown(deposit.order), "statement": statement}).data)
