"""Who tipped a post how much, for everybody who may read the post; and undoing one tip, for staff."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component

from degentalk.accounts.answers import Fact, HtmxRequest, once, see_other, status_of, whole
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.keyset import CURSOR_PARAMETER, InvalidCursor, Keyset
from degentalk.forum import services as forum
from degentalk.forum.forms import UndoTipForm
from degentalk.forum.models import Tip
from degentalk.forum.permissions import may_undo_tips
from degentalk.forum.views.finding import is_closed_to, post_of, removed
from degentalk.forum.views.moderation import ModeratorRequest, moderators_only

TIPS_PER_PAGE = 25


@require_safe
def tips(request: HtmxRequest, post_id: int) -> HttpResponse:
    """The tips of a post, the newest first, also those undone. HTMX gets what the post itself shows of them."""
    found = post_of(post_id, viewer=request.user)
    if is_closed_to(request.user, found.thread):
        return removed(request, found.thread)
    if not found.seen.shows_text:
        raise Http404
    if request.htmx:
        return HttpResponse(render_component(request, "post-tips", {"post": found}))
    try:
        page = Keyset(found.tips.with_names(), order=("-id",), size=TIPS_PER_PAGE).page(
            request.GET.get(CURSOR_PARAMETER)
        )
    except InvalidCursor:
        return redirect("forum:tips", post_id)
    return render(request, "forum/tips.html", {"post": found, "page": page, "may_undo": may_undo_tips(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def undo_tip(request: ModeratorRequest, tip_id: int) -> HttpResponse:
    """Ask, then send one tip back; or ask a second person."""
    if not may_undo_tips(request.user):
        raise PermissionDenied
    tip = get_object_or_404(Tip.objects.with_names().select_related("post__thread"), pk=tip_id)
    form = UndoTipForm(request.POST if request.method == "POST" else None)
    undone = form.is_valid() and once(
        request.user, form, "forum:undo-tip", {"tip": tip.pk}, lambda: _undo_tip(request.user, tip, form)
    )
    if not undone:
        return render(request, "forum/undo_tip.html", {"form": form, "tip": tip}, status=status_of(form))
    if undone["asked"]:
        text = _("So much takes two people: it waits for another member of staff.")
        toasts.add(request, kind="info", title=_("Asked for a second person"), text=text)
    else:
        title = _("%(dgt)s DGT went back to %(name)s") % {"dgt": whole(tip.amount), "name": tip.giver.username}
        toasts.add(request, kind="success", title=title)
    return see_other(reverse("forum:tips", args=[tip.post_id]))


def _undo_tip(moderator: User, tip: Tip, form: UndoTipForm) -> Fact:
    key = f"tip_undone:{uuid4()}"
    done = forum.undo_tip_or_ask(tip=tip, actor=moderator, reason=form.cleaned_data["reason"], key=key)
    return {"asked": not isinstance(done, Tip)}
