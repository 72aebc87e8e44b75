"""What proves the ledger to people who do not trust it: seals for everybody, receipts for one's own entries."""

import json
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from degentalk.accounts.views import MemberRequest
from degentalk.core.errors import Conflict, NotFound
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset
from wallet import signing
from wallet.models import DgtSeal
from wallet.services.receipts import receipt as receipt_of

SEALS_PER_PAGE = 100


@require_safe
@cache_control(public=True, max_age=60)
def seals(request: HttpRequest) -> HttpResponse:
    """The newest seal, the keys that are trusted, and earlier seals in pages. The same for everybody."""
    newest = DgtSeal.objects.newest().first()
    older = DgtSeal.objects.filter(number__lt=newest.number if newest else 0)
    page = Keyset(older, order=("-number",), size=SEALS_PER_PAGE).page(request.GET.get(CURSOR_PARAMETER))
    return JsonResponse(
        {
            "newest": signing.published(newest) if newest else None,
            "public_keys": signing.trusted_keys(),
            "earlier": [signing.published(seal) for seal in page.items],
            "next": f"{request.path}?{urlencode({CURSOR_PARAMETER: page.next})}" if page.next else None,
        }
    )


@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """How anybody checks a receipt without this site, and what that proves."""
    return render(request, "wallet/receipts.html", {"keys": signing.trusted_keys()})


@require_safe
@login_required
def receipt(request: MemberRequest, public_id: UUID, line: int) -> HttpResponse:
    """The receipt of one of my entries, to keep."""
    try:
        content = receipt_of(user=request.user, public_id=public_id, line=line)
    except NotFound as error:
        raise Http404 from error
    except Conflict as error:
        return render(request, "wallet/no_receipt.html", {"why": error}, status=error.status)
    name = f"degentalk-receipt-{public_id}-{line}.json"
    return HttpResponse(
        json.dumps(content, indent=2) + "\n",
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
