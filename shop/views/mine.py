"""What a member does with what they have: wear it, take it off, use it."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_cotton import render_component

from degentalk.accounts.answers import HtmxRequest, signed_out
from degentalk.accounts.models import User
from degentalk.core import toasts
from degentalk.core.errors import MemberError
from degentalk.unlocks import Usable
from shop import addresses
from shop import services as shop
from shop.models import DgtUnlockLog
from shop.views.answers import changed

UNDO_SECONDS = 8


@require_POST
def wear(request: HtmxRequest, item_id: int) -> HttpResponse:
    """Put something on; what was worn in its place is taken off. The toast undoes both."""
    member = request.user
    if isinstance(member, AnonymousUser):
        return signed_out(request, addresses.mine())
    item = _own(member, item_id)
    before = _worn_instead_of(item, member)
    try:
        shop.equip(user=member, item_id=item_id)
    except MemberError as refusal:
        return _refused(request, refusal)
    if before == item:  # pressed twice, it is told once
        return changed(request, addresses.mine())
    undo = reverse("shop:wear", args=[before.pk]) if before else reverse("shop:take-off", args=[item_id])
    _toast(request, _("You wear “%(unlock)s” now") % {"unlock": item.name}, undo)
    return changed(request, addresses.mine())


@require_POST
def take_off(request: HtmxRequest, item_id: int) -> HttpResponse:
    """Take something off. The toast puts it on again."""
    member = request.user
    if isinstance(member, AnonymousUser):
        return signed_out(request, addresses.mine())
    item = _own(member, item_id)
    shop.unequip(user=member, item_id=item_id)
    if item.equipped_slot:
        title = _("You took off “%(unlock)s”") % {"unlock": item.name}
        _toast(request, title, reverse("shop:wear", args=[item_id]))
    return changed(request, addresses.mine())


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HtmxRequest, item_id: int) -> HttpResponse:
    """What using one does, and where that is to be chosen, on what; then do it. A second click gets the same answer."""
    member = request.user
    if isinstance(member, AnonymousUser):
        return signed_out(request, addresses.mine())
    item = _own(member, item_id)
    if not isinstance(item.unlock_type, Usable):
        raise Http404
    target = request.POST.get("target", "")
    if request.method != "POST":
        return _ask(request, item, member)
    try:
        told = shop.use(user=member, item_id=item_id, target=target)
    except MemberError as refusal:
        return _ask(request, item, member, chosen=target, error=str(refusal))
    if item.state == DgtUnlockLog.State.OWNED:
        toasts.add(request, kind="success", title=_("“%(unlock)s” is used") % {"unlock": item.name}, text=told)
    return changed(request, addresses.mine())


def _own(member: User, item_id: int) -> DgtUnlockLog:
    item: DgtUnlockLog | None = DgtUnlockLog.objects.of(member).filter(pk=item_id).first()
    if item is None:
        raise Http404(_("You have no such unlock."))
    return item


def _worn_instead_of(item: DgtUnlockLog, member: User) -> DgtUnlockLog | None:
    slot = getattr(item.unlock_type, "slot", None)
    found: DgtUnlockLog | None = DgtUnlockLog.objects.of(member).filter(equipped_slot=slot).first() if slot else None
    return found


def _toast(request: HtmxRequest, title: str, undo: str) -> None:
    toasts.add(request, kind="success", title=title, act=_("Undo"), act_url=undo, seconds=UNDO_SECONDS)


def _refused(request: HtmxRequest, refusal: MemberError) -> HttpResponse:
    toasts.add(request, kind="error", title=str(refusal))
    return changed(request, addresses.mine())


def _ask(request: HtmxRequest, item: DgtUnlockLog, member: User, *, chosen: str = "", error: str = "") -> HttpResponse:
    kind = item.unlock_type
    target = kind.target if isinstance(kind, Usable) else None
    context = {
        "item": item,
        "says": kind.says(item.unlock_data) if kind else "",
        "target": target,
        "choices": target.choices(member) if target else [],
        "chosen": chosen,
        "error": error,
    }
    status = 422 if error else 200
    if request.htmx:
        return HttpResponse(render_component(request, "use-dialog", context), status=status)
    return render(request, "shop/use.html", context, status=status)
