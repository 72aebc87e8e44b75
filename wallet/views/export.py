"""A history as a file for a spreadsheet."""

import csv
from collections.abc import Iterator
from datetime import UTC

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from degentalk.accounts.answers import see_other
from degentalk.accounts.models import User
from degentalk.accounts.views import MemberRequest
from degentalk.core import toasts
from degentalk.core.errors import TooOften
from degentalk.core.limits import Limit
from wallet.forms import HistoryFilter
from wallet.history import Wanted
from wallet.presentation import Entry, entries

EXPORTING = Limit("wallet.export", most=1, seconds=60)
ROWS_AT_ONCE = 500
"""So many are in memory, however long the history is."""
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = "time,type,description,counterparty,memo,account,amount,balance_after,status,transaction".split(",")


@require_GET
@login_required
def export(request: MemberRequest) -> HttpResponseBase:
    """The part of my history that the address asks for, all of it."""
    wanted = HistoryFilter(request.GET)
    if not wanted.is_valid():
        return see_other(_back(request))
    try:
        EXPORTING.take(str(request.user.pk))
    except TooOften as refusal:
        toasts.add(request, kind="error", title=_("One export a minute"), text=str(refusal))
        return see_other(_back(request))
    response = StreamingHttpResponse(_file(request.user, wanted.wanted()), content_type="text/csv; charset=utf-8")
    name = f"degentalk-wallet-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _back(request: HttpRequest) -> str:
    return f"{reverse('wallet:wallet')}?{request.GET.urlencode()}"


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def _file(user: User, wanted: Wanted) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    yield BYTE_ORDER_MARK + write(COLUMNS)
    pages, cursor = wanted.pages_of(user, size=ROWS_AT_ONCE), None
    while True:
        page = pages.page(cursor)
        yield "".join(write(_cells(entry)) for entry in entries(page.items, user=user))
        if (cursor := page.next) is None:
            return


def _cells(entry: Entry) -> list[str | int | None]:
    """Figures are plain integers; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    texts = [_text(text) for text in (entry.kind, entry.description, entry.counterparty, entry.memo)]
    moment = entry.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    status = _("Reversed") if entry.reversed else _("Completed")
    figures = [entry.amount, entry.balance_after]
    return [moment, *texts, entry.account_name, *figures, status, str(entry.journal)]


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
