"""The paths there are: rules that everybody may read."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.core.api import ReadView
from degentalk.core.fields import StrictIntegerField
from paths.api.shared import XP_READ, path_or_404
from paths.models import Colour, XpPath

PATH_EXAMPLE = {
    "id": "analyst",
    "name": "Analyst",
    "tagline": "Opens threads that others come to discuss.",
    "description": "You read charts, filings and chains so that others need not.",
    "icon": "chart-candlestick",
    "color": "sapphire",
    "is_active": True,
    "multipliers": {"thread_created": 15000, "like_received": 12500, "post_created": 9000},
    "levels": [{"level": 1, "xp_required": 0, "title": "Chart reader"}],
}


class PathLevelSerializer(serializers.Serializer[object]):
    """One level of a path's own curve."""

    level = serializers.IntegerField(min_value=1)
    xp_required = StrictIntegerField(min_value=0, help_text="XP collected in the path.")
    title = serializers.CharField()


class PathSerializer(serializers.Serializer[XpPath]):
    """A specialisation."""

    id = serializers.CharField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    color = serializers.ChoiceField(choices=Colour.choices)
    is_active = serializers.BooleanField(help_text="A paused path cannot be chosen, and multiplies nothing.")
    multipliers = serializers.DictField(
        source="xp_multipliers",
        child=serializers.IntegerField(),
        help_text="Basis points by action: 15,000 is one and a half times. Other actions count once.",
    )
    levels = PathLevelSerializer(many=True)


class PathsSerializer(serializers.Serializer[object]):
    results = PathSerializer(many=True)


class Paths(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="paths",
        summary="All paths",
        responses=PathsSerializer,
        examples=[OpenApiExample("One of them", {"results": [PATH_EXAMPLE]})],
    )
    def get(self, request: Request) -> Response:
        """Every path with its curve and titles, in one piece; open to everybody."""
        return Response(PathsSerializer({"results": XpPath.objects.shown().prefetch_related("levels")}).data)


class OnePath(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="path",
        summary="A path",
        responses=PathSerializer,
        examples=[OpenApiExample("The analyst", PATH_EXAMPLE)],
    )
    def get(self, request: Request, path_id: str) -> Response:
        """One path with its curve and titles; open to everybody."""
        return Response(PathSerializer(path_or_404(path_id)).data)
