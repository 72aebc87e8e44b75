"""What moderators do. Members without that power are told so, with a 403."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_cotton import render_component
from django_htmx.http import reswap, retarget

from degentalk.accounts.answers import Fact, HtmxRequest, once, see_other, status_of, whole
from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.forum import services as forum
from degentalk.forum.forms import BanForm, ModerationForm, UnbanForm
from degentalk.forum.models import ModerationAct, Post
from degentalk.forum.permissions import is_moderator, may_moderate, may_undo_tips
from degentalk.forum.views.finding import post_of
from xp import services as xp

Act = ModerationAct.Act
REMOVES = {Act.HIDE: forum.hide, Act.SPAM: forum.flag_spam}
VERB_OF_ACT = {Act.HIDE: forum.hide, Act.SPAM: forum.flag_spam, Act.RESTORE: forum.restore}

View = Callable[..., HttpResponse]


class ModeratorRequest(HtmxRequest):
    """A request that `moderators_only` let through."""

    user: User


def moderators_only(view: View) -> View:
    """Signed in, and a moderator: others get the page that says so."""

    @wraps(view)
    @login_required
    def guarded(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_moderator(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def moderate(request: ModeratorRequest, post_id: int) -> HttpResponse:
    """Hide a post, call it spam or restore it. The form says which, so sending it twice is the same as once."""
    found = post_of(post_id, viewer=request.user)
    form = ModerationForm.of(found, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _moderate_again(request, found, form)
    if not (_removes_tips if form.moves_dgt else _moderates)(request, found, form):
        return _moderate_again(request, found, form)
    # Around an opening post the whole page changes with it.
    if not request.htmx or found.opens_thread:
        return _to(request, found)
    return HttpResponse(render_component(request, "post", {"post": post_of(post_id, viewer=request.user)}))


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def ban(request: ModeratorRequest, username: str) -> HttpResponse:
    """Keep a member out, perhaps without what they earned."""
    member = _member(username)
    form = BanForm(request.POST if request.method == "POST" else None)
    banned = form.is_valid() and once(
        request.user, form, "forum:ban", {"member": member.pk}, lambda: _ban(request.user, member, form)
    )
    if not banned:
        context = {"form": form, "person": member, "standing": xp.standing_of(member)}
        context["may"] = may_moderate(request.user, member)
        return render(request, "forum/ban.html", context, status=status_of(form))
    title = _("%(name)s is banned") % {"name": member.username}
    toasts.add(request, kind="success", title=title, text=_xp_words(banned["xp_change"]))
    return see_other(member.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def unban(request: ModeratorRequest, username: str) -> HttpResponse:
    """Let a member in again."""
    member = _member(username)
    form = UnbanForm(request.POST if request.method == "POST" else None)
    unbanned = form.is_valid() and once(
        request.user, form, "forum:unban", {"member": member.pk}, lambda: _unban(request.user, member, form)
    )
    if not unbanned:
        context = {"form": form, "person": member, "ban": ModerationAct.objects.last_ban_of(member)}
        context["may"] = may_moderate(request.user, member)
        return render(request, "forum/unban.html", context, status=status_of(form))
    title = _("%(name)s may come in again") % {"name": member.username}
    toasts.add(request, kind="success", title=title, text=_xp_words(unbanned["xp_change"]))
    return see_other(member.get_absolute_url())


# ── Posts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moderates(request: ModeratorRequest, found: Post, form: ModerationForm) -> bool:
    """Whether it was done, or had been."""
    verb = VERB_OF_ACT[Act(form.cleaned_data["act"])]
    try:
        act = verb(post=found, moderator=request.user, reason=form.cleaned_data["reason"])
    except MemberError as refusal:
        form.add_error(None, str(refusal))
        return False
    if act:
        toasts.add(request, kind="success", title=act.get_act_display(), text=_xp_words(act.xp_change))
    return True


def _removes_tips(request: ModeratorRequest, found: Post, form: ModerationForm) -> bool:
    """The same with the tips of the post, once for the form's key."""
    if not may_undo_tips(request.user):
        raise PermissionDenied
    verb = REMOVES[Act(form.cleaned_data["act"])]

    def remove() -> Fact:
        act = verb(post=found, moderator=request.user, reason=form.cleaned_data["reason"], undoes_tips=True)
        return {"xp_change": act.xp_change, "dgt_undone": act.dgt_undone} if act else {}

    done = once(request.user, form, "forum:moderate", {"post": found.pk}, remove)
    if done is None:
        return False
    if done and not form.is_replayed:
        _toast_removed(request, Act(form.cleaned_data["act"]), done)
        _toast_left(request, found)
    return True


def _toast_removed(request: ModeratorRequest, act: ModerationAct.Act, done: Fact) -> None:
    tips = _("%(dgt)s DGT of its tips went back.") % {"dgt": whole(done["dgt_undone"])} if done["dgt_undone"] else ""
    text = " ".join(words for words in (_xp_words(done["xp_change"]), tips) if words)
    toasts.add(request, kind="success", title=str(act.label), text=text)


def _toast_left(request: ModeratorRequest, found: Post) -> None:
    """Tips that one member of staff could not undo in passing."""
    left = post_of(found.pk, viewer=request.user).tip_count
    if left:
        words = ngettext("%(count)d tip stays", "%(count)d tips stay", left)
        text = _("See the post's list of tips: undoing one there says why.")
        toasts.add(request, kind="error", title=words % {"count": left}, text=text)


def _moderate_again(request: HtmxRequest, found: Post, form: ModerationForm) -> HttpResponse:
    if request.htmx:
        component = render_component(request, "moderate-post", {"post": found, "form": form, "is_open": True})
        answer = HttpResponse(component, status=status_of(form))
        return reswap(retarget(answer, f"#moderate-{found.pk}"), "outerHTML")
    return render(request, "forum/moderate.html", {"post": found, "form": form}, status=status_of(form))


def _to(request: HtmxRequest, found: Post) -> HttpResponse:
    if not request.htmx:
        return see_other(found.get_absolute_url())
    answer = HttpResponse()
    answer["HX-Refresh"] = "true"  # the same address with the same anchor would not load anything
    return answer


def _xp_words(change: int) -> str:
    if change < 0:
        words = ngettext("%(points)s XP was taken back.", "%(points)s XP were taken back.", -change)
        return words % {"points": whole(-change)}
    if change > 0:
        words = ngettext("%(points)s XP was given back.", "%(points)s XP were given back.", change)
        return words % {"points": whole(change)}
    return ""


# ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ban(moderator: User, member: User, form: BanForm) -> Fact:
    act = forum.ban(
        member=member,
        moderator=moderator,
        reason=form.cleaned_data["reason"],
        takes_back_xp=form.cleaned_data["takes_back_xp"],
    )
    return {"act": act.pk, "xp_change": act.xp_change}


def _unban(moderator: User, member: User, form: UnbanForm) -> Fact:
    act = forum.unban(member=member, moderator=moderator, reason=form.cleaned_data["reason"])
    return {"act": act.pk, "xp_change": act.xp_change}


def _member(username: str) -> User:
    try:
        return User.objects.get_by_natural_key(username)
    except User.DoesNotExist as error:
        raise Http404(_("There is no member of that name.")) from error
