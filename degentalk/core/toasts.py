"""Short messages that slide in, also on answers to HTMX."""

from collections.abc import Callable
from typing import Any, Literal

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_cotton import render_component
from django_htmx.middleware import HtmxDetails

Kind = Literal["info", "success", "error", "xp", "levelup"]

TAG = "toast"
LEVELS = {"info": messages.INFO, "error": messages.ERROR}
KINDS: dict[int, Kind] = {messages.SUCCESS: "success", messages.WARNING: "error", messages.ERROR: "error"}
HTMX_GOES_ELSEWHERE = ("HX-Redirect", "HX-Location", "HX-Refresh")


def add(request: HttpRequest, *, kind: Kind, title: str, text: str = "", **attributes: str | int | None) -> None:
    """Show a toast with the next HTML this member gets. Further attributes, such as `level`, go to the component."""
    toast = _render(request, {"kind": kind, "title": title, "text": text, **attributes})
    messages.add_message(request, LEVELS.get(kind, messages.SUCCESS), toast, extra_tags=TAG)


class ToastsOutOfBand:
    """Middleware: carries pending messages at the end of what HTMX swaps in, beside the swap itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _takes_toasts(request, response):
            toasts = _pending(request)
            frame = format_html('<div hx-swap-oob="beforeend:#toasts">{}</div>', toasts) if toasts else ""
            response.content += frame.encode(response.charset)
        return response


def _takes_toasts(request: HttpRequest, response: HttpResponse) -> bool:
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by django_htmx's middleware
    return (
        bool(details)
        and 200 <= response.status_code < 300
        and response.get("Content-Type", "").startswith("text/html")
        and not any(header in response for header in HTMX_GOES_ELSEWHERE)
    )


def _pending(request: HttpRequest) -> SafeString:
    storage = messages.get_messages(request)
    # A whole page has shown them already; reading them again would show them twice.
    if getattr(storage, "used", False):
        return SafeString("")
    return format_html_join("", "{}", ((_toast(request, message),) for message in storage))


def _toast(request: HttpRequest, message: Message) -> str:
    if TAG in (message.extra_tags or "").split():
        return message.message
    return _render(request, {"kind": KINDS.get(message.level, "info"), "title": str(message.message)})


def _render(request: HttpRequest, attributes: dict[str, Any]) -> SafeString:
    # Safe as a whole: the markup is ours and the component escapes its attributes.
    toast: SafeString = render_component(request, "toast", attributes)
    return toast
