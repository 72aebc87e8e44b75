"""Paths for staff."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.models import User
from degentalk.core.api import StrictSerializer
from degentalk.core.fields import StrictBooleanField, StrictIntegerField, StrictTextField
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from paths import rules, sections
from paths.api.catalogue import PATH_EXAMPLE, PathSerializer
from paths.models import Colour, XpPath
from paths.services.tuning import save_path

NEEDED = ("name", "tagline", "icon", "color", "levels")
"""Of a path that does not exist yet."""


class LevelInputSerializer(StrictSerializer):
    """One level of the curve."""

    level = StrictIntegerField(min_value=1)
    xp_required = StrictIntegerField(min_value=0)
    title = StrictTextField(max_length=60)


class PathInputSerializer(StrictSerializer):
    """A path to make, or what to change of one; what is not named stays as it is."""

    id = serializers.RegexField(r"\A[a-z][a-z0-9-]{1,49}\Z", help_text="Lower-case letters, digits and hyphens.")
    name = StrictTextField(max_length=100, required=False)
    tagline = StrictTextField(max_length=120, required=False)
    description = StrictTextField(required=False, allow_blank=True)
    icon = StrictTextField(max_length=50, required=False)
    color = serializers.ChoiceField(choices=Colour.choices, required=False)
    is_active = StrictBooleanField(required=False)
    position = StrictIntegerField(min_value=0, max_value=32_767, required=False)
    multipliers = serializers.JSONField(
        source="xp_multipliers", required=False, help_text="Basis points by action, from 5,000 to 30,000."
    )
    levels = LevelInputSerializer(many=True, required=False, help_text="The whole curve, from level 1 at 0 XP.")
    reason = StrictTextField(max_length=500, help_text="Why; it is kept with the new rule set.")

    def validate_id(self, value: str) -> str:
        if value in rules.RESERVED:
            raise serializers.ValidationError(_("The API's addresses use this word."))
        return value

    def validate_multipliers(self, value: Any) -> Any:
        try:
            sections.validate_multipliers(
                str(self.initial_data.get("id")), value, rulebook.current().rules["xp"]["actions"]
            )
        except RuleError as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return value

    def validate_levels(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = sorted([row["level"], row["xp_required"], row["title"]] for row in value)
        try:
            sections.validate_levels(str(self.initial_data.get("id")), rows)
        except RuleError as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not XpPath.objects.filter(pk=attrs["id"]).exists():
            missing = {name: [_("A new path needs this.")] for name in NEEDED if name not in attrs}
            if missing:
                raise serializers.ValidationError(missing)
        return attrs


class StaffPaths(APIView):
    @extend_schema(
        operation_id="admin_paths",
        summary="Make or change a path",
        request=PathInputSerializer,
        responses={
            200: OpenApiResponse(PathSerializer, description="Changed."),
            201: OpenApiResponse(PathSerializer, description="Made."),
        },
        examples=[
            OpenApiExample(
                "More for replies",
                {"id": "debater", "multipliers": {"post_created": 14000}, "reason": "Too weak"},
                request_only=True,
            ),
            OpenApiExample("The path", PATH_EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """For staff who may change paths, by session. A new rule set is in force with the answer. Sent again it changes
        nothing more.
        """
        staff = cast(User, request.user)
        if not staff.has_perms(["paths.add_xppath", "paths.change_xppath"]):
            raise PermissionDenied
        body = PathInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        path, is_new = save_path(
            path_id=given.pop("id"), reason=given.pop("reason"), levels=given.pop("levels", None), fields=given,
            actor=staff,
        )  # fmt: skip
        found = XpPath.objects.prefetch_related("levels").get(pk=path.pk)
        return Response(PathSerializer(found).data, status=201 if is_new else 200)
