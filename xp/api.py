"""XP over the API: one's own standing and log, the leaderboard, and the rules that everybody may read."""

from dataclasses import asdict
from typing import Any, cast

from django.urls import path
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.models import ApiToken, User
from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, Keyset, page_of, paginated
from xp import rules
from xp import services as xp
from xp.boards import XpBoard
from xp.models import Tier, UserXp, XpAction, XpLevel, XpLog

XP_READ = "xp:read"
LOG_PAGE_SIZE = 50

STANDING_EXAMPLE = {
    "user_id": 7,
    "username": "alice",
    "xp": 560,
    "level": 5,
    "rank_name": "Shrimp",
    "tier": "shrimp",
    "level_xp": 60,
    "level_span": 250,
    "to_go": 190,
    "next_level": 6,
    "percent": 24,
    "is_max": False,
    "is_listed": True,
    "position": 12,
    "last_xp_event_at": "2026-11-22T12:19:00Z",
}
AWARD_EXAMPLE = {
    "id": 301,
    "action": "post_created",
    "label": "Reply written",
    "points": 12,
    "created_at": "2026-11-22T12:19:00Z",
    "cause": {"type": "post", "id": "91"},
    "rule_set": 1,
    "why": {"base": 10, "multipliers": [{"source": "path:analyst", "basis_points": 12500}], "result": 12},
    "reverses": None,
}


class StandingSerializer(serializers.Serializer):
    """Where a member stands: the same figures as the progress bar."""

    user_id = StrictIntegerField()
    username = serializers.CharField()
    xp = StrictIntegerField(min_value=0, help_text="All XP. A negative sum is shown as 0.")
    level = serializers.IntegerField(min_value=1)
    rank_name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    level_xp = StrictIntegerField(min_value=0, help_text="XP since this level began.")
    level_span = StrictIntegerField(min_value=0, help_text="XP from this level to the next; 0 at the last level.")
    to_go = StrictIntegerField(min_value=0, help_text="XP still missing; 0 at the last level.")
    next_level = serializers.IntegerField(min_value=2, allow_null=True, help_text="Null at the last level.")
    percent = serializers.IntegerField(
        min_value=0, max_value=100, help_text="How far through the level, rounded down; 100 at the last level."
    )
    is_max = serializers.BooleanField(help_text="Whether this is the last level.")
    is_listed = serializers.BooleanField(help_text="Whether leaderboards show this member to others.")
    position = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="The place on the board, ties sharing one; for a member who is not listed, the place they would have."
        " Null without XP and beyond the first 10,000.",
    )
    last_xp_event_at = serializers.DateTimeField(allow_null=True)


class CauseSerializer(serializers.Serializer):
    """The thing behind an award."""

    type = serializers.CharField(source="cause_type", help_text="Such as `post`.")
    id = serializers.CharField(source="cause_id")


class MultiplierSerializer(serializers.Serializer):
    """Something that multiplied an award."""

    source = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    basis_points = serializers.IntegerField(help_text="10,000 is ×1.")


class WhySerializer(serializers.Serializer):
    """The arithmetic: base × all multipliers, rounded down once at the end."""

    base = StrictIntegerField()
    multipliers = MultiplierSerializer(many=True)
    result = StrictIntegerField()


class AwardSerializer(serializers.Serializer):
    """One entry of the XP log."""

    id = StrictIntegerField()
    action = serializers.CharField(source="action.name", read_only=True, default=None, allow_null=True)
    label = serializers.SerializerMethodField(help_text="What members read.")  # type: ignore[assignment] # as above
    points = StrictIntegerField(source="xp_awarded", help_text="XP; negative where an award was taken back.")
    created_at = serializers.DateTimeField()
    cause = CauseSerializer(source="*")
    rule_set = StrictIntegerField(source="rule_set_id", help_text="The version of the rules that decided.")
    why = WhySerializer()
    reverses = StrictIntegerField(
        source="reverses_id", allow_null=True, help_text="The entry that this one takes back."
    )

    def get_label(self, entry: XpLog) -> str:
        return entry.action.label if entry.action else gettext("Adjustment")


class BoardRowSerializer(serializers.Serializer):
    """One row of the leaderboard."""

    position = serializers.IntegerField(min_value=1, allow_null=True, help_text="Null beyond the first 10,000.")
    user_id = StrictIntegerField()
    username = serializers.CharField()
    xp = StrictIntegerField(min_value=1)
    level = serializers.IntegerField(min_value=1)
    rank_name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)


class LeaderboardSerializer(serializers.Serializer):
    """A page of the leaderboard, most XP first."""

    results = BoardRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end.")
    previous = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end.")
    me = StandingSerializer(allow_null=True, help_text="The caller; null when not signed in.")


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
    """Something that earns XP."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # as above
    description = serializers.CharField()
    xp = StrictIntegerField(source="default_value", min_value=0, help_text="Base XP, before multipliers.")
    cooldown_seconds = serializers.IntegerField(min_value=0, help_text="Again within this time it earns nothing.")
    is_enabled = serializers.BooleanField()


class LevelsSerializer(serializers.Serializer):
    results = LevelSerializer(many=True)


class ActionsSerializer(serializers.Serializer):
    results = ActionSerializer(many=True)


class Me(ReadView):
    scope = XP_READ

    @extend_schema(
        operation_id="xp_me",
        summary="My standing",
        responses=StandingSerializer,
        examples=[OpenApiExample("Level 5", STANDING_EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """Level, progress and position of the caller. Scope: `xp:read`."""
        return Response(StandingSerializer(_standing(cast(User, request.user))).data)


class MyLog(ReadView):
    scope = XP_READ
    query_parameters = frozenset({CURSOR_PARAMETER})

    @extend_schema(
        operation_id="xp_me_log",
        summary="My XP log",
        parameters=[CURSOR],
        responses=page_of(AwardSerializer),
        examples=[OpenApiExample("One award", {"results": [AWARD_EXAMPLE], "next": None, "previous": None})],
    )
    def get(self, request: Request) -> Response:
        """Every award of the caller with its arithmetic, newest first. Scope: `xp:read`."""
        newest_first = Keyset(XpLog.objects.of(cast(User, request.user)), order=("-id",), size=LOG_PAGE_SIZE)
        return paginated(request, newest_first, AwardSerializer)


class Leaderboard(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ
    query_parameters = frozenset({CURSOR_PARAMETER})

    @extend_schema(
        operation_id="xp_leaderboard", summary="The leaderboard", parameters=[CURSOR], responses=LeaderboardSerializer
    )
    def get(self, request: Request) -> Response:
        """Members by XP; open to everybody. `me` is the caller, where the session or the scope `xp:read` allows it."""
        page = paginated(request, XpBoard(), BoardRowSerializer)
        mine = StandingSerializer(_standing(cast(User, request.user))).data if _may_read_own_xp(request) else None
        return Response({**page.data, "me": mine})


class Levels(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(operation_id="xp_levels", summary="All levels", responses=LevelsSerializer)
    def get(self, request: Request) -> Response:
        """The curve with rank names and rewards, in one piece; open to everybody."""
        return Response(LevelsSerializer({"results": XpLevel.objects.select_related("reward")}).data)


class Actions(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(operation_id="xp_actions", summary="All actions", responses=ActionsSerializer)
    def get(self, request: Request) -> Response:
        """What earns XP, in one piece; open to everybody."""
        return Response(ActionsSerializer({"results": XpAction.objects.all()}).data)


def _standing(user: User) -> dict[str, Any]:
    mine = UserXp.objects.of(user)
    standing = rules.standing(mine.xp, xp.curve())
    return {
        **asdict(standing),
        "user_id": user.pk,
        "username": user.username,
        "percent": standing.percent,
        "is_max": standing.is_max,
        "is_listed": not user.hides_from_boards,
        "position": XpBoard().position_of(standing.xp).number,
        "last_xp_event_at": mine.last_xp_event_at,
    }


def _may_read_own_xp(request: Request) -> bool:
    if isinstance(request.auth, ApiToken):
        return XP_READ in request.auth.scopes
    return request.user.is_authenticated


urlpatterns = [
    path("me", Me.as_view(), name="api-xp-me"),
    path("me/log", MyLog.as_view(), name="api-xp-me-log"),
    path("leaderboard", Leaderboard.as_view(), name="api-xp-leaderboard"),
    path("levels", Levels.as_view(), name="api-xp-levels"),
    path("actions", Actions.as_view(), name="api-xp-actions"),
]
