"""What several routes of XP say in the same way."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from degentalk.accounts.boards import PlaceSerializer
from degentalk.core.fields import StrictIntegerField
from xp import rules
from xp.models import Tier

XP_READ = "xp:read"
EXACT = (
    "Whether it was counted: for the first 10,000 places. Beyond them it is told from a count of all members that is"
    " made every minute. False where the position is null."
)


class XpPlaceSerializer(PlaceSerializer):
    """A place on a board of XP."""

    position_is_exact = serializers.BooleanField(help_text=EXACT)
    level = serializers.IntegerField(min_value=1)
    rank_name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)


class MultiplierSerializer(serializers.Serializer):
    """Something that multiplied an award."""

    source = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    basis_points = serializers.IntegerField(help_text="10,000 is ×1.")


class ScaleSerializer(serializers.Serializer):
    """How an amount of DGT became the base."""

    per_step = StrictIntegerField(help_text="XP for each step.")
    step = StrictIntegerField(help_text="DGT of a step.")
    half_after = StrictIntegerField(
        allow_null=True, help_text="DGT of a pair and UTC day beyond which more counts half."
    )
    before = StrictIntegerField(help_text="DGT that had counted for the pair that day.")
    amount = StrictIntegerField(help_text="DGT moved.")


class LimitSerializer(serializers.Serializer):
    """The cap that cut an award."""

    name = serializers.CharField(help_text="Such as `daily-cap`.")
    left = StrictIntegerField(help_text="XP that it had left.")


class WhySerializer(serializers.Serializer):
    """The arithmetic: base × all multipliers, rounded down once at the end, and cut to what a cap had left."""

    scale = serializers.SerializerMethodField(help_text="Null where the base is not paid by amount.")
    base = StrictIntegerField()
    multipliers = MultiplierSerializer(many=True)
    limit = serializers.SerializerMethodField(help_text="Null where no cap cut it.")
    result = StrictIntegerField()

    @extend_schema_field(ScaleSerializer(allow_null=True))
    def get_scale(self, why: rules.Trace) -> Any:
        return ScaleSerializer(why.scale).data if why.scale else None

    @extend_schema_field(LimitSerializer(allow_null=True))
    def get_limit(self, why: rules.Trace) -> Any:
        return LimitSerializer(why.limit).data if why.limit else None
