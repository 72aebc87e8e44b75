"""What the caller has: wearing it, taking it off, using it."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core.api import ReadView, StrictSerializer
from degentalk.core.fields import StrictIntegerField, StrictTextField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, Keyset, page_of, paginated
from degentalk.core.problems import CONTENT_TYPE
from shop import services as shop
from shop.api.unlocks import PAGE_SIZE, SHOP_READ
from shop.models import DgtUnlockLog

SHOP_PURCHASE = "shop:purchase"
ITEM_EXAMPLE = {
    "id": 31,
    "unlock_id": 4,
    "name": "Bronze frame",
    "type": "avatar_frame",
    "data": {"frame": "bronze"},
    "kind": "gift",
    "dgt_spent": 60,
    "acquired_at": "2026-11-22T12:19:00Z",
    "given_by": "bob",
    "note": "For the help",
    "state": "owned",
    "worn_as": "avatar_frame",
    "used_at": None,
    "used_for": "",
}
TARGET_MAX = 100


class ItemSerializer(serializers.Serializer[DgtUnlockLog]):
    """A piece that the caller acquired, as it was then."""

    id = StrictIntegerField(source="pk")
    unlock_id = StrictIntegerField()
    name = serializers.CharField()
    type = serializers.CharField()
    data = serializers.SerializerMethodField()  # type: ignore[assignment] # DRF takes declared fields off the class
    kind = serializers.ChoiceField(choices=DgtUnlockLog.Kind.choices)
    dgt_spent = StrictIntegerField(min_value=0)
    acquired_at = serializers.DateTimeField()
    given_by = serializers.SerializerMethodField(help_text="Who gave it; null unless it is a gift.")
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=DgtUnlockLog.State.choices)
    worn_as = serializers.CharField(source="equipped_slot", allow_null=True, help_text="The slot; null where not worn.")
    used_at = serializers.DateTimeField(allow_null=True)
    used_for = serializers.CharField(allow_blank=True)

    def get_data(self, item: DgtUnlockLog) -> dict[str, Any]:
        return dict(item.unlock_data)

    def get_given_by(self, item: DgtUnlockLog) -> str | None:
        return item.payer.username if item.kind == DgtUnlockLog.Kind.GIFT and item.payer else None


class UseSerializer(StrictSerializer):
    """How to use it."""

    target = StrictTextField(
        default="", allow_blank=True, max_length=TARGET_MAX, help_text="For a thread highlight: the id of one's thread."
    )


class UsedSerializer(serializers.Serializer[object]):
    said = serializers.CharField(help_text="What happened, in a sentence.")


class MyUnlocks(ReadView):
    scope = SHOP_READ
    query_parameters = frozenset({CURSOR_PARAMETER})

    @extend_schema(
        operation_id="shop_me",
        summary="What I have from the shop",
        parameters=[CURSOR],
        responses=page_of(ItemSerializer),
        examples=[OpenApiExample("A gift, worn", {"results": [ITEM_EXAMPLE], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> Response:
        """Every piece the caller ever acquired, the newest first. Scope: `shop:read`."""
        mine = DgtUnlockLog.objects.of(cast(User, request.user)).select_related("payer")
        return paginated(request, Keyset(mine, order=("-id",), size=PAGE_SIZE), ItemSerializer)


class Equip(APIView):
    scope = SHOP_PURCHASE

    @extend_schema(
        operation_id="shop_equip",
        summary="Wear something",
        request=None,
        responses={
            200: OpenApiResponse(ItemSerializer, description="It is worn."),
            (422, CONTENT_TYPE): OpenApiResponse(
                {"$ref": "#/components/schemas/Problem"}, description="Nothing to wear, or taken back."
            ),
        },
        examples=[OpenApiExample("Worn", ITEM_EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def post(self, request: Request, item_id: int) -> Response:
        """Wear one of the caller's own; what was in its slot is taken off. Sent again it changes nothing.

        Scope: `shop:purchase`.
        """
        return Response(ItemSerializer(shop.equip(user=cast(User, request.user), item_id=item_id)).data)


class Unequip(APIView):
    scope = SHOP_PURCHASE

    @extend_schema(
        operation_id="shop_unequip",
        summary="Take something off",
        request=None,
        responses={200: OpenApiResponse(ItemSerializer, description="It is not worn.")},
        examples=[
            OpenApiExample("Off", ITEM_EXAMPLE | {"worn_as": None}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request, item_id: int) -> Response:
        """Take it off. Sent again it changes nothing. Scope: `shop:purchase`."""
        return Response(ItemSerializer(shop.unequip(user=cast(User, request.user), item_id=item_id)).data)


class Use(APIView):
    scope = SHOP_PURCHASE

    @extend_schema(
        operation_id="shop_use",
        summary="Use something up",
        request=UseSerializer,
        responses={200: OpenApiResponse(UsedSerializer, description="It is used.")},
        examples=[
            OpenApiExample("A thread", {"target": "12"}, request_only=True),
            OpenApiExample("Used", {"said": "Your boost runs."}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request, item_id: int) -> Response:
        """Use one of the caller's own, once: sent again it says the same. Scope: `shop:purchase`."""
        body = UseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = cast(dict[str, str], body.validated_data)
        return Response({"said": shop.use(user=cast(User, request.user), item_id=item_id, target=wanted["target"])})
