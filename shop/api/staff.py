"""The catalogue for staff."""

from typing import Any, cast

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk import unlocks
from degentalk.accounts.models import User
from degentalk.core.api import StrictSerializer
from degentalk.core.clock import database_time
from degentalk.core.fields import StrictIntegerField, StrictTextField
from paths.models import XpPath
from shop.api.unlocks import UNLOCK_EXAMPLE, UnlockSerializer
from shop.catalogue import Shopper, card_of
from shop.errors import NoSuchUnlock
from shop.models import DGT_MAX, DgtUnlock, Rarity

NEEDED = ("name", "type", "cost_dgt", "unlock_data")
"""Of an unlock that does not exist yet."""


class UnlockInputSerializer(StrictSerializer):
    """An unlock to make, or with its id what to change of one; what is not named stays as it is."""

    id = StrictIntegerField(min_value=1, required=False)
    name = StrictTextField(max_length=100, required=False)
    type = StrictTextField(required=False, help_text="It stays: another type is another unlock.")
    rarity = serializers.ChoiceField(choices=Rarity.choices, required=False)
    description = StrictTextField(required=False, allow_blank=True)
    unlock_data = serializers.JSONField(required=False, help_text="What its type asks for.")
    cost_dgt = StrictIntegerField(min_value=1, max_value=DGT_MAX, required=False)
    sale_cost_dgt = StrictIntegerField(min_value=1, max_value=DGT_MAX, required=False, allow_null=True)
    sale_starts_at = serializers.DateTimeField(required=False, allow_null=True)
    sale_ends_at = serializers.DateTimeField(required=False, allow_null=True)
    stock = StrictIntegerField(min_value=0, required=False, allow_null=True)
    available_from = serializers.DateTimeField(required=False, allow_null=True)
    available_until = serializers.DateTimeField(required=False, allow_null=True)
    min_level = StrictIntegerField(min_value=1, max_value=32_767, required=False)
    required_path = serializers.PrimaryKeyRelatedField(
        queryset=XpPath.objects.all(), required=False, allow_null=True, pk_field=StrictTextField()
    )
    min_path_level = StrictIntegerField(min_value=1, max_value=32_767, required=False)
    limit_per_member = StrictIntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True)
    is_giftable = serializers.BooleanField(required=False)
    is_listed = serializers.BooleanField(required=False)
    position = StrictIntegerField(min_value=0, max_value=32_767, required=False)


class StaffUnlocks(APIView):
    @extend_schema(
        operation_id="admin_unlocks",
        summary="Make or change an unlock",
        request=UnlockInputSerializer,
        responses={
            200: OpenApiResponse(UnlockSerializer, description="Changed."),
            201: OpenApiResponse(UnlockSerializer, description="Made."),
        },
        examples=[
            OpenApiExample("Dearer", {"id": 4, "cost_dgt": 90}, request_only=True),
            OpenApiExample("The unlock", UNLOCK_EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """For staff who may change unlocks, by session. What members have stays as they got it."""
        staff = cast(User, request.user)
        if not staff.has_perms(["shop.add_dgtunlock", "shop.change_dgtunlock"]):
            raise PermissionDenied
        body = UnlockInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        row, is_new = _save(given.pop("id", None), given, staff)
        card = card_of(row, Shopper.of(None), database_time())
        return Response(UnlockSerializer(card).data, status=201 if is_new else 200)


@transaction.atomic
def _save(unlock_id: int | None, given: dict[str, Any], staff: User) -> tuple[DgtUnlock, bool]:
    row = _found(unlock_id, given)
    kind = unlocks.find(str(given.get("type", row.type)))
    if kind is None or (unlock_id and kind.name != row.type):
        names = ", ".join(known.name for known in unlocks.types())
        words = _("There is no such type, or it is another than this unlock has. Known: %(names)s.") % {"names": names}
        raise serializers.ValidationError({"type": [words]})
    if "unlock_data" in given:
        try:
            given["unlock_data"] = kind.data.checked(given["unlock_data"])
        except serializers.ValidationError as refused:
            raise serializers.ValidationError({"unlock_data": refused.detail}) from refused
    for name, value in given.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ModelError as refused:
        raise serializers.ValidationError(refused.message_dict) from refused
    row.save()
    flag = CHANGE if unlock_id else ADDITION
    LogEntry.objects.log_actions(staff.pk, [row], flag, ", ".join(given), single_object=True)
    return row, unlock_id is None


def _found(unlock_id: int | None, given: dict[str, Any]) -> DgtUnlock:
    if unlock_id is None:
        missing = {name: [_("A new unlock needs this.")] for name in NEEDED if name not in given}
        if missing:
            raise serializers.ValidationError(missing)
        return DgtUnlock()
    row: DgtUnlock | None = DgtUnlock.objects.select_for_update(no_key=True).filter(pk=unlock_id).first()
    if row is None:
        raise NoSuchUnlock
    return row
