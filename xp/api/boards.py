"""The leaderboards."""

from typing import cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.boards import AROUND, AROUND_PARAMETER, Centre, asks_around
from degentalk.accounts.models import User
from degentalk.accounts.permissions import has_scope
from degentalk.core.api import ReadView
from degentalk.core.errors import Refused
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, paginated
from degentalk.core.problems import CONTENT_TYPE
from xp.api.shared import XP_READ, XpPlaceSerializer
from xp.boards import XpBoard, span_named
from xp.models import UserXp
from xp.presentation import XpPlace, place_of
from xp.rules import SPANS, Span

PROBLEM = {"$ref": "#/components/schemas/Problem"}
PERIOD = OpenApiParameter(
    "period",
    str,
    enum=SPANS,
    description="What counts: `all` XP ever earned, or that of the running UTC `month`, `week` (from Monday) or `day`.",
)
ROW_EXAMPLE = {
    "position": 12,
    "position_is_exact": True,
    "is_tied": True,
    "user_id": 7,
    "username": "alice",
    "xp": 560,
    "level": 5,
    "rank_name": "Shrimp",
    "tier": "shrimp",
}
BOARD_EXAMPLE = {
    "results": [ROW_EXAMPLE],
    "next": None,
    "previous": None,
    "period": {"name": "week", "starts_at": "2026-11-16T00:00:00Z", "ends_at": "2026-11-23T00:00:00Z"},
    "me": ROW_EXAMPLE | {"behind": 25, "is_listed": True},
}


class BoardRowSerializer(XpPlaceSerializer):
    """One row of a leaderboard. Members with the same XP share a position, and the next one counts them all."""

    position = serializers.IntegerField(
        min_value=1, allow_null=True, help_text="Null beyond the first 10,000 of a month, week or day."
    )
    xp = StrictIntegerField(min_value=1, help_text="Of the period.")


class OwnPlaceSerializer(XpPlaceSerializer):
    """The caller's own place on the same board, also where it is not listed."""

    position = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="For a member who is not listed the place they would have. Null without XP of the period, and beyond"
        " the first 10,000 of a month, week or day.",
    )
    xp = StrictIntegerField(min_value=0, help_text="Of the period.")
    behind = StrictIntegerField(
        min_value=1, allow_null=True, help_text="XP that the nearest member ahead has more; null at the top."
    )
    is_listed = serializers.BooleanField(help_text="Whether leaderboards show the caller to others.")


class PeriodSerializer(serializers.Serializer):
    """What the board counts."""

    name = serializers.ChoiceField(choices=SPANS)
    starts_at = serializers.DateTimeField(allow_null=True, help_text="The first instant of it; null for all time.")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="The first instant after it; null for all time.")


class LeaderboardSerializer(serializers.Serializer):
    """A page of a leaderboard, most XP first."""

    results = BoardRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end.")
    previous = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the start.")
    period = PeriodSerializer()
    me = OwnPlaceSerializer(allow_null=True, help_text="The caller; null when not signed in.")


class Leaderboard(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ
    query_parameters = frozenset({CURSOR_PARAMETER, "period", AROUND_PARAMETER})

    @extend_schema(
        operation_id="xp_leaderboard",
        summary="The leaderboards",
        parameters=[PERIOD, AROUND, CURSOR],
        responses={
            200: LeaderboardSerializer,
            (422, CONTENT_TYPE): OpenApiResponse(
                PROBLEM, description="`around=me`, but the caller is not on this board."
            ),
        },
        examples=[OpenApiExample("The week", BOARD_EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        """Members by XP; open to everybody, but `around=me` needs a session or the scope `xp:read`, and so does `me`.

        Points that were taken back are in no period. Members who hide from leaderboards are on none, and keep earning.
        """
        around = asks_around(request, XP_READ)
        span = span_named(request.query_params.get("period"))
        mine = _own_place(request, span)
        board = XpBoard(span, around=_row_of(mine) if around and mine else None)
        page = paginated(request, board, BoardRowSerializer)
        own = OwnPlaceSerializer(mine).data if mine else None
        return Response({**page.data, "period": PeriodSerializer(span).data, "me": own})


def _own_place(request: Request, span: Span) -> XpPlace | None:
    if not has_scope(request, XP_READ):
        return None
    user = cast(User, request.user)
    return place_of(user, UserXp.objects.of(user), span)


def _row_of(mine: XpPlace) -> Centre:
    if not mine.is_listed:
        raise Refused(_("Your settings leave you out of leaderboards, so there is no page around you."))
    if not mine.xp:
        raise Refused(_("You have no XP on this board yet, so there is no page around you."))
    return mine.xp, mine.user_id
