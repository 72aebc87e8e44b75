"""Choosing a path: the first at once, another after reading what that means. Asked for twice is the same as once."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_cotton import render_component

from degentalk.accounts.answers import HtmxRequest, see_other, signed_out
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.clock import database_time
from degentalk.core.errors import MemberError
from degentalk.core.templatetags.degen import moment
from paths import services as paths
from paths.models import PathChoice, XpPath
from paths.presentation import State, change_to
from paths.services import Chosen


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HtmxRequest, path_id: str) -> HttpResponse:
    """What choosing this path means; then do it. Both lead back to the page of all paths."""
    member, every = request.user, reverse("pages:paths")
    if isinstance(member, AnonymousUser):
        return signed_out(request, every)
    if request.method == "POST":
        _choose(request, member, path_id)
        return see_other(every)
    found = get_object_or_404(XpPath, pk=path_id)
    change = change_to(member, found)
    match change.to.state:
        case State.PRIMARY:
            return redirect(every)
        case State.PAUSED:
            raise Http404
    if request.htmx:
        return HttpResponse(render_component(request, "path-confirm", change=change, swaps="#paths"))
    return render(request, "paths/choose.html", {"change": change})


def _choose(request: HtmxRequest, member: User, path_id: str) -> None:
    try:
        chosen = paths.choose_primary(user=member, path_id=path_id, use_token="use_token" in request.POST)
    except MemberError as refusal:
        toasts.add(request, kind="error", title=str(refusal))
        return
    if chosen.changed:  # sent twice, it is told once
        title = _("Your path is %(path)s now") % {"path": chosen.path.name}
        toasts.add(request, kind="success", title=title, text=_next(chosen))


def _next(chosen: Chosen) -> str:
    again = ""
    if chosen.again_at > database_time():
        again = _("You can switch again from %(when)s.") % {"when": moment(chosen.again_at)}
    used = _("One path switch is used up.") if chosen.how == PathChoice.How.TOKEN else ""
    return " ".join(words for words in (used, again) if words)
