"""Ordering DGT over the API."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.core import problems
from degentalk.core.api import IDEMPOTENCY_KEY
from degentalk.core.fields import StrictIntegerField
from payments import services as payments
from payments.api.orders import ORDER_EXAMPLE, OrderSerializer
from payments.api.placing import DGT_PURCHASE, PackageSerializer, place_once, placed
from payments.models import Provider
from payments.models.packages import CENTS_MAX
from payments.states import CLOSED_UNPAID, State

UNPAID = (State.CREATED, State.PENDING, *CLOSED_UNPAID)


class OrderingSerializer(PackageSerializer):
    """Which package, and what the caller saw of it."""

    price_field = "price_cents"

    price_cents = StrictIntegerField(
        required=False, min_value=1, max_value=CENTS_MAX, help_text="What it costs as far as you know; with `dgt`."
    )


class OrderedSerializer(serializers.Serializer[object]):
    order = OrderSerializer()
    pay_url = serializers.URLField(allow_null=True, help_text="Where the buyer pays; null once it is paid.")


class PurchaseByCard(APIView):
    scope = DGT_PURCHASE

    @extend_schema(
        operation_id="dgt_purchase_stripe",
        summary="Buy DGT by card",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderingSerializer,
        responses={
            201: OpenApiResponse(OrderedSerializer, description="Ordered: it waits for its payment."),
            (503, problems.CONTENT_TYPE): OpenApiResponse(
                {"$ref": "#/components/schemas/Problem"},
                description="Cards are not set up on this site (`provider-off`), or the card service does not answer"
                " (`provider-unreachable`, with `Retry-After`): then send the same request with the same key again.",
            ),
        },
        examples=[
            OpenApiExample(
                "As it was seen", {"package_id": "trader", "price_cents": 1_799, "dgt": 1_300}, request_only=True
            ),
            OpenApiExample(
                "Ordered",
                {"order": ORDER_EXAMPLE, "pay_url": "https://checkout.stripe.com/c/pay/cs_live_a1b2c3"},
                response_only=True,
                status_codes=["201"],
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Order a package, once for each Idempotency-Key; it is paid at `pay_url`. Scope: `dgt:purchase`.

        If the package is another one now than `price_cents` and `dgt` say, nothing is ordered (409 `quote-changed`,
        with both). Sent again it is the same order, as it stands now, and the same address; an order that nobody paid
        in time is 409 `order-closed`: a new attempt takes a new key. At most 20 orders an hour, on pages and here.
        """
        body = OrderingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer = place_once(request, body, provider=Provider.STRIPE)
        if answer.refused:
            return problems.respond(answer)
        order = placed(request, answer)
        pay_url = payments.pay(order) if order.state in UNPAID else None
        order.refresh_from_db()
        return Response(OrderedSerializer({"order": order, "pay_url": pay_url}).data, status=answer.status)
