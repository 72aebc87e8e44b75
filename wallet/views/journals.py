"""One movement of DGT, as far as it is a member's own."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from degentalk.accounts.views import MemberRequest
from wallet.models import DgtSeal, DgtTransaction
from wallet.presentation import movement


@require_safe
@login_required
def journal(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """What moved on my accounts, with whom, and how it stands. What is not mine is not found."""
    entries = list(DgtTransaction.objects.in_journal(public_id))
    if not any(entry.user_id == request.user.pk for entry in entries):
        raise Http404
    facts = {"movement": movement(entries, user=request.user), "seal": DgtSeal.objects.covering(entries[0].journal)}
    return render(request, "wallet/journal.html", facts)
