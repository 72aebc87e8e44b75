"""What several routes of paths say in the same way."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from degentalk.core.fields import StrictIntegerField
from paths.models import XpPath
from paths.rules.progress import PathProgress

XP_READ = "xp:read"
PATHS_CHOOSE = "paths:choose"

PROGRESS_EXAMPLE = {
    "path": "analyst",
    "name": "Analyst",
    "is_primary": True,
    "is_active": True,
    "path_xp": 480,
    "path_level": 3,
    "title": "Pattern spotter",
    "level_xp": 180,
    "level_span": 400,
    "to_go": 220,
    "next_level": 4,
    "next_title": "Trend follower",
    "is_max": False,
}


class ProgressSerializer(serializers.Serializer[object]):
    """How far a member is in a path."""

    path = serializers.CharField(help_text="The path's id.")
    name = serializers.CharField()
    is_primary = serializers.BooleanField(help_text="Whether it multiplies and collects the member's XP.")
    is_active = serializers.BooleanField(help_text="A paused path keeps progress, and multiplies and collects nothing.")
    path_xp = StrictIntegerField(min_value=0, help_text="XP collected in it. A negative sum is shown as 0.")
    path_level = serializers.IntegerField(min_value=1)
    title = serializers.CharField(help_text="The rank title of that level.")
    level_xp = StrictIntegerField(min_value=0, help_text="Path XP since this level began.")
    level_span = StrictIntegerField(min_value=0, help_text="From this level to the next; 0 at the last.")
    to_go = StrictIntegerField(min_value=0, help_text="XP still missing; 0 at the last.")
    next_level = serializers.IntegerField(min_value=2, allow_null=True, help_text="Null at the last level.")
    next_title = serializers.CharField(allow_blank=True)
    is_max = serializers.BooleanField()


def progress_facts(path: XpPath, progress: PathProgress, *, is_primary: bool) -> dict[str, object]:
    """What ProgressSerializer says of a member's progress in a path."""
    return {
        "path": path.pk,
        "name": path.name,
        "is_primary": is_primary,
        "is_active": path.is_active,
        "path_xp": progress.xp,
        "path_level": progress.level,
        "title": progress.title,
        "level_xp": progress.level_xp,
        "level_span": progress.level_span,
        "to_go": progress.to_go,
        "next_level": progress.next_level,
        "next_title": progress.next_title,
        "is_max": progress.is_max,
    }


def path_or_404(path_id: str) -> XpPath:
    """A path, paused ones too. Raises Http404."""
    found: XpPath = get_object_or_404(XpPath, pk=path_id)
    return found
