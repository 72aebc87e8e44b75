"""Screens that read several domains. Each asks for its facts and renders them; nothing is written here."""

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.forum.models import Thread
from degentalk.pages import causes, profile
from xp.boards import XpBoard
from xp.models import XpLog
from xp.presentation import entries, ladder
from xp.views import board_page, history_page, my_place

HOME_THREADS = 10
HOME_AWARDS = 4
HOME_BOARD_ROWS = 5
WELCOME_BOARD_ROWS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is new, and for a member how they stand."""
    threads = Thread.objects.listed().with_authors().order_by("-last_post_at", "-id")[:HOME_THREADS]
    if not isinstance(request.user, User):
        board = XpBoard(size=WELCOME_BOARD_ROWS).page().items
        return render(request, "pages/welcome.html", {"threads": threads, "board": board, "ladder": ladder()})
    facts = {"threads": threads, "board": XpBoard(size=HOME_BOARD_ROWS).page().items}
    awards = entries(XpLog.objects.of(request.user).with_reversals().newest()[:HOME_AWARDS])
    mine = profile.of(request.user, viewer=request.user)
    return render(request, "pages/home.html", facts | {"profile": mine, "awards": causes.linked(awards)})


@require_safe
@login_required
def me(request: MemberRequest) -> HttpResponse:
    """All of my own figures, and my whole XP history."""
    page = history_page(request, request.user)
    facts = {"profile": profile.of(request.user, viewer=request.user), "page": page}
    return render(request, "pages/me.html", facts | {"awards": causes.linked(entries(page.items))})


@require_safe
def member(request: HttpRequest, username: str) -> HttpResponse:
    """A member's profile, under the one spelling of their name."""
    person = _member(username)
    if person.username != username:
        return redirect(person, permanent=True)
    if not person.is_active:
        return render(request, "pages/suspended.html", {"person": person})
    page = history_page(request, person)
    facts = {"person": person, "profile": profile.of(person, viewer=request.user), "page": page}
    return render(request, "pages/profile.html", facts | {"awards": causes.linked(entries(page.items))})


@require_safe
def leaderboards(request: HttpRequest) -> HttpResponse:
    """The board of all XP ever earned."""
    page = board_page(request)
    facts = {"page": page, "is_first_page": page.previous is None, "me": my_place(request)}
    return render(request, "pages/leaderboards.html", facts)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """For load balancers: 200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _member(username: str) -> User:
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist as error:
        raise Http404(_("There is no member of that name.")) from error
