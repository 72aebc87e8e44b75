"""The rules that everybody may read: what earns XP, and the curve of levels."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from xp.api.shared import XP_READ
from xp.models import Tier, XpAction, XpLevel

LEVEL_EXAMPLE = {
    "level": 5,
    "xp_required": 500,
    "rank_name": "Shrimp",
    "tier": "shrimp",
    "color": "#dd7f86",
    "description": "",
    "dgt_reward": 250,
}
ACTION_EXAMPLE = {
    "name": "like_received",
    "label": "Like received",
    "description": "Somebody else likes a post of yours.",
    "xp": 4,
    "is_enabled": True,
    "is_self_triggered": False,
    "cooldown_seconds": 0,
    "daily_cap_xp": 200,
    "weekly_cap_xp": 1000,
    "pair_daily_cap_xp": 20,
    "min_account_age_hours": 24,
    "needs_verified_email": True,
    "amount_step": None,
    "half_after": None,
}


class LevelSerializer(serializers.Serializer):
    """One level of the curve."""

    level = serializers.IntegerField(min_value=1)
    xp_required = StrictIntegerField(min_value=0)
    rank_name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    color = serializers.CharField(source="color_code", help_text="Of the badge, such as `#bdf043`.")
    description = serializers.CharField()
    dgt_reward = StrictIntegerField(
        source="reward.dgt_reward",
        read_only=True,
        default=None,
        min_value=1,
        allow_null=True,
        help_text="DGT paid once for reaching it.",
    )


class ActionSerializer(serializers.Serializer):
    """Something that earns XP, and its limits. What was taken back still counts against caps."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    description = serializers.CharField()
    xp = StrictIntegerField(source="default_value", min_value=0, help_text="Base XP, before multipliers.")
    is_enabled = serializers.BooleanField(help_text="Switched off it earns nothing and is not awarded.")
    is_self_triggered = serializers.BooleanField(
        help_text="Whether members may trigger it for themselves with `POST /api/xp/award`."
    )
    cooldown_seconds = serializers.IntegerField(min_value=0, help_text="Again within this time it earns nothing.")
    daily_cap_xp = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="The most XP that it earns a member in a UTC day. Null: no cap."
    )
    weekly_cap_xp = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="The same for a UTC week, from Monday."
    )
    pair_daily_cap_xp = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="The most XP that it earns a member through one other in a UTC day."
    )
    min_account_age_hours = serializers.IntegerField(
        min_value=0,
        help_text="How old the account of whoever acts must be: the member's, or that of who likes or tips.",
    )
    needs_verified_email = serializers.BooleanField(help_text="Whether whoever acts must have confirmed their e-mail.")
    amount_step = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="Paid by amount: the base for each of so many DGT. Null: the base, and `amount` is not accepted.",
    )
    half_after = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        help_text="DGT of a pair and UTC day beyond which more counts half. Null: all counts full.",
    )


class LevelsSerializer(serializers.Serializer):
    results = LevelSerializer(many=True)


class ActionsSerializer(serializers.Serializer):
    results = ActionSerializer(many=True)


class Levels(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="xp_levels",
        summary="All levels",
        responses=LevelsSerializer,
        examples=[OpenApiExample("One of them", {"results": [LEVEL_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """The curve with rank names and rewards, in one piece; open to everybody."""
        return Response(LevelsSerializer({"results": XpLevel.objects.select_related("reward")}).data)


class Actions(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="xp_actions",
        summary="All actions",
        responses=ActionsSerializer,
        examples=[OpenApiExample("One of them", {"results": [ACTION_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """What earns XP, with its limits, in one piece; open to everybody."""
        return Response(ActionsSerializer({"results": XpAction.objects.all()}).data)
