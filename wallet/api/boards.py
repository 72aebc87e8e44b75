"""The DGT boards."""

from typing import cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.accounts.boards import AROUND, AROUND_PARAMETER, Centre, Place, PlaceSerializer, asks_around
from degentalk.accounts.models import User
from degentalk.accounts.permissions import has_scope
from degentalk.core.api import ReadView
from degentalk.core.errors import Refused
from degentalk.core.fields import StrictIntegerField
from degentalk.core.keyset import CURSOR, CURSOR_PARAMETER, paginated
from degentalk.core.problems import CONTENT_TYPE
from wallet.boards import BALANCE, KINDS, BoardKind, DgtBoard, place_of
from wallet.models import DgtBoardRefresh

WALLET_READ = "wallet:read"
TYPE_PARAMETER = "type"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
TYPE = OpenApiParameter(
    TYPE_PARAMETER,
    str,
    enum=list(KINDS),
    description="What counts: the `balance` (also without it), DGT `earned` or DGT `spent` in a lifetime.",
)
ROW_EXAMPLE = {
    "position": 12,
    "position_is_exact": True,
    "is_tied": False,
    "user_id": 7,
    "username": "alice",
    "dgt": 240,
}
BOARD_EXAMPLE = {
    "results": [ROW_EXAMPLE],
    "next": None,
    "previous": None,
    "type": "balance",
    "refreshed_at": "2026-11-22T12:19:00Z",
    "me": ROW_EXAMPLE | {"behind": 25, "is_listed": True},
}
POSITION = "Members with as much share it. Null beyond the first 10,000."


class DgtRowSerializer(PlaceSerializer):
    """One row of a DGT board."""

    position = serializers.IntegerField(min_value=1, allow_null=True, help_text=POSITION)
    position_is_exact = serializers.BooleanField(help_text="False where the position is null.")
    dgt = StrictIntegerField(source="figure", min_value=1, help_text="Of the board's type, at its last refresh.")


class OwnDgtPlaceSerializer(DgtRowSerializer):
    """The caller's own place on the same board, also where it is not listed."""

    position = serializers.IntegerField(
        min_value=1,
        allow_null=True,
        help_text="For a member who is not listed the place they would have. Null without DGT of the type, and beyond"
        " the first 10,000.",
    )
    dgt = StrictIntegerField(source="figure", min_value=0, help_text="Of the board's type, at its last refresh.")
    behind = StrictIntegerField(
        min_value=1, allow_null=True, help_text="DGT that the nearest member ahead has more; null at the top."
    )
    is_listed = serializers.BooleanField(help_text="Whether DGT boards show the caller to others.")


class DgtLeaderboardSerializer(serializers.Serializer):
    """A page of a DGT board, most first."""

    results = DgtRowSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the end.")
    previous = serializers.CharField(allow_null=True, help_text="A relative reference, or null at the start.")
    type = serializers.ChoiceField(choices=list(KINDS))
    refreshed_at = serializers.DateTimeField(
        allow_null=True, help_text="As of when the figures are: half a minute ago, as a rule. Null before the first."
    )
    me = OwnDgtPlaceSerializer(allow_null=True, help_text="The caller; null when not signed in.")


class Leaderboard(ReadView):
    permission_classes = [AllowAny]
    scope = WALLET_READ
    query_parameters = frozenset({CURSOR_PARAMETER, TYPE_PARAMETER, AROUND_PARAMETER})

    @extend_schema(
        operation_id="wallet_leaderboard",
        summary="The DGT boards",
        parameters=[TYPE, AROUND, CURSOR],
        responses={
            200: DgtLeaderboardSerializer,
            (422, CONTENT_TYPE): OpenApiResponse(
                PROBLEM, description="`around=me`, but the caller is not on this board."
            ),
        },
        examples=[OpenApiExample("Balances", BOARD_EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        """Members by DGT, open to everybody; `around=me` and `me` need a session or the scope `wallet:read`.

        Who hides from leaderboards, hides the balance or is suspended leaves these boards at once.
        """
        around = asks_around(request, WALLET_READ)
        kind = _kind(request)
        mine = place_of(cast(User, request.user), kind) if has_scope(request, WALLET_READ) else None
        board = DgtBoard(kind, around=_row_of(mine) if around and mine else None)
        page = paginated(request, board, DgtRowSerializer)
        own = OwnDgtPlaceSerializer(mine).data if mine else None
        moment = DgtBoardRefresh.objects.moment()
        return Response({**page.data, "type": kind.name, "refreshed_at": moment, "me": own})


def _kind(request: Request) -> BoardKind:
    name = request.query_params.get(TYPE_PARAMETER)
    if name is not None and name not in KINDS:
        raise ValidationError({TYPE_PARAMETER: [_("There is no such board. Choose one of balance, earned and spent.")]})
    return KINDS[name] if name else BALANCE


def _row_of(mine: Place) -> Centre:
    if not mine.is_listed:
        raise Refused(_("Your settings leave you out of the DGT boards, so there is no page around you."))
    if not mine.figure:
        raise Refused(_("You have no DGT on this board yet, so there is no page around you."))
    return mine.figure, mine.user_id
