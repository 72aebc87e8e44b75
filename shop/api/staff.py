"""Staff stock the shop over the API, mounted at /api/admin/dgt."""

from typing import Any, cast

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core import idempotency, problems
from degentalk.core.api import IDEMPOTENCY_KEY, StrictSerializer
from degentalk.core.fields import StrictBooleanField, StrictIntegerField, StrictTextField
from paths.models import XpPath
from shop import services as shop
from shop.models import DGT_MAX, DgtUnlock, Rarity

ENDPOINT = "shop.stock"
SMALL_MAX, INT_MAX = 2**15 - 1, 2**31 - 1
FIELDS_EXAMPLE = {
    "name": "Gold frame",
    "type": "avatar_frame",
    "rarity": "epic",
    "description": "Shines in every thread.",
    "unlock_data": {"frame": "gold"},
    "cost_dgt": 700,
    "sale_cost_dgt": None,
    "sale_starts_at": None,
    "sale_ends_at": None,
    "stock": 50,
    "available_from": None,
    "available_until": None,
    "min_level": 10,
    "required_path": None,
    "min_path_level": 1,
    "limit_per_member": None,
    "is_giftable": True,
    "is_listed": True,
    "position": 100,
}


class FieldsSerializer(StrictSerializer):
    """All that an unlock is."""

    name = StrictTextField(max_length=100)
    type = StrictTextField(max_length=50, help_text="Such as `avatar_frame`. It never changes.")
    rarity = serializers.ChoiceField(choices=Rarity.choices, default=Rarity.COMMON)
    description = StrictTextField(default="", allow_blank=True)
    unlock_data = serializers.JSONField(
        default=dict, help_text="What the type knows of it; judged by the type's schema."
    )
    cost_dgt = StrictIntegerField(min_value=1, max_value=DGT_MAX, help_text="Whole DGT.")
    sale_cost_dgt = StrictIntegerField(min_value=1, max_value=DGT_MAX, default=None, allow_null=True)
    sale_starts_at = serializers.DateTimeField(default=None, allow_null=True)
    sale_ends_at = serializers.DateTimeField(default=None, allow_null=True)
    stock = StrictIntegerField(min_value=0, default=None, allow_null=True, help_text="Null: unlimited. 0: sold out.")
    available_from = serializers.DateTimeField(default=None, allow_null=True)
    available_until = serializers.DateTimeField(default=None, allow_null=True)
    min_level = StrictIntegerField(min_value=1, max_value=INT_MAX, default=1)
    required_path = StrictTextField(source="required_path_id", default=None, allow_null=True, help_text="Its id.")
    min_path_level = StrictIntegerField(min_value=1, max_value=SMALL_MAX, default=1)
    limit_per_member = StrictIntegerField(min_value=1, max_value=INT_MAX, default=None, allow_null=True)
    is_giftable = StrictBooleanField(default=True)
    is_listed = StrictBooleanField(default=True, help_text="Off: nobody can buy it; who has it keeps it.")
    position = StrictIntegerField(min_value=0, max_value=SMALL_MAX, default=100)

    def validate_required_path(self, path_id: str | None) -> str | None:
        if path_id is not None and not XpPath.objects.filter(pk=path_id).exists():
            raise ValidationError(_("There is no such path."))
        return path_id


class StockSerializer(FieldsSerializer):
    """A new unlock, or with an id what changes of one."""

    id = StrictIntegerField(min_value=1, required=False, help_text="Of the one to change; without it one is added.")


class StockedSerializer(FieldsSerializer):
    """An unlock as it is now."""

    id = StrictIntegerField(source="pk")


class Stock(APIView):
    """Takes no API token: staff do this in a session."""

    @extend_schema(
        operation_id="admin_dgt_unlocks",
        summary="Add or change an unlock",
        parameters=[IDEMPOTENCY_KEY],
        request=StockSerializer,
        responses={
            201: OpenApiResponse(StockedSerializer, description="Added."),
            200: OpenApiResponse(StockedSerializer, description="Changed."),
        },
        examples=[
            OpenApiExample("A new one", FIELDS_EXAMPLE, request_only=True),
            OpenApiExample("Added", FIELDS_EXAMPLE | {"id": 40}, response_only=True, status_codes=["201"]),
            OpenApiExample("Changed", FIELDS_EXAMPLE | {"id": 40}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Add an unlock; with an `id`, change the fields that are named and no others. For staff, in a session.

        What members have already stays as it is. An unknown key of `unlock_data` or a value out of its range is a
        problem that names the key (`unlock_data.frame`), and nothing is written. Takes the permission
        `shop.add_dgtunlock`, or `shop.change_dgtunlock` for a change.
        """
        caller = cast(User, request.user)
        is_change = isinstance(request.data, dict) and "id" in request.data
        _require(caller, "shop.change_dgtunlock" if is_change else "shop.add_dgtunlock")
        body = StockSerializer(data=request.data, partial=is_change)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        unlock_id = fields.pop("id", None)

        def verb() -> dict[str, Any]:
            unlock = shop.stock_shelf(actor=caller, fields=fields, unlock_id=unlock_id)
            return dict(StockedSerializer(DgtUnlock.objects.get(pk=unlock.pk)).data)

        answer = idempotency.run(
            actor=caller,
            endpoint=ENDPOINT,
            key=idempotency.key_of(request),
            request=dict(request.data),
            verb=verb,
            status=200 if is_change else 201,
        )
        return problems.respond(answer)


def _require(caller: User, permission: str) -> None:
    if not (caller.is_staff and caller.has_perm(permission)):
        raise PermissionDenied(_("This takes the permission “%(permission)s”.") % {"permission": permission})


urlpatterns = [path("unlocks", Stock.as_view(), name="api-admin-dgt-unlocks")]
