"""Threads: the list, a page of one, starting and replying."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component
from django_htmx.http import reswap, retarget

from degentalk.accounts.answers import (
    Fact,
    HtmxRequest,
    elsewhere,
    once,
    see_other,
    sign_in_url,
    signed_out,
    status_of,
)
from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core.fields import DIGITS
from degentalk.core.keyset import CURSOR_PARAMETER, InvalidCursor, Keyset
from degentalk.forum import rules
from degentalk.forum import services as forum
from degentalk.forum.forms import ReplyForm, ThreadForm
from degentalk.forum.models import Thread
from degentalk.forum.presentation import seen_by
from degentalk.forum.views.finding import is_closed_to, removed, thread_of
from wallet.models import UserWallet
from xp import services as xp
from xp.toasts import earned

THREADS_PER_PAGE = 25


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """All threads, the most recently active first."""
    listed = Thread.objects.listed().with_authors()
    newest = Keyset(listed, order=("-last_post_at", "-id"), size=THREADS_PER_PAGE)
    try:
        page = newest.page(request.GET.get(CURSOR_PARAMETER))
    except InvalidCursor:
        return redirect("forum:threads")
    return render(request, "forum/threads.html", {"page": page})


@require_safe
def thread(request: HtmxRequest, thread_id: int, slug: str) -> HttpResponse:
    """One page of a thread. A page that does not exist is a 404: numbers never vanish, so nobody was led there."""
    found = thread_of(thread_id)
    if is_closed_to(request.user, found):
        return removed(request, found)
    if slug != found.slug:
        query = request.META["QUERY_STRING"]
        return HttpResponsePermanentRedirect(found.get_absolute_url() + (f"?{query}" if query else ""))
    return _thread_page(request, found, page=_page(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: MemberRequest) -> HttpResponse:
    """Start a thread."""
    form = ThreadForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _new_page(request, form)
    started = once(request.user, form, "forum:new", {}, lambda: _start(request.user, form))
    if started is None:
        return _new_page(request, form)
    _toast(request, started, why=_("Thread started"))
    return see_other(thread_of(started["thread"]).get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HtmxRequest, thread_id: int) -> HttpResponse:
    """Write a reply; the answer is the new posts alone where the page can take them in."""
    found, author = thread_of(thread_id), request.user
    if is_closed_to(author, found):
        return removed(request, found)
    # A GET is what is left of a form that was shown again here: its reload belongs to the thread.
    if request.method != "POST":
        return redirect(found.newest_url)
    if isinstance(author, AnonymousUser):
        return signed_out(request, found.newest_url)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _reply_again(request, found, form)
    replied = once(author, form, "forum:reply", {"thread": found.pk}, lambda: _reply(author, found, form))
    if replied is None:
        return _reply_again(request, found, form)
    _toast(request, replied, why=_("Reply written"))
    return _replied(request, author, found, replied, seen=form.cleaned_data["seen"] or 0)


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _start(author: User, form: ThreadForm) -> Fact:
    started = forum.start_thread(author=author, title=form.cleaned_data["title"], body=form.cleaned_data["body"])
    return {"thread": started.thread.pk, "post": started.post.pk, **_earned(started.gain)}


def _reply(author: User, found: Thread, form: ReplyForm) -> Fact:
    replied = forum.reply(author=author, thread=found, body=form.cleaned_data["body"])
    return {"post": replied.post.pk, "number": replied.post.number, **_earned(replied.gain)}


def _earned(gain: xp.Gain) -> Fact:
    return {"points": gain.points, "levels": list(gain.levels), "dgt": gain.dgt}


# ── What the member sees ────────────────────────────────────────────────────────────────────────────────────────────


def _toast(request: HttpRequest, fact: Fact, *, why: str) -> None:
    earned(request, xp.Gain(points=fact["points"], levels=tuple(fact["levels"]), dgt=fact["dgt"]), why=why)


def _replied(request: HtmxRequest, author: User, found: Thread, fact: Fact, *, seen: int) -> HttpResponse:
    number = fact["number"]
    if not request.htmx or not seen or rules.page_of(seen) != rules.page_of(number):
        return elsewhere(request, found.url_of(number))
    found.refresh_from_db(fields=["reply_count"])
    # With what others wrote meanwhile, so that no number is missing on the page.
    posts = found.posts.numbered(seen + 1, number).with_authors().liked_by(author)
    context = {
        "thread": found,
        "posts": seen_by(author, posts),
        "form": ReplyForm(initial={"seen": max(seen, number)}),
        "wallet": UserWallet.objects.of(author) if fact["dgt"] else None,
    }
    return HttpResponse(render_component(request, "new-posts", context))


def _reply_again(request: HtmxRequest, found: Thread, form: ReplyForm) -> HttpResponse:
    if request.htmx:
        component = render_component(request, "reply-form", {"thread": found, "form": form})
        return reswap(retarget(HttpResponse(component, status=status_of(form)), "#reply"), "outerHTML")
    seen = form.cleaned_data.get("seen") or found.last_number
    return _thread_page(request, found, page=min(rules.page_of(seen), found.page_count), form=form)


def _thread_page(request: HtmxRequest, found: Thread, *, page: int, form: ReplyForm | None = None) -> HttpResponse:
    posts = found.posts.numbered(*rules.numbers_on(page)).with_authors().liked_by(request.user)
    shown = seen_by(request.user, posts)
    form = form or ReplyForm(initial={"seen": shown[-1].number})
    context = {
        "thread": found,
        "posts": shown,
        "page": page,
        "previous_url": found.url_of_page(page - 1) if page > 1 else "",
        "next_url": found.url_of_page(page + 1) if page < found.page_count else "",
        "form": form,
        "sign_in_url": sign_in_url(found.url_of_page(page)),
    }
    return render(request, "forum/thread.html", context, status=status_of(form))


def _new_page(request: HttpRequest, form: ThreadForm) -> HttpResponse:
    return render(request, "forum/new.html", {"form": form}, status=status_of(form))


def _page(request: HttpRequest, found: Thread) -> int:
    written = request.GET.get("page", "1")
    page = int(written) if DIGITS.fullmatch(written) else 0
    if not 1 <= page <= found.page_count:
        raise Http404
    return page
