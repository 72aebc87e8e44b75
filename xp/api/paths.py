"""A member's XP and paths at a glance: mounted among the paths, but it tells their XP too."""

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from degentalk.core.api import ReadView
from paths.api.members import facts_of
from paths.api.shared import PROGRESS_EXAMPLE, ProgressSerializer
from paths.models import UserPath
from xp.api.members import MEMBER_EXAMPLE, MemberSerializer, profile_of
from xp.api.shared import XP_READ


class SummarySerializer(MemberSerializer):
    """What a profile shows of a member, with their paths."""

    primary = ProgressSerializer(allow_null=True, help_text="Null before the first choice.")
    paths = ProgressSerializer(many=True, help_text="Every path ever chosen; the primary one first, then by XP.")


class Summary(ReadView):
    permission_classes = [AllowAny]
    scope = XP_READ

    @extend_schema(
        operation_id="paths_user_summary",
        summary="A member's XP and paths",
        responses=SummarySerializer,
        examples=[
            OpenApiExample("An analyst", MEMBER_EXAMPLE | {"primary": PROGRESS_EXAMPLE, "paths": [PROGRESS_EXAMPLE]})
        ],
    )
    def get(self, request: Request, user_id: int) -> Response:
        """What `/api/xp/users/…` tells, with the member's paths; open to everybody, under the same conditions."""
        profile = profile_of(request, user_id)
        rows = UserPath.objects.filter(user_id=user_id).select_related("path")
        found = [facts_of(row) for row in rows.order_by("-primary_path", "-path_xp", "path_id")]
        primary = next((facts for facts in found if facts["is_primary"]), None)
        return Response(SummarySerializer(profile | {"primary": primary, "paths": found}).data)


urlpatterns = [path("paths/user/<int:user_id>/summary", Summary.as_view(), name="api-paths-summary")]
