"""Buying over the API."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core import idempotency, problems
from degentalk.core.api import IDEMPOTENCY_KEY, StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from shop import services as shop
from shop.api.mine import ITEM_EXAMPLE, SHOP_PURCHASE, ItemSerializer
from shop.errors import CannotReceive
from shop.models import DGT_MAX
from shop.services.acquiring import BUYING, NOTE_MAX_LENGTH
from wallet.models import UserWallet

ENDPOINT = "shop.purchase"


class PurchaseSerializer(StrictSerializer):
    """What the caller saw, and for whom it is."""

    price = StrictIntegerField(
        min_value=1, max_value=DGT_MAX, help_text="What it costs as far as you know; another price is refused."
    )
    to = StrictTextField(required=False, max_length=150, help_text="A username: then it is a gift.")
    note = StrictTextField(default="", allow_blank=True, max_length=NOTE_MAX_LENGTH, help_text="For a gift.")


class BoughtSerializer(serializers.Serializer[object]):
    item = ItemSerializer()
    balance_after = StrictIntegerField(min_value=0, help_text="Whole DGT that the caller has left.")


class Purchase(APIView):
    scope = SHOP_PURCHASE

    @extend_schema(
        operation_id="shop_purchase",
        summary="Buy something",
        parameters=[IDEMPOTENCY_KEY],
        request=PurchaseSerializer,
        responses={201: OpenApiResponse(BoughtSerializer, description="Bought.")},
        examples=[
            OpenApiExample("A gift", {"price": 60, "to": "alice", "note": "For the help"}, request_only=True),
            OpenApiExample(
                "Bought", {"item": ITEM_EXAMPLE, "balance_after": 40}, response_only=True, status_codes=["201"]
            ),
        ],
    )
    def post(self, request: Request, unlock_id: int) -> Response:
        """Buy for oneself or as a gift, once for each Idempotency-Key. Scope: `shop:purchase`.

        If the price is another one now, nothing is bought (409 `price-changed`, with `price`). A refusal moves nothing
        and stays what it is for its key: a new attempt takes a new key. At most 30 attempts a minute.
        """
        body = PurchaseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = {"unlock_id": unlock_id, **body.validated_data}
        caller = cast(User, request.user)
        answer = idempotency.run(
            actor=caller,
            endpoint=ENDPOINT,
            key=idempotency.key_of(request),
            request=wanted,
            verb=lambda: buy(caller, **wanted),
            status=201,
            limit=BUYING,
        )
        return problems.respond(answer)


def buy(buyer: User, *, unlock_id: int, price: int, note: str, to: str | None = None) -> dict[str, Any]:
    """Buy, for the member of that name if there is one given. What was bought, as JSON. Raises what `purchase` does."""
    bought = shop.purchase(
        user=buyer, unlock_id=unlock_id, price=price, key=shop.new_key(), to=named(to) if to else None, note=note
    )
    balance = UserWallet.objects.of(buyer).dgt_balance
    return dict(BoughtSerializer({"item": bought.item, "balance_after": balance}).data)


def named(username: str) -> User:
    """The member of that name. Raises CannotReceive."""
    found = User.objects.filter(username__iexact=username, is_active=True).first()
    if found is None:
        raise CannotReceive(_("There is no member called “%(name)s”.") % {"name": username})
    return found
