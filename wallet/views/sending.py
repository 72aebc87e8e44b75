"""Sending DGT: to whom and how much, what it will cost, and then once."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_cotton import render_component

from degentalk.accounts.answers import Fact, HtmxRequest, elsewhere, once, signed_out, whole
from degentalk.accounts.models import USERNAME_MAX_LENGTH, User
from degentalk.accounts.rules import clean_line
from degentalk.core import toasts
from degentalk.core.errors import MemberError, TooOften
from degentalk.core.limits import Limit
from wallet import services as wallet
from wallet.errors import FeeChanged, NoSuchAccount
from wallet.forms import ConfirmForm, TransferForm
from wallet.models import UserWallet
from wallet.services.sending import SENDING, Cost, cost_of, new_key, rehearse

SUGGESTIONS = 8
SUGGESTING = Limit("wallet.recipients", most=120, seconds=60)
REHEARSING = Limit("wallet.rehearse", most=60, seconds=60)


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HtmxRequest) -> HttpResponse:
    """To whom and how much; then what that costs, to be confirmed. Nothing moves here."""
    sender = request.user
    if isinstance(sender, AnonymousUser):
        return signed_out(request, request.get_full_path())
    if request.method != "POST":
        return _ask(request, TransferForm(initial=_prefilled(request.GET), sender=sender))
    if "change" in request.POST:
        return _ask(request, _reopened(sender, ConfirmForm(request.POST)))
    form = TransferForm(request.POST, sender=sender)
    cost = _cost(sender, form)
    if cost is None or form.receiver is None:
        return _ask(request, form)
    shown = {"receiver": form.receiver.pk, "amount": cost.amount, "memo": form.cleaned_data["memo"], "fee": cost.fee}
    return _confirm(request, ConfirmForm(initial=shown), form.receiver, cost, form.cleaned_data["memo"])


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HtmxRequest) -> HttpResponse:
    """Do what was confirmed, once however often it is sent, and show the movement."""
    sender = request.user
    if isinstance(sender, AnonymousUser):
        return signed_out(request, reverse("wallet:send"))
    if request.method != "POST":  # an address that somebody kept: there is nothing to see
        return elsewhere(request, reverse("wallet:send"))
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _ask_again(request, sender, form, _("This form had lost a part on the way. Fill it in again."))
    sent = once(sender, form, "wallet:transfer", {}, lambda: _send(sender, form), limit=SENDING)
    if sent is not None:
        return _sent(request, form, sent)
    if form.refused_code and form.refused_code != FeeChanged.code:
        return _ask_again(request, sender, form, str(form.non_field_errors()[0]))
    return _confirm_again(request, sender, form)


@require_safe
def recipients(request: HtmxRequest) -> HttpResponse:
    """Members whose names begin like what was typed, for the form to suggest."""
    member = request.user
    beginning = clean_line(request.GET.get("to", "")).removeprefix("@")
    if isinstance(member, AnonymousUser):
        return HttpResponse(status=401)
    try:
        SUGGESTING.take(str(member.pk))
    except TooOften:
        return HttpResponse(status=204)
    found = User.objects.named_like(beginning).exclude(pk=member.pk) if beginning else User.objects.none()
    names = found.values_list("username", flat=True)[:SUGGESTIONS]
    return render(request, "wallet/recipients.html", {"names": names})


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _prefilled(address: QueryDict) -> dict[str, str]:
    return {"to": clean_line(address.get("to", ""))[:USERNAME_MAX_LENGTH]}


def _cost(sender: User, form: TransferForm) -> Cost | None:
    """What it would cost. None: it will not be done, and the form says why."""
    if not form.is_valid() or form.receiver is None:
        return None
    try:
        REHEARSING.take(str(sender.pk))
        return rehearse(sender=sender, receiver=form.receiver, amount=form.cleaned_data["amount"])
    except MemberError as refusal:
        form.refuse(str(refusal), code=refusal.code)
        return None


def _reopened(sender: User, confirmed: ConfirmForm) -> TransferForm:
    """The first form with what was shown for confirmation."""
    confirmed.is_valid()
    facts = confirmed.cleaned_data
    receiver = User.objects.filter(pk=facts.get("receiver", 0)).first()
    asked = {"to": receiver.username if receiver else "", "amount": facts.get("amount"), "memo": facts.get("memo", "")}
    return TransferForm(initial=asked, sender=sender)


def _ask_again(request: HtmxRequest, sender: User, confirmed: ConfirmForm, sentence: str) -> HttpResponse:
    """The first form again, with what was confirmed and the sentence, unless the form has one of its own."""
    asked = _reopened(sender, confirmed).initial
    form = TransferForm({name: value for name, value in asked.items() if value is not None}, sender=sender)
    if form.is_valid():
        form.refuse(sentence, code=confirmed.refused_code)
    return _ask(request, form)


def _ask(request: HtmxRequest, form: TransferForm) -> HttpResponse:
    context = {"form": form, "standing": wallet.transferable_of(form.sender)}
    status = 422 if form.errors else 200
    if request.htmx:
        return HttpResponse(render_component(request, "dgt-transfer", context), status=status)
    return render(request, "wallet/send.html", context, status=status)


# ── Confirming ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _confirm(request: HtmxRequest, form: ConfirmForm, receiver: User, cost: Cost, memo: str) -> HttpResponse:
    context = {"form": form, "receiver": receiver, "cost": cost, "memo": memo}
    status = 422 if form.errors else 200
    if request.htmx:
        return HttpResponse(render_component(request, "dgt-transfer-confirm", context), status=status)
    return render(request, "wallet/confirm.html", context, status=status)


def _confirm_again(request: HtmxRequest, sender: User, form: ConfirmForm) -> HttpResponse:
    """Where the door was not asked, what was shown may still be sent; where the fee changed, with the one in force."""
    facts = form.cleaned_data
    receiver = User.objects.filter(pk=facts["receiver"], is_active=True).first()
    if receiver is None:
        return _ask_again(request, sender, form, str(form.non_field_errors()[0]))
    if not form.refused_code:
        left = UserWallet.objects.of(sender).dgt_balance - facts["amount"] - facts["fee"]
        cost = Cost(amount=facts["amount"], fee=facts["fee"], balance_after=left)
        return _confirm(request, form, receiver, cost, facts["memo"])
    try:
        cost = rehearse(sender=sender, receiver=receiver, amount=facts["amount"])
    except MemberError as refusal:
        form.refused_code = refusal.code
        return _ask_again(request, sender, form, str(refusal))
    form.renew_fee(cost.fee)
    return _confirm(request, form, receiver, cost, facts["memo"])


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _send(sender: User, form: ConfirmForm) -> Fact:
    facts = form.cleaned_data
    receiver = User.objects.filter(pk=facts["receiver"]).first()
    if receiver is None:
        raise NoSuchAccount(_("There is no such member."))
    journal = wallet.send(
        sender=sender,
        receiver=receiver,
        amount=facts["amount"],
        memo=facts["memo"],
        fee=facts["fee"],
        key=new_key(),
    )
    cost = cost_of(journal, sender=sender, amount=facts["amount"])
    return {"journal": str(journal.public_id), "to": receiver.username, "left": cost.balance_after}


def _sent(request: HtmxRequest, form: ConfirmForm, sent: Fact) -> HttpResponse:
    if not form.is_replayed:  # two toasts would read like two transfers
        amount, left = whole(form.cleaned_data["amount"]), whole(sent["left"])
        title = _("Sent %(dgt)s DGT to %(name)s") % {"dgt": amount, "name": sent["to"]}
        toasts.add(request, kind="success", title=title, text=_("You have %(dgt)s DGT left.") % {"dgt": left})
    return elsewhere(request, reverse("wallet:journal", args=[sent["journal"]]))
