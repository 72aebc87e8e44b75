"""The wallet page, and the wallet's components alone for HTMX. A history is its owner's business only."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core.keyset import CURSOR_PARAMETER, PAGE_SIZE
from wallet import services
from wallet.forms import HistoryFilter, TransferForm
from wallet.history import Wanted
from wallet.models import DgtAccount, UserWallet, WalletFreeze
from wallet.presentation import NAME_OF_ACCOUNT, entries


@require_safe
@login_required
def wallet(request: MemberRequest) -> HttpResponse:
    """What I have, everything that moved it, and the form to send some of it."""
    user, asked = request.user, HistoryFilter(request.GET)
    mine = UserWallet.objects.of(user)
    facts = {"wallet": mine, "standing": services.transferable_of(user, wallet=mine)}
    facts |= {"freeze": _freeze_of(user, mine), "transfer_form": TransferForm(sender=user)}
    facts |= {"filter": asked, "accounts": _accounts(mine, asked.data.get("account") or DgtAccount.Kind.MEMBER)}
    if not asked.is_valid():
        return render(request, "wallet/wallet.html", facts, status=422)
    page = asked.wanted().pages_of(user, size=PAGE_SIZE).page(request.GET.get(CURSOR_PARAMETER))
    return render(request, "wallet/wallet.html", facts | {"page": page, "entries": entries(page.items, user=user)})


@require_safe
def balance(request: HttpRequest, user_id: int) -> HttpResponse:
    """A member's balance, unless they hide it from this viewer."""
    member = get_object_or_404(User, pk=user_id, is_active=True)
    if member.hides_balance and member != request.user:
        raise Http404
    return HttpResponse(render_component(request, "wallet-balance", wallet=UserWallet.objects.of(member)))


@require_safe
def history(request: HttpRequest, user_id: int) -> HttpResponse:
    """One's own wallet history; other members' does not exist here."""
    if not isinstance(request.user, User) or request.user.pk != user_id:
        raise Http404
    page = Wanted(with_debt=True).pages_of(request.user, size=PAGE_SIZE).page(request.GET.get(CURSOR_PARAMETER))
    more = f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else ""
    mine = entries(page.items, user=request.user)
    return HttpResponse(render_component(request, "wallet-history", entries=mine, more=more))


def _freeze_of(user: User, wallet: UserWallet) -> WalletFreeze | None:
    """Why a wallet stands still, if it does."""
    return WalletFreeze.objects.of(user).open().first() if wallet.is_frozen else None


def _accounts(wallet: UserWallet, shown: str) -> list[dict[str, object]]:
    """The accounts to choose from; nothing to choose where only the balance was ever used."""
    has_others = wallet.held_dgt or wallet.debt_dgt or shown != DgtAccount.Kind.MEMBER
    names = NAME_OF_ACCOUNT.items() if has_others else ()
    return [{"kind": kind, "name": name, "is_current": kind == shown} for kind, name in names]
