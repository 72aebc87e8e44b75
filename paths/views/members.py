"""What a page shows of a member's paths, asked for by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from paths.models import UserPath, XpPath
from paths.presentation import rules_of, summary_of
from paths.rules.progress import progress as progress_at


@require_safe
def summary(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's paths at a glance."""
    member = _member(user_id)
    facts = {"summary": summary_of(member), "own": member == request.user}
    return HttpResponse(render_component(request, "user-path-summary", **facts))


@require_safe
def progress(request: HttpRequest, user_id: int, path_id: str) -> HttpResponse:
    """A member's progress to the next level of a path; who never had it begins at its first."""
    member, path = _member(user_id), get_object_or_404(XpPath, pk=path_id)
    points = UserPath.objects.filter(user=member, path=path).values_list("path_xp", flat=True).first()
    stands = progress_at(rules_of(path), points or 0)
    return HttpResponse(render_component(request, "path-progress", progress=stands))


def _member(user_id: int) -> User:
    return get_object_or_404(User, pk=user_id, is_active=True)
