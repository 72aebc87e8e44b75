"""The ledger for staff: to look at; the one thing they can do is reverse a journal (MONEY.md W18, L29)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin, link, link_to, list_link, pretty_json
from degentalk.core.templatetags.degen import signed
from wallet import taken_back
from wallet.accounts import SYSTEM_ACCOUNTS
from wallet.admin.asking import AskingForm, AskingMixin, Question
from wallet.models import DgtAccount, DgtJournal, DgtTransaction, UserWallet
from wallet.services.second_person import reverse_or_ask
from wallet.sums import sums

NEVER_REVERSED: dict[str, Promise] = {
    "hold": _("A hold is released, not reversed."),
    "release": _("What was released is not taken back."),
    "reversal": _("A reversal cannot be reversed."),
}
"""Why not, by kind. The door says the same."""


@admin.register(DgtAccount)
class DgtAccountAdmin(ReadOnlyAdmin):
    list_display = ["account", "kind", "member", "purpose"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact", "name"]
    search_help_text = _("A username, or the name of a system account.")
    ordering = ["id"]
    fields = ["account", "kind", "name", "purpose", "user", "entries"]

    def get_urls(self) -> list[URLPattern]:
        page = path("sums/", self.admin_site.admin_view(self.sums), name="wallet_dgtaccount_sums")
        return [page, *super().get_urls()]

    def sums(self, request: HttpRequest) -> HttpResponse:
        """All accounts, and that they add up to nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("All accounts add up"),
            "opts": self.opts,
            "sums": sums(),
        }
        return TemplateResponse(request, "admin/wallet/dgtaccount/sums.html", context)

    @admin.display(description=_("account"), ordering="id")
    def account(self, account: DgtAccount) -> str:
        return account.name or str(account.pk)

    @admin.display(description=_("member"))
    def member(self, account: DgtAccount) -> SafeString | str | None:
        return link(UserWallet, account.user_id, account.user.username) if account.user else None

    @admin.display(description=_("entries"))
    def entries(self, account: DgtAccount) -> SafeString:
        return list_link(DgtTransaction, f"account__id__exact={account.pk}", _("Ledger entries of this account"))


class EntryInline(ReadOnlyMixin, admin.TabularInline):
    model = DgtTransaction
    fields = readonly_fields = ("line", "holder", "amount_shown", "balance_after", "description")
    ordering = ["line"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("account", "user")

    @admin.display(description=_("account"))
    def holder(self, entry: DgtTransaction) -> SafeString | str | None:
        return _holder(entry)

    @admin.display(description=_("amount"))
    def amount_shown(self, entry: DgtTransaction) -> object:
        return signed(entry.amount)


class ReverseForm(AskingForm):
    """Why, and whether what was spent meanwhile is owed."""

    into_debt = forms.BooleanField(
        label=_("What a member has spent of it meanwhile becomes their debt"),
        required=False,
        help_text=_("Without this a reversal is refused where a balance does not suffice."),
    )


def _reverse(row: DgtJournal, given: dict[str, Any], staff: User) -> str | Approval:
    taken_from = row.entries.filter(user__isnull=False, amount__gt=0).select_related("user").first()
    done = reverse_or_ask(
        journal=row,
        about=taken_from.user if taken_from else None,
        reason=given["reason"],
        actor=staff,
        key=f"reversal:{given['key']}",
        into_debt=given["into_debt"],
    )
    if isinstance(done, Approval):
        return done
    return gettext("Reversed by journal %(id)d.") % {"id": done.id}


def _can_be_reversed(row: DgtJournal) -> bool:
    return not _why_never(row) and not hasattr(row, "reversed_by")


def _why_never(row: DgtJournal) -> str | Promise:
    return NEVER_REVERSED.get(row.kind, "") or taken_back.elsewhere(row.pk)


@admin.register(DgtJournal)
class DgtJournalAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["journal", "created_at", "kind", "key", "actor", "approver", "reason"]
    list_filter = ["kind"]
    list_select_related = ["actor", "approver"]
    search_fields = ["key", "public_id"]
    search_help_text = _("A whole key or journal id. To search by member, use the ledger entries.")
    ordering = ["-id"]
    fields = [
        "public_id", "kind", "key", "created_at", "actor", "approver", "reason", "reverses", "reversed_shown",
        "request_hash",
    ]  # fmt: skip
    inlines = [EntryInline]
    questions = (
        Question(
            name="reverse",
            button=_("Reverse"),
            effect=_("Undoes the journal by one that mirrors it, its fee with it. XP stays as it is."),
            permission="wallet.reverse_journal",
            makes_sense=_can_be_reversed,
            take=_reverse,
            form=ReverseForm,
            why_never=_why_never,
            is_limited=True,
        ),
    )

    @admin.display(description=_("journal"), ordering="id")
    def journal(self, journal: DgtJournal) -> str:
        return str(journal.pk)

    @admin.display(description=_("reversed by"))
    def reversed_shown(self, journal: DgtJournal) -> SafeString | str | None:
        return link_to(getattr(journal, "reversed_by", None))


class SystemAccountFilter(admin.SimpleListFilter):
    """The few accounts worth a filter; a member's entries are found by searching."""

    title = _("system account")
    parameter_name = "system"

    def lookups(self, request, model_admin):
        return [(name, name) for name in SYSTEM_ACCOUNTS]

    def queryset(self, request, queryset):
        return queryset.filter(account__name=self.value()) if self.value() else queryset


@admin.register(DgtTransaction)
class DgtTransactionAdmin(ReadOnlyAdmin):
    list_display = [
        "entry", "created_at", "holder", "amount_shown", "balance_after", "type_shown", "description", "journal_link",
    ]  # fmt: skip
    list_display_links = ["entry"]
    list_filter = [SystemAccountFilter, "journal__kind", "created_at"]
    list_select_related = ["journal", "account", "user"]
    search_fields = ["user__username__iexact", "journal__key", "journal__public_id"]
    search_help_text = _("A username, a whole key or a journal id.")
    ordering = ["-id"]
    fields = [
        "entry", "journal", "created_at", "holder", "amount_shown", "balance_after", "type_shown", "description",
        "reference_type", "reference_id", "metadata_shown",
    ]  # fmt: skip

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, entry: DgtTransaction) -> str:
        return str(entry.pk)

    @admin.display(description=_("account"))
    def holder(self, entry: DgtTransaction) -> SafeString | str | None:
        return _holder(entry)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, entry: DgtTransaction) -> object:
        return signed(entry.amount)

    @admin.display(description=_("type"))
    def type_shown(self, entry: DgtTransaction) -> str:
        return str(DgtJournal.Kind(entry.transaction_type).label)

    @admin.display(description=_("journal"))
    def journal_link(self, entry: DgtTransaction) -> SafeString | str:
        return link(DgtJournal, entry.journal_id, entry.journal.key)

    @admin.display(description=_("metadata"))
    def metadata_shown(self, entry: DgtTransaction) -> SafeString | None:
        return pretty_json(entry.metadata)


def _holder(entry: DgtTransaction) -> SafeString | str | None:
    """Whose account: a system account's name, or the member, and what kind where it is not the plain one."""
    account = entry.account
    if entry.user is None:
        return link_to(account)
    name = entry.user.username
    plain = account.kind == DgtAccount.Kind.MEMBER
    return link(UserWallet, entry.user.pk, name if plain else f"{name} ({account.get_kind_display()})")
