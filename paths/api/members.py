"""One's own paths, choosing among them, and what everybody may see of a member's."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core.api import ReadView, StrictSerializer
from degentalk.core.fields import StrictBooleanField
from paths import services as paths
from paths.api.shared import (
    PATHS_CHOOSE,
    PROGRESS_EXAMPLE,
    XP_READ,
    ProgressSerializer,
    path_or_404,
    progress_facts,
)
from paths.models import UserPath
from paths.presentation import rules_of
from paths.rules.progress import progress

MINE_EXAMPLE = {"primary": PROGRESS_EXAMPLE, "can_switch_at": "2026-12-22T12:00:00Z", "switch_tokens": 1}


class PrimarySerializer(serializers.Serializer[object]):
    """The primary path, and when another may be chosen."""

    primary = ProgressSerializer(allow_null=True, help_text="Null before the first choice, which is free.")
    can_switch_at = serializers.DateTimeField(
        allow_null=True, help_text="When another path may be chosen without a token; null: now."
    )
    switch_tokens = serializers.IntegerField(min_value=0, help_text="Switches without waiting that the caller has.")


class MyPathsSerializer(PrimarySerializer):
    """Everything about the caller's paths."""

    results = ProgressSerializer(many=True, help_text="Every path ever chosen; the primary one first, then by XP.")


class ChooseSerializer(StrictSerializer):
    """How to choose."""

    use_token = StrictBooleanField(
        default=False, help_text="Use up a switch token if the cooldown is not over. One that is not needed is kept."
    )


class ChosenSerializer(PrimarySerializer):
    """What the choice did."""

    changed = serializers.BooleanField(help_text="False where it was the primary path already.")


class MyPaths(ReadView):
    scope = XP_READ

    @extend_schema(
        operation_id="paths_me",
        summary="My paths",
        responses=MyPathsSerializer,
        examples=[OpenApiExample("Two paths", MINE_EXAMPLE | {"results": [PROGRESS_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """How far the caller is in every path they ever chose. Scope: `xp:read`."""
        standing = paths.standing_of(cast(User, request.user))
        results = [facts_of(row) for row in standing.rows]
        return Response(MyPathsSerializer(_mine(standing) | {"results": results}).data)


class MyPrimary(ReadView):
    scope = XP_READ

    @extend_schema(
        operation_id="paths_me_primary",
        summary="My primary path",
        responses=PrimarySerializer,
        examples=[OpenApiExample("An analyst", MINE_EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        """The path that multiplies and collects the caller's XP. Scope: `xp:read`."""
        return Response(PrimarySerializer(_mine(paths.standing_of(cast(User, request.user)))).data)


class ChoosePrimary(APIView):
    scope = PATHS_CHOOSE

    @extend_schema(
        operation_id="paths_choose",
        summary="Choose my primary path",
        request=ChooseSerializer,
        responses={200: OpenApiResponse(ChosenSerializer, description="It is the primary path.")},
        examples=[
            OpenApiExample("With a token", {"use_token": True}, request_only=True),
            OpenApiExample("Chosen", MINE_EXAMPLE | {"changed": True}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request, path_id: str) -> Response:
        """Make a path the primary one. The first choice is free; another waits for the cooldown (409
        `switch-too-soon`) or uses a token. Sent again it changes nothing, so it needs no key. Scope: `paths:choose`.
        """
        body = ChooseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller, wanted = cast(User, request.user), cast(dict[str, Any], body.validated_data)
        chosen = paths.choose_primary(user=caller, path_id=path_id, use_token=wanted["use_token"])
        return Response(ChosenSerializer(_mine(paths.standing_of(caller)) | {"changed": chosen.changed}).data)


class MemberPath(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="paths_user",
        summary="A member's progress in a path",
        responses=ProgressSerializer,
        examples=[OpenApiExample("Level 3", PROGRESS_EXAMPLE)],
    )
    def get(self, request: Request, user_id: int, path_id: str) -> Response:
        """What the member's profile shows; open to everybody. Who never chose the path is at its first level.

        Suspended members are not found.
        """
        if not User.objects.filter(pk=user_id, is_active=True).exists():
            raise NotFound(_("There is no such member."))
        path = path_or_404(path_id)
        row = UserPath.objects.filter(user_id=user_id, path=path).first() or UserPath(path=path)
        stands = progress(rules_of(path), row.path_xp)
        return Response(ProgressSerializer(progress_facts(path, stands, is_primary=row.primary_path)).data)


def _mine(standing: paths.PathStanding) -> dict[str, Any]:
    return {
        "primary": facts_of(standing.primary) if standing.primary else None,
        "can_switch_at": standing.again_at,
        "switch_tokens": standing.tokens,
    }


def facts_of(row: UserPath) -> dict[str, object]:
    """What ProgressSerializer says of a member's path."""
    return progress_facts(row.path, progress(rules_of(row.path), row.path_xp), is_primary=row.primary_path)
