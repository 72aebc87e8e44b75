"""The like button. The address says which of the two is wanted, so pressing it twice is the same as once."""

from typing import Protocol

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods
from django_cotton import render_component

from degentalk.accounts.answers import HtmxRequest, see_other, signed_out
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from degentalk.forum.models import Post
from degentalk.forum.services import Liked
from degentalk.forum.views.finding import is_closed_to, post_of, removed


class Verb(Protocol):
    """Like, or unlike."""

    def __call__(self, *, member: User, post: Post) -> Liked: ...


@require_http_methods(["GET", "HEAD", "POST"])
def like(request: HtmxRequest, post_id: int) -> HttpResponse:
    """Like a post."""
    return _answer(request, post_id, forum.like)


@require_http_methods(["GET", "HEAD", "POST"])
def unlike(request: HtmxRequest, post_id: int) -> HttpResponse:
    """Take a like back."""
    return _answer(request, post_id, forum.unlike)


def _answer(request: HtmxRequest, post_id: int, verb: Verb) -> HttpResponse:
    found, member = post_of(post_id, viewer=request.user), request.user
    if is_closed_to(member, found.thread):
        return removed(request, found.thread)
    if request.method != "POST":
        return redirect(found)
    if isinstance(member, AnonymousUser):
        return signed_out(request, found.get_absolute_url())
    try:
        verb(member=member, post=found)
    except MemberError as refusal:
        toasts.add(request, kind="error", title=str(refusal))
    if not request.htmx:
        return see_other(found.get_absolute_url())
    return HttpResponse(render_component(request, "like-button", {"post": post_of(post_id, viewer=member)}))
