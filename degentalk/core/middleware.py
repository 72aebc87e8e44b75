"""Middleware without a domain."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from degentalk.core.idempotency import is_busy


class ForEveryone:
    """Pages of PATHS_FOR_EVERYONE come without cookies: no session is read, and what caches keep is nobody's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in settings.PATHS_FOR_EVERYONE:
            return self.get_response(request)
        request.COOKIES = {}
        response = self.get_response(request)
        response.headers.pop("Vary", None)  # whoever asks, in whatever language: the answer is the same
        return response


class BusyPages:
    """Whoever waits for others too long is told so in a page, with 409: nothing was done, and nothing is broken.

    The API says it as a problem document.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Django calls it with what a view raised. None leaves it to others."""
        return render(request, "409.html", status=HTTPStatus.CONFLICT) if is_busy(exception) else None


class NoStoreForMembers:
    """What a signed-in member sees, balances among it, is kept in no cache (MONEY.md W16)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(settings.STATIC_URL) and request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response
