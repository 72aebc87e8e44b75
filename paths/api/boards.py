"""The boards of paths."""

from typing import cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.boards import AROUND, AROUND_PARAMETER, Centre, PlaceSerializer, asks_around
from degentalk.accounts.models import User
from degentalk.accounts.permissions import has_scope
from degentalk.core.api import ReadView
from degentalk.core.errors import Refused
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, paginated
from degentalk.core.problems import CONTENT_TYPE
from paths.api.shared import XP_READ, path_or_404
from paths.boards import PathBoard
from paths.presentation import PathPlace, place_of

PROBLEM = {"$ref": "#/components/schemas/Problem"}
ROW_EXAMPLE = {
    "position": 12,
    "position_is_exact": True,
    "is_tied": False,
    "user_id": 7,
    "username": "alice",
    "path_xp": 480,
    "path_level": 3,
    "title": "Pattern spotter",
}
BOARD_EXAMPLE = {
    "results": [ROW_EXAMPLE | {"primary_path": True}],
    "next": None,
    "previous": None,
    "me": ROW_EXAMPLE | {"behind": 25, "is_listed": True},
}


class PathPlaceSerializer(PlaceSerializer):
    """A place on the board of a path."""

    position = serializers.IntegerField(
        min_value=1, allow_null=True, help_text="Null without XP in the path, and beyond the first 10,000."
    )
    path_level = serializers.IntegerField(min_value=1)
    title = serializers.CharField()


class PathRowSerializer(PathPlaceSerializer):
    """One row: members with the same XP share a position, and the next one counts them all."""

    path_xp = StrictIntegerField(min_value=1)
    primary_path = serializers.BooleanField(help_text="Whether it is the member's primary path now.")


class OwnPathPlaceSerializer(PathPlaceSerializer):
    """The caller's own place on the same board, also where it is not listed."""

    path_xp = StrictIntegerField(min_value=0, source="figure")
    behind = StrictIntegerField(
        min_value=1, allow_null=True, help_text="XP that the nearest member ahead has more; null at the top."
    )
    is_listed = serializers.BooleanField(help_text="Whether leaderboards show the caller to others.")


class PathLeaderboardSerializer(serializers.Serializer[object]):
    """A page of a path's board, most XP first."""

    results = PathRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end.")
    previous = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the start.")
    me = OwnPathPlaceSerializer(allow_null=True, help_text="The caller; null when not signed in.")


class Leaderboard(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ
    query_parameters = frozenset({CURSOR_PARAMETER, AROUND_PARAMETER})

    @extend_schema(
        operation_id="path_leaderboard",
        summary="The board of a path",
        parameters=[AROUND, CURSOR],
        responses={
            200: PathLeaderboardSerializer,
            (422, CONTENT_TYPE): OpenApiResponse(
                PROBLEM, description="`around=me`, but the caller is not on this board."
            ),
        },
        examples=[OpenApiExample("A board", BOARD_EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, path_id: str) -> Response:
        """Members by the XP they collected in the path, whichever path is their primary one now; open to everybody.

        `around=me` and `me` need a session or the scope `xp:read`. Who hides from leaderboards is on none.
        """
        around = asks_around(request, XP_READ)
        path = path_or_404(path_id)
        mine = place_of(cast(User, request.user), path) if has_scope(request, XP_READ) else None
        board = PathBoard(path, around=_row_of(mine) if around and mine else None)
        page = paginated(request, board, PathRowSerializer)
        return Response({**page.data, "me": OwnPathPlaceSerializer(mine).data if mine else None})


def _row_of(mine: PathPlace) -> Centre:
    if not mine.is_listed:
        raise Refused(_("Your settings leave you out of leaderboards, so there is no page around you."))
    if not mine.figure:
        raise Refused(_("You have no XP in this path yet, so there is no page around you."))
    return mine.figure, mine.user_id
