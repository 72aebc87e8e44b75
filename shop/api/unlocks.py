"""What the shop sells, as it stands for the caller."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import User
from degentalk.accounts.permissions import has_scope
from degentalk.core.api import ReadView
from degentalk.core.clock import database_time
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, Keyset, page_of, paginated
from shop.catalogue import Card, card_of, cards
from shop.errors import NoSuchUnlock
from shop.filters import Filters
from shop.models import DgtUnlock, Rarity
from shop.shopper import Shopper

SHOP_READ = "shop:read"
PAGE_SIZE = 50
STATES = ("available", "short", "locked", "sold_out", "not_yet", "over", "limit", "owned", "equipped")
UNLOCK_EXAMPLE = {
    "id": 4,
    "name": "Bronze frame",
    "type": "avatar_frame",
    "rarity": "common",
    "description": "A first frame.",
    "says": "A frame around your avatar: Bronze.",
    "data": {"frame": "bronze"},
    "is_consumable": False,
    "is_giftable": True,
    "price": 60,
    "was": 80,
    "sale_ends_at": "2026-12-01T00:00:00Z",
    "stock": None,
    "available_from": None,
    "available_until": None,
    "min_level": 1,
    "required_path": None,
    "min_path_level": 1,
    "limit_per_member": None,
    "state": "short",
    "gap": 20,
    "count": 0,
}


class UnlockSerializer(serializers.Serializer[Card]):
    """Something for sale."""

    id = StrictIntegerField(source="unlock.pk")
    name = serializers.CharField(source="unlock.name")
    type = serializers.CharField(source="unlock.type")
    rarity = serializers.ChoiceField(choices=Rarity.choices, source="unlock.rarity")
    description = serializers.CharField(source="unlock.description")
    says = serializers.CharField(help_text="What it does, in a sentence.")
    data = serializers.SerializerMethodField(help_text="What its type knows of it.")  # type: ignore[assignment]
    is_consumable = serializers.BooleanField(help_text="Whether it is used up; else it is worn.")
    is_giftable = serializers.BooleanField(source="unlock.is_giftable")
    price = StrictIntegerField(min_value=1, help_text="Whole DGT that it costs now. Name it when you buy.")
    was = StrictIntegerField(allow_null=True, help_text="The price without the sale that is on; null without one.")
    sale_ends_at = serializers.SerializerMethodField(help_text="Null without a sale that is on.")
    stock = StrictIntegerField(source="unlock.stock", allow_null=True, help_text="Null: unlimited. 0: sold out.")
    available_from = serializers.DateTimeField(source="unlock.available_from", allow_null=True)
    available_until = serializers.DateTimeField(source="unlock.available_until", allow_null=True)
    min_level = serializers.IntegerField(source="unlock.min_level", min_value=1)
    required_path = serializers.CharField(source="unlock.required_path_id", allow_null=True)
    min_path_level = serializers.IntegerField(source="unlock.min_path_level", min_value=1)
    limit_per_member = serializers.IntegerField(source="unlock.limit_per_member", allow_null=True)
    state = serializers.ChoiceField(choices=STATES, help_text="As it stands for the caller; for visitors for anybody.")
    gap = StrictIntegerField(min_value=0, help_text="DGT that the caller lacks.")
    count = serializers.IntegerField(min_value=0, help_text="Pieces that the caller has and has not used.")

    def get_data(self, card: Card) -> dict[str, Any]:
        return dict(card.unlock.unlock_data)

    def get_sale_ends_at(self, card: Card) -> str | None:
        ends_at = card.unlock.sale_ends_at if card.was is not None else None
        return serializers.DateTimeField().to_representation(ends_at) if ends_at else None


YES_OR_NO = ["0", "1"]
FILTERS = [
    OpenApiParameter("type", str, description="Only of this type, such as `avatar_frame`."),
    OpenApiParameter("rarity", str, enum=Rarity.values),
    OpenApiParameter("affordable", str, enum=YES_OR_NO, description="Whether the caller has enough DGT."),
    OpenApiParameter("owned", str, enum=YES_OR_NO, description="Whether the caller has it."),
]


class Unlocks(ReadView):
    permission_classes = [AllowAny]
    scope = SHOP_READ
    query_parameters = frozenset({"type", "rarity", "affordable", "owned", CURSOR_PARAMETER})

    @extend_schema(
        operation_id="shop_unlocks",
        summary="What the shop sells",
        parameters=[*FILTERS, CURSOR],
        responses=page_of(UnlockSerializer),
        examples=[OpenApiExample("One of them", {"results": [UNLOCK_EXAMPLE], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> Response:
        """Everything for sale, in the shop's order; open to everybody. `state`, `gap` and `count` are the caller's, by
        session or with the scope `shop:read`. `affordable` and `owned` ask nothing of visitors.
        """
        found = {card.unlock.pk: card for card in cards(shopper_user(request), Filters.of(request.query_params))}
        pages = Keyset(DgtUnlock.objects.filter(pk__in=found), order=("position", "id"), size=PAGE_SIZE)
        return paginated(request, pages, UnlockSerializer, shown=lambda rows: [found[row.pk] for row in rows])


class OneUnlock(ReadView):
    permission_classes = [AllowAny]
    scope = SHOP_READ

    @extend_schema(
        operation_id="shop_unlock",
        summary="One thing the shop sells",
        responses=UnlockSerializer,
        examples=[OpenApiExample("A frame on sale", UNLOCK_EXAMPLE)],
    )
    def get(self, request: Request, unlock_id: int) -> Response:
        """One unlock as it stands for the caller; open to everybody. What left the shop is not found."""
        found = DgtUnlock.objects.listed().filter(pk=unlock_id).first()
        card = card_of(found, Shopper.of(shopper_user(request)), database_time()) if found else None
        if card is None:
            raise NoSuchUnlock
        return Response(UnlockSerializer(card).data)


def shopper_user(request: Request) -> User | None:
    """The caller, if they may see what is theirs here."""
    return cast(User, request.user) if has_scope(request, SHOP_READ) else None
