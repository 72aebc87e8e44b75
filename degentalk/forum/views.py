"""Reading and writing threads. Every form works as a plain POST; HTMX only saves the reload."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget
from django_htmx.middleware import HtmxDetails

from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core import idempotency, toasts
from degentalk.core.errors import KeyInFlight, KeyMissing, KeyReused
from degentalk.core.fields import DIGITS
from degentalk.core.keyset import CURSOR_PARAMETER, InvalidCursor, Keyset
from degentalk.forum import rules
from degentalk.forum import services as forum
from degentalk.forum.forms import KeyedForm, ReplyForm, ThreadForm
from degentalk.forum.models import Thread
from wallet.models import UserWallet
from xp import services as xp

THREADS_PER_PAGE = 25
SEE_OTHER = 303

Fact = dict[str, Any]
"""What a verb did, as it is remembered for the form's key."""


class HtmxRequest(HttpRequest):
    """A request after the middleware of HTMX."""

    htmx: HtmxDetails


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """All threads, the most recently active first."""
    newest = Keyset(Thread.objects.with_authors(), order=("-last_post_at", "-id"), size=THREADS_PER_PAGE)
    try:
        page = newest.page(request.GET.get(CURSOR_PARAMETER))
    except InvalidCursor:
        return redirect("forum:threads")
    return render(request, "forum/threads.html", {"page": page})


@require_safe
def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """One page of a thread. A page that does not exist is a 404: posts never vanish, so nobody was led there."""
    found = _thread(thread_id)
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
    started = _once(request.user, form, "forum:new", {}, lambda: _start(request.user, form))
    if started is None:
        return _new_page(request, form)
    _toast(request, started, why=_("Thread started"))
    return _see_other(_thread(started["thread"]).get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HtmxRequest, thread_id: int) -> HttpResponse:
    """Write a reply; the answer is the new posts alone where the page can take them in."""
    found, author = _thread(thread_id), request.user
    # A GET is what is left of a form that was shown again here: its reload belongs to the thread.
    if request.method != "POST":
        return redirect(found.newest_url)
    if isinstance(author, AnonymousUser):
        # With HTMX the page stays, and with it what was written; its script says what to do.
        return HttpResponse(status=401) if request.htmx else _see_other(_sign_in_url(found.newest_url))
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _reply_again(request, found, form)
    replied = _once(author, form, "forum:reply", {"thread": found.pk}, lambda: _reply(author, found, form))
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


def _once(author: User, form: KeyedForm, endpoint: str, facts: Fact, verb: Callable[[], Fact]) -> Fact | None:
    """What the verb did for this form's key, now or the first time. None if refused: then the form says why."""
    written = {name: form.cleaned_data[name] for name in ("title", "body") if name in form.cleaned_data}
    key = form.cleaned_data["key"]
    try:
        answer = idempotency.run(actor=author, endpoint=endpoint, key=key, request=facts | written, verb=verb)
    except KeyInFlight as error:
        # The first sending may still succeed: the form keeps its key, so that trying again cannot post twice.
        form.add_error(None, str(error))
    except KeyReused:
        form.refuse(_("This form was sent before, with another text. Send it again to post this one too."))
    except KeyMissing:
        form.refuse(_("This form had lost a part on the way. Send it again."))
    else:
        if not answer.refused:
            return answer.body
        form.refuse(answer.body["detail"])
    return None


# ── What the member sees ────────────────────────────────────────────────────────────────────────────────────────────


def _toast(request: HttpRequest, fact: Fact, *, why: str) -> None:
    """What it earned; a refusal of the rules, such as a cooldown, is quiet."""
    if fact["points"]:
        toasts.add(request, kind="xp", title=_("+%(points)s XP") % {"points": _whole(fact["points"])}, text=why)
    if fact["levels"]:
        reached = xp.curve().level(fact["levels"][-1])
        toasts.add(
            request,
            kind="levelup",
            title=_("Level %(level)s") % {"level": _whole(reached.level)},
            text=_reward(reached.rank_name, fact["dgt"]),
            level=reached.level,
            tier=reached.tier,
            name=reached.rank_name,
        )


def _reward(rank_name: str, dgt: int) -> str:
    if not dgt:
        return _("You are %(rank)s now.") % {"rank": rank_name}
    words = ngettext("%(rank)s. %(amount)s DGT is yours.", "%(rank)s. %(amount)s DGT are yours.", dgt)
    return words % {"rank": rank_name, "amount": _whole(dgt)}


def _replied(request: HtmxRequest, author: User, found: Thread, fact: Fact, *, seen: int) -> HttpResponse:
    number = fact["number"]
    if not request.htmx or not seen or rules.page_of(seen) != rules.page_of(number):
        return _elsewhere(request, found.url_of(number))
    found.refresh_from_db(fields=["reply_count"])
    context = {
        "thread": found,
        # With what others wrote meanwhile, so that no number is missing on the page.
        "posts": found.posts.numbered(seen + 1, number).with_authors(),
        "form": ReplyForm(initial={"seen": max(seen, number)}),
        "wallet": UserWallet.objects.of(author) if fact["dgt"] else None,
    }
    return HttpResponse(render_component(request, "new-posts", context))


def _reply_again(request: HtmxRequest, found: Thread, form: ReplyForm) -> HttpResponse:
    if request.htmx:
        component = render_component(request, "reply-form", {"thread": found, "form": form})
        return reswap(retarget(HttpResponse(component, status=_status(form)), "#reply"), "outerHTML")
    seen = form.cleaned_data.get("seen") or found.last_number
    return _thread_page(request, found, page=min(rules.page_of(seen), found.page_count), form=form)


def _thread_page(request: HttpRequest, found: Thread, *, page: int, form: ReplyForm | None = None) -> HttpResponse:
    posts = list(found.posts.numbered(*rules.numbers_on(page)).with_authors())
    form = form or ReplyForm(initial={"seen": posts[-1].number})
    context = {
        "thread": found,
        "posts": posts,
        "page": page,
        "previous_url": found.url_of_page(page - 1) if page > 1 else "",
        "next_url": found.url_of_page(page + 1) if page < found.page_count else "",
        "form": form,
        "sign_in_url": _sign_in_url(found.url_of_page(page)),
    }
    return render(request, "forum/thread.html", context, status=_status(form))


def _new_page(request: HttpRequest, form: ThreadForm) -> HttpResponse:
    return render(request, "forum/new.html", {"form": form}, status=_status(form))


def _status(form: KeyedForm) -> int:
    return 422 if form.errors else 200


def _sign_in_url(then: str) -> str:
    return redirect_to_login(then).url


def _elsewhere(request: HtmxRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else _see_other(url)


def _see_other(url: str) -> HttpResponse:
    response = redirect(url)
    response.status_code = SEE_OTHER
    return response


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _thread(thread_id: int) -> Thread:
    return get_object_or_404(Thread.objects.with_authors(), pk=thread_id)


def _page(request: HttpRequest, found: Thread) -> int:
    written = request.GET.get("page", "1")
    page = int(written) if DIGITS.fullmatch(written) else 0
    if not 1 <= page <= found.page_count:
        raise Http404
    return page


def _whole(figure: int) -> str:
    return str(number_format(figure, use_l10n=True, force_grouping=True))
