"""One post: where it stands, and what its author does with it."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component

from degentalk.accounts.answers import Fact, HtmxRequest, once, see_other, signed_out, status_of, whole
from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from degentalk.forum.errors import TextChanged
from degentalk.forum.forms import EditForm
from degentalk.forum.models import Post
from degentalk.forum.views.finding import is_closed_to, post_of, removed


@require_safe
def post(request: HtmxRequest, post_id: int) -> HttpResponse:
    """The short address of a post: leads to its place in the thread. HTMX gets the post alone."""
    found = post_of(post_id, viewer=request.user)
    if is_closed_to(request.user, found.thread):
        return removed(request, found.thread)
    return _component(request, found) if request.htmx else redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HtmxRequest, post_id: int) -> HttpResponse:
    """Give an own post another text. Others' posts are not found."""
    found, author = post_of(post_id, viewer=request.user), request.user
    if isinstance(author, AnonymousUser):
        return signed_out(request, found.get_absolute_url())
    if not found.seen.is_own:
        raise Http404
    if request.method != "POST" and (refusal := _refusal(found, author)):
        toasts.add(request, kind="error", title=refusal)
        return _component(request, found) if request.htmx else redirect(found)
    form = EditForm.of(found, _submitted(request))
    if not form.is_valid():
        return _edit_again(request, found, form)
    edited = once(author, form, "forum:edit", {"post": found.pk}, lambda: _edit(author, found, form))
    if edited is None:
        return _edit_again(request, post_of(post_id, viewer=author), form)
    toasts.add(request, kind="success", title=_("Saved"))
    found = post_of(post_id, viewer=author)
    return _component(request, found) if request.htmx else see_other(found.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: MemberRequest, post_id: int) -> HttpResponse:
    """Ask, then delete an own post. Doing it twice is the same as once, so the form needs no key."""
    found = post_of(post_id, viewer=request.user)
    if not found.seen.is_own:
        raise Http404
    if request.method != "POST":
        return _ask(request, found, refusal=_refusal(found, request.user, deletes=True))
    try:
        deleted = forum.delete_post(post=found, author=request.user)
    except MemberError as refusal:
        return _ask(request, found, refusal=str(refusal))
    _toast_deleted(request, deleted.points)
    return see_other(reverse("forum:threads") if found.opens_thread else found.get_absolute_url())


# ── Editing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _edit(author: User, found: Post, form: EditForm) -> Fact:
    body, revision = form.cleaned_data["body"], form.cleaned_data["revision"]
    return {"post": forum.edit_post(post=found, author=author, body=body, revision=revision).pk}


def _edit_again(request: HtmxRequest, found: Post, form: EditForm) -> HttpResponse:
    context: dict[str, object] = {"post": found, "form": form}
    if form.refused_code == TextChanged.code:
        form.renew_revision(found)
        context["newer"] = found.html
    if request.htmx:
        return HttpResponse(render_component(request, "edit-form", context), status=status_of(form))
    return render(request, "forum/edit.html", context, status=status_of(form))


def _component(request: HtmxRequest, found: Post) -> HttpResponse:
    return HttpResponse(render_component(request, "post", {"post": found}))


# ── Deleting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ask(request: HttpRequest, found: Post, *, refusal: str) -> HttpResponse:
    """The page that asks; where the answer is known to be no, the page that says so."""
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/delete.html", {"post": found, "refusal": refusal}, status=status)


def _toast_deleted(request: HttpRequest, points: int) -> None:
    words = ngettext("%(points)s XP went with it.", "%(points)s XP went with it.", points)
    toasts.add(request, kind="success", title=_("Deleted"), text=words % {"points": whole(points)} if points else "")


def _refusal(found: Post, author: User, *, deletes: bool = False) -> str:
    """Why this post stays as it is; empty if it may be changed."""
    try:
        (forum.refuse_deletion if deletes else forum.refuse_edit)(post=found, author=author)
    except MemberError as refusal:
        return str(refusal)
    return ""


def _submitted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
