"""Screens that read several domains. Each asks for its facts and renders them; nothing is written here."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from degentalk.accounts import services as accounts
from degentalk.accounts.boards import asks_who_it_is
from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core.errors import MemberError
from degentalk.forum.models import Thread
from degentalk.pages import boards, causes, paths, profile
from paths.models import XpPath
from paths.presentation import summary_of
from paths.views import board_shown as path_board_shown
from shop.inventory import inventory_of, worn_by
from wallet import services as wallet
from wallet.boards import DgtBoard
from xp import events
from xp.boards import XpBoard
from xp.models import SpecialEvent, XpLog
from xp.presentation import action_pays, entries, ladder
from xp.presentation import refusals as refusals_in_words
from xp.streaks import streak_of
from xp.views import history_page, refusals_page

HOME_THREADS = 10
HOME_EVENTS = 2
HOME_AWARDS = 4
HOME_BOARD_ROWS = 5
HOME_DGT_ROWS = 5
WELCOME_BOARD_ROWS = 5
WELCOME_DGT_ROWS = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is new, and for a member how they stand."""
    threads = Thread.objects.listed().with_authors().order_by("-last_post_at", "-id")[:HOME_THREADS]
    on = SpecialEvent.objects.on_now().seen_by(request.user)[:HOME_EVENTS]
    facts: dict[str, object] = {"threads": threads, "events": events.seen(on)}
    if not isinstance(request.user, User):
        facts |= _first_of_boards(WELCOME_BOARD_ROWS, WELCOME_DGT_ROWS)
        return render(request, "pages/welcome.html", facts | {"ladder": ladder()})
    facts |= _first_of_boards(HOME_BOARD_ROWS, HOME_DGT_ROWS)
    log = XpLog.objects.of(request.user).with_reversals().with_rules()
    facts["awards"] = causes.linked(entries(log.newest()[:HOME_AWARDS], is_own=True))
    mine = profile.of(request.user, viewer=request.user)
    return render(request, "pages/home.html", facts | {"profile": mine, "path_summary": summary_of(request.user)})


def _first_of_boards(xp_rows: int, dgt_rows: int) -> dict[str, object]:
    return {"board": XpBoard(size=xp_rows).page().items, "dgt_board": DgtBoard(size=dgt_rows).page().items}


@require_safe
@login_required
def me(request: MemberRequest) -> HttpResponse:
    """All of my own figures; in tabs my whole XP history, what earned nothing, and what I have of the shop."""
    user, tabs = request.user, {"xp": _awards_of, "refusals": _refusals_of, "unlocks": _unlocks_of}
    asked = request.GET.get("tab", "")
    tab = asked if asked in tabs else "xp"
    facts = {
        "tab": tab,
        "profile": profile.of(user, viewer=user),
        "streak": streak_of(user),
        "multipliers": events.in_force(user),
        "path_summary": summary_of(user),
        "steps": accounts.profile_steps(user),
        "steps_pay": action_pays("profile_completed"),
    }
    return render(request, "pages/me.html", facts | tabs[tab](request))


def _awards_of(request: MemberRequest) -> dict[str, object]:
    page = history_page(request, request.user)
    return {"page": page, "awards": causes.linked(entries(page.items, is_own=True))}


def _refusals_of(request: MemberRequest) -> dict[str, object]:
    page = refusals_page(request, request.user)
    return {"page": page, "refusals": causes.linked(refusals_in_words(page.items))}


def _unlocks_of(request: MemberRequest) -> dict[str, object]:
    return {"inventory": inventory_of(request.user)}


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
    facts |= {"path_summary": summary_of(person), "worn": worn_by(person)}
    facts["send_closed"] = _send_closed(request.user, person)
    awards = causes.linked(entries(page.items, is_own=person == request.user))
    return render(request, "pages/profile.html", facts | {"awards": awards})


def _send_closed(viewer: User | AnonymousUser, person: User) -> MemberError | None:
    """Why the viewer can send nothing to anybody now."""
    if not isinstance(viewer, User) or viewer == person:
        return None
    return wallet.closed_to(viewer)


@require_safe
def leaderboards(request: HttpRequest) -> HttpResponse:
    """The boards: XP ever earned or of the running month, week and day; DGT that members have, earned and spent."""
    if asks_who_it_is(request):
        return redirect_to_login(request.get_full_path())
    shown = boards.board_shown(request)
    ways = {"boards": boards.boards(shown), "periods": boards.periods(shown), "views": boards.views(shown)}
    facts = {"shown": shown, "path_boards": paths.boards_of_paths()}
    return render(request, "pages/leaderboards.html", facts | ways)


@require_safe
def all_paths(request: HttpRequest) -> HttpResponse:
    """Every path: what it multiplies, how far I am, and what it would have earned me."""
    return render(request, "pages/paths.html", {"shown": paths.all_of(request.user)})


@require_safe
def one_path(request: HttpRequest, path_id: str) -> HttpResponse:
    """One path: its levels, and its board."""
    if asks_who_it_is(request):
        return redirect_to_login(request.get_full_path())
    found = get_object_or_404(XpPath, pk=path_id)
    shown = path_board_shown(request, found)
    facts = {"path": paths.one(found, request.user), "shown": shown, "views": paths.views(shown)}
    return render(request, "pages/path.html", facts)


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
