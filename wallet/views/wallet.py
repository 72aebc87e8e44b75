"""The wallet page, and the wallet's components alone for HTMX. A history is its owner's business only."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_cotton import render_component

from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset, KeysetPage
from wallet.models import DgtTransaction, UserWallet
from wallet.presentation import entries


@require_safe
@login_required
def wallet(request: MemberRequest) -> HttpResponse:
    """What I have, and everything that moved it."""
    page = _history_page(request, request.user)
    facts = {"wallet": UserWallet.objects.of(request.user), "page": page}
    return render(request, "wallet/wallet.html", facts | {"entries": entries(page.items, user=request.user)})


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
    page = _history_page(request, request.user)
    more = f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else ""
    mine = entries(page.items, user=request.user)
    return HttpResponse(render_component(request, "wallet-history", entries=mine, more=more))


def _history_page(request: HttpRequest, user: User) -> KeysetPage[DgtTransaction]:
    """The part of a member's wallet history that the address asks for."""
    rows = Keyset(DgtTransaction.objects.of(user).with_reversals(), order=("-id",))
    return rows.page(request.GET.get(CURSOR_PARAMETER))
