"""The list of what moderators did, and why."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from degentalk.accounts.answers import status_of
from degentalk.core.keyset import CURSOR_PARAMETER, InvalidCursor, Keyset
from degentalk.forum.forms import ActsFilter
from degentalk.forum.models import ModerationAct, Tip
from degentalk.forum.views.moderation import ModeratorRequest, moderators_only

ACTS_PER_PAGE = 25


@require_safe
@moderators_only
def acts(request: ModeratorRequest) -> HttpResponse:
    """What moderators did, the newest first, filtered by the address; or the tips that staff undid."""
    form = ActsFilter(request.GET)
    listed = _tips(form) if form.is_valid() and form.wants_tips else _acts(form)
    try:
        page = listed.page(request.GET.get(CURSOR_PARAMETER))
    except InvalidCursor:
        return redirect("forum:acts")
    context = {"form": form, "page": page, "is_filtered": any(form.data.get(name) for name in form.fields)}
    return render(request, "forum/acts.html", context, status=status_of(form))


def _acts(form: ActsFilter) -> Keyset[Any]:
    listed = ModerationAct.objects.with_names()
    if not form.is_valid():
        return Keyset(listed.none(), order=("-id",), size=ACTS_PER_PAGE)
    wanted = form.cleaned_data
    if wanted["act"]:
        listed = listed.filter(act=wanted["act"])
    if wanted["member"]:
        listed = listed.filter(member__username__iexact=wanted["member"])
    if wanted["moderator"]:
        listed = listed.filter(moderator__username__iexact=wanted["moderator"])
    return Keyset(listed, order=("-id",), size=ACTS_PER_PAGE)


def _tips(form: ActsFilter) -> Keyset[Any]:
    """Undone by themselves or with their post. Who did it and why is in the journal that sent the DGT back."""
    listed, wanted = Tip.objects.undone(), form.cleaned_data
    if name := wanted["member"]:
        listed = listed.filter(Q(giver__username__iexact=name) | Q(receiver__username__iexact=name))
    if wanted["moderator"]:
        listed = listed.filter(journal__reversed_by__actor__username__iexact=wanted["moderator"])
    return Keyset(listed, order=("-reversed_at", "-id"), size=ACTS_PER_PAGE, name="tips")
