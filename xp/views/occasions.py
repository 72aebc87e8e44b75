"""Special events: the list, one event, joining it. Joining is asked for by address, so twice is the same as once."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component

from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.core.keyset import CURSOR_PARAMETER, InvalidCursor, Keyset
from xp import events as shown
from xp import services as xp
from xp.events import EventSeen
from xp.models import SpecialEvent
from xp.toasts import earned
from xp.views.requests import HtmxRequest

PAST_PER_PAGE = 12
SEE_OTHER = 303


@require_safe
def events(request: HtmxRequest) -> HttpResponse:
    """What is on, what comes, and in pages what is over."""
    listed = SpecialEvent.objects.seen_by(request.user)
    past = Keyset[SpecialEvent](listed.over(), order=("-ends_at", "-id"), size=PAST_PER_PAGE)
    try:
        page = past.page(request.GET.get(CURSOR_PARAMETER))
    except InvalidCursor:
        return redirect("xp:events")
    facts = {"page": page, "past": shown.seen(page.items), "is_first_page": page.previous is None}
    if page.previous is None:
        facts |= {"on": shown.seen(listed.on_now()), "coming": shown.seen(listed.coming())}
    return render(request, "xp/events.html", facts)


@require_safe
def event(request: HtmxRequest, slug: str) -> HttpResponse:
    """One event, and what joining it earned me."""
    found = shown.with_outcome(_seen(request, slug), request.user)
    return render(request, "xp/event.html", {"event": found})


@require_http_methods(["GET", "HEAD", "POST"])
def join_event(request: HtmxRequest, slug: str) -> HttpResponse:
    """Take part; the answer is the changed part of the event's card where the page can take it in."""
    found, member = get_object_or_404(SpecialEvent, slug=slug), request.user
    if request.method != "POST":
        return redirect(found)
    if isinstance(member, AnonymousUser):
        return HttpResponse(status=401) if request.htmx else _see_other(redirect_to_login(found.get_absolute_url()).url)
    try:
        joined = xp.join_event(user=member, event=found)
    except MemberError as refusal:
        toasts.add(request, kind="error", title=str(refusal))
        seen = _seen(request, slug)
    else:
        if not joined.already:
            earned(request, joined.gain, why=found.name)
        seen = shown.after_joining(_seen(request, slug), joined.gain)
    if not request.htmx:
        return _see_other(seen.url)
    return HttpResponse(render_component(request, "event-join", event=seen))


def _seen(request: HtmxRequest, slug: str) -> EventSeen:
    (found,) = shown.seen([get_object_or_404(SpecialEvent.objects.seen_by(request.user), slug=slug)])
    return found


def _see_other(url: str) -> HttpResponse:
    """Read there what came of it: a reload of the answer sends no form again."""
    response = redirect(url)
    response.status_code = SEE_OTHER
    return response
