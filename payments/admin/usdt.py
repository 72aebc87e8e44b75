"""USDT for staff: chains, keys that two approve, deposits, what came, and wallets that members proved."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core import notices
from degentalk.core.admin import ReadOnlyAdmin, link, link_to, list_link
from degentalk.core.notices import Notice
from payments import services as payments
from payments.models import Order, UsdtChain, UsdtDeposit, UsdtKey, UsdtTransfer, UsdtWallet
from payments.money import written
from payments.providers.usdt.opening import troubles
from payments.providers.usdt.proving import release
from wallet.admin.asking import AskingMixin, Question

APPROVE = "payments.approve_key"


@admin.register(UsdtChain)
class UsdtChainAdmin(ReadOnlyAdmin):
    fields = (
        "name", "chain_id", "problem", "checked_at", "cursor_number", "head", "read_at", "finalized", "finalized_at",
    )  # fmt: skip
    list_display = fields
    ordering = ["chain_id"]


def _approve(row: UsdtKey, given: dict[str, Any], staff: User) -> Approval:
    return payments.ask_for_key(key=row, actor=staff, note=given["reason"], once=f"key:{row.pk}:{given['key']}")


@admin.register(UsdtKey)
class UsdtKeyAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["fingerprint", "chain", "first_address", "is_treasury", "seen_at", "approved_at"]
    fields = ["chain", "fingerprint", "first_address", "is_treasury", "seen_at", "approved_at"]
    list_select_related = ["chain"]
    ordering = ["-id"]
    questions = (
        Question(
            name="approve",
            button=_("Approve"),
            effect=_(
                "Members pay to addresses of this key from then on. Compare the fingerprint and the first address with"
                " what the treasurer has on paper. A second member of staff has to agree, who compares them too."
            ),
            permission=APPROVE,
            makes_sense=lambda row: row.approved_at is None,
            take=_approve,
        ),
    )


@admin.register(UsdtDeposit)
class UsdtDepositAdmin(ReadOnlyAdmin):
    list_display = ["address", "index", "chain_name", "order_link", "due", "created_at", "payer"]
    list_filter = ["chain_id"]
    list_select_related = ["order"]
    search_fields = ["address", "payer", "order__public_id", "order__username__iexact"]
    search_help_text = _("A whole address, a whole id of an order, or a username.")
    ordering = ["-id"]
    fields = [
        "order_link", "chain_name", "chain_id", "address", "index", "due", "token", "decimals", "fingerprint", "payer",
        "proved_at", "taken_back_at", "created_at", "transfers_shown",
    ]  # fmt: skip
    actions = ["as_csv"]

    @admin.display(description=_("order"))
    def order_link(self, row: UsdtDeposit) -> SafeString | str:
        return link(Order, row.order_id, row.order)

    @admin.display(description=_("to be paid, USDT"))
    def due(self, row: UsdtDeposit) -> str:
        return written(int(row.amount), row.decimals)

    @admin.display(description=_("what came"))
    def transfers_shown(self, row: UsdtDeposit) -> SafeString:
        return list_link(UsdtTransfer, f"deposit__id__exact={row.pk}", _("Transfers to this address"))

    @admin.action(description=_("As CSV, for sweeping"), permissions=["view"])
    def as_csv(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Number and address first: what `scripts/sweep.py` reads."""
        answer = HttpResponse(
            content_type="text/csv", headers={"Content-Disposition": "attachment; filename=deposits.csv"}
        )
        rows = csv.writer(answer)
        rows.writerow(["index", "address", "chain_id", "order", "state"])
        for row in queryset.filter(index__isnull=False).order_by("index"):
            rows.writerow([row.index, row.address, row.chain_id, row.order.public_id, row.order.state])
        return answer


@admin.register(UsdtTransfer)
class UsdtTransferAdmin(ReadOnlyAdmin):
    list_display = ["tx_hash", "chain_id", "base_units", "state", "deposit_link", "block_number", "seen_at"]
    list_filter = ["state"]
    list_select_related = ["deposit"]
    search_fields = ["tx_hash", "recipient", "sender"]
    search_help_text = _("A whole hash of a transaction, or a whole address.")
    ordering = ["-id"]
    fields = [
        "tx_hash", "ordinal", "chain_id", "token", "sender", "recipient", "base_units", "deposit_link", "state",
        "block_number", "block_hash", "seen_at", "final_at",
    ]  # fmt: skip

    @admin.display(description=_("base units"))
    def base_units(self, row: UsdtTransfer) -> str:
        return str(row.value)

    @admin.display(description=_("deposit"))
    def deposit_link(self, row: UsdtTransfer) -> SafeString | str | None:
        return link_to(row.deposit)


def _release(row: UsdtWallet, given: dict[str, Any], staff: User) -> str:
    release(row)
    message = gettext("Released. Reason: %(reason)s") % {"reason": given["reason"]}
    LogEntry.objects.log_actions(staff.pk, [row], CHANGE, message, single_object=True)
    return gettext("Another member can prove now that this wallet is theirs.")


@admin.register(UsdtWallet)
class UsdtWalletAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["address", "user", "bound_at", "released_at"]
    list_select_related = ["user"]
    search_fields = ["address", "user__username__iexact"]
    search_help_text = _("A whole address, or a username.")
    ordering = ["-id"]
    fields = ["address", "user", "bound_at", "released_at"]
    questions = (
        Question(
            name="release",
            button=_("Release"),
            effect=_("Another member can prove that this wallet is theirs. Orders that it paid stay as they are."),
            permission=APPROVE,
            makes_sense=lambda row: row.released_at is None,
            take=_release,
        ),
    )


@notices.register
def what_keeps_chains(request: HttpRequest) -> Iterator[Notice]:
    """Keys that wait for approval and chains that take no orders, each time staff who approve come in."""
    if not request.user.has_perm(APPROVE):
        return
    keys = UsdtKey.objects.filter(approved_at=None).count()
    if keys:
        text = ngettext(
            "%(count)d key for USDT waits for approval.", "%(count)d keys for USDT wait for approval.", keys
        )
        yield Notice(text % {"count": keys}, reverse("admin:payments_usdtkey_changelist"))
    for chain, trouble in troubles():
        text = gettext("No orders on %(chain)s: %(trouble)s") % {"chain": chain.name, "trouble": trouble}
        yield Notice(text, reverse("admin:payments_usdtchain_changelist"), is_alarm=True)
