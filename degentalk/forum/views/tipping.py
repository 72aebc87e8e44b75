"""Tipping a post: how much, what that will cost and earn, and then once."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_cotton import render_component

from degentalk.accounts.answers import Fact, HtmxRequest, once, see_other, signed_out, status_of, whole
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.core.limits import Limit
from degentalk.forum import services as forum
from degentalk.forum.forms import ConfirmTipForm, TipForm
from degentalk.forum.models import Post
from degentalk.forum.presentation import purse_of
from degentalk.forum.services import Rehearsed
from degentalk.forum.views.finding import is_closed_to, post_of, removed
from wallet.models import UserWallet
from wallet.services.sending import Cost
from xp import services as xp
from xp.toasts import earned

LOOKING = Limit("forum.tip.look", most=60, seconds=60)
TIPPING = Limit("forum.tip", most=30, seconds=60)
"""How often a member may look what a tip would cost, and try to give one."""


@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: HtmxRequest, post_id: int) -> HttpResponse:
    """How much; then what that costs and earns, to be confirmed. Nothing moves here."""
    found, giver = post_of(post_id, viewer=request.user), request.user
    if is_closed_to(giver, found.thread):
        return removed(request, found.thread)
    if isinstance(giver, AnonymousUser):
        return signed_out(request, reverse("forum:tip", args=[post_id]))
    if refusal := _refusal(found, giver):
        return _to_post(request, found, refusal)
    if request.method != "POST":
        return _ask(request, found, giver, TipForm.of(found))
    form = TipForm.of(found, request.POST)
    rehearsed = _rehearsed(found, giver, form)
    if rehearsed is None:
        return _ask(request, found, giver, form)
    return _confirm(
        request, found, ConfirmTipForm.of(found, **form.cleaned_data), rehearsed.cost, points=rehearsed.points
    )


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HtmxRequest, post_id: int) -> HttpResponse:
    """Do what was confirmed, once however often it is sent."""
    found, giver = post_of(post_id, viewer=request.user), request.user
    if is_closed_to(giver, found.thread):
        return removed(request, found.thread)
    if isinstance(giver, AnonymousUser):
        return signed_out(request, reverse("forum:tip", args=[post_id]))
    if request.method != "POST":  # what is left of a form that was shown again here
        return redirect("forum:tip", post_id)
    form = ConfirmTipForm.of(found, request.POST)
    if not form.is_valid():
        return _unconfirmed(request, found, giver, form)
    given = once(giver, form, "forum:tip", {"post": found.pk}, lambda: _give(found, giver, form), limit=TIPPING)
    if given is None:
        return _unconfirmed(request, found, giver, form)
    if not form.is_replayed:  # two toasts would read like two tips
        _toast(request, found, form, given)
    return _tips_of(request, found.pk, giver) if request.htmx else see_other(found.get_absolute_url())


# ── Choosing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _refusal(found: Post, giver: User) -> str:
    """Why this post is not tipped by this member, whatever the amount; empty if it may be."""
    try:
        forum.refuse_tip(post=found, giver=giver)
    except MemberError as refusal:
        return str(refusal)
    return ""


def _rehearsed(found: Post, giver: User, form: TipForm) -> Rehearsed | None:
    """What the tip would cost and earn. None: it will not be given, and the form says why."""
    if not form.is_valid():
        return None
    try:
        LOOKING.take(str(giver.pk))
        return forum.rehearse_tip(post=found, giver=giver, amount=form.cleaned_data["amount"])
    except MemberError as refusal:
        form.refuse(str(refusal), code=refusal.code)
        return None


def _ask(request: HtmxRequest, found: Post, giver: User, form: TipForm) -> HttpResponse:
    context = {"post": found, "form": form, "purse": purse_of(giver)}
    return _page(request, "tip-form", context, status=status_of(form))


# ── Confirming ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _confirm(
    request: HtmxRequest, found: Post, form: ConfirmTipForm, cost: Cost, points: int | None = None
) -> HttpResponse:
    context = {"post": found, "form": form, "cost": cost, "points": points}
    return _page(request, "tip-confirm", context, status=status_of(form))


def _unconfirmed(request: HtmxRequest, found: Post, giver: User, form: ConfirmTipForm) -> HttpResponse:
    """What the doors refused is asked anew, with what was typed; where they were not asked it may be sent again."""
    amount = form.cleaned_data.get("amount")
    if amount and not form.refused_code:
        left = UserWallet.objects.of(giver).dgt_balance - amount
        return _confirm(request, found, form, Cost(amount=amount, fee=0, balance_after=left))
    if refusal := _refusal(found, giver):
        return _to_post(request, found, refusal)
    again = TipForm.of(found, request.POST)
    if again.is_valid():
        again.refuse(str(form.non_field_errors()[0]), code=form.refused_code)
    return _ask(request, found, giver, again)


# ── Giving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _give(found: Post, giver: User, form: ConfirmTipForm) -> Fact:
    amount, message = form.cleaned_data["amount"], form.cleaned_data["message"]
    tipped = forum.tip(post=found, giver=giver, amount=amount, key=forum.new_tip_key(), message=message)
    gain = tipped.gains.given
    return {"tip": tipped.tip.pk, "points": gain.points, "levels": list(gain.levels), "dgt": gain.dgt}


def _toast(request: HtmxRequest, found: Post, form: ConfirmTipForm, given: Fact) -> None:
    title = _("Tipped %(dgt)s DGT to %(name)s") % {
        "dgt": whole(form.cleaned_data["amount"]), "name": found.author.username,
    }  # fmt: skip
    toasts.add(request, kind="success", title=title)
    gain = xp.Gain(points=given["points"], levels=tuple(given["levels"]), dgt=given["dgt"])
    earned(request, gain, why=_("Tip given"))


# ── What the member sees ────────────────────────────────────────────────────────────────────────────────────────────


def _tips_of(request: HtmxRequest, post_id: int, giver: User) -> HttpResponse:
    """Where the form stood: what the post has been tipped; and the new balance beside it."""
    context = {"post": post_of(post_id, viewer=giver), "wallet": UserWallet.objects.of(giver)}
    return HttpResponse(render_component(request, "post-tips", context))


def _to_post(request: HtmxRequest, found: Post, refusal: str) -> HttpResponse:
    toasts.add(request, kind="error", title=refusal)
    if request.htmx and isinstance(request.user, User):
        return _tips_of(request, found.pk, request.user)
    return see_other(found.get_absolute_url())


def _page(request: HtmxRequest, component: str, context: dict[str, object], *, status: int) -> HttpResponse:
    if request.htmx:
        return HttpResponse(render_component(request, component, context), status=status)
    return render(request, "forum/tip.html", context, status=status)
