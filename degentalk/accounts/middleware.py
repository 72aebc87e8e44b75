"""Pages speak in the member's time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from degentalk.accounts import time_zones


class MemberTimeZone:
    """Activates the signed-in member's time zone. The API answers in UTC, whoever asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = None if request.path_info.startswith("/api/") else _zone_of(request)
        with timezone.override(zone):
            return self.get_response(request)


def _zone_of(request: HttpRequest) -> ZoneInfo | None:
    return time_zones.zone(request.user.time_zone) if request.user.is_authenticated else None
