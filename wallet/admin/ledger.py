"""The ledger for staff: to look at, never to write (MONEY.md W18, L29)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin, link, link_to, list_link, pretty_json
from degentalk.core.templatetags.degen import signed
from wallet.accounts import SYSTEM_ACCOUNTS
from wallet.models import DgtAccount, DgtJournal, DgtTransaction, UserWallet


@admin.register(UserWallet)
class UserWalletAdmin(ReadOnlyAdmin):
    list_display = ["member", "dgt_balance", "held_dgt", "debt_dgt", "lifetime_earned", "lifetime_spent"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-pk"]
    fields = ["user", "dgt_balance", "held_dgt", "debt_dgt", "lifetime_earned", "lifetime_spent", "entries"]

    @admin.display(description=_("member"), ordering="pk")
    def member(self, wallet: UserWallet) -> str:
        return wallet.user.username

    @admin.display(description=_("entries"))
    def entries(self, wallet: UserWallet) -> SafeString:
        return list_link(DgtTransaction, f"user__id__exact={wallet.pk}", _("Ledger entries of this member"))


@admin.register(DgtAccount)
class DgtAccountAdmin(ReadOnlyAdmin):
    list_display = ["account", "kind", "member", "purpose"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact", "name"]
    search_help_text = _("A username, or the name of a system account.")
    ordering = ["id"]
    fields = ["account", "kind", "name", "purpose", "user", "entries"]

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


@admin.register(DgtJournal)
class DgtJournalAdmin(ReadOnlyAdmin):
    list_display = ["journal", "created_at", "kind", "key", "actor", "reason"]
    list_filter = ["kind"]
    list_select_related = ["actor"]
    search_fields = ["key", "public_id"]
    search_help_text = _("A whole key or journal id. To search by member, use the ledger entries.")
    ordering = ["-id"]
    fields = ["public_id", "kind", "key", "created_at", "actor", "reason", "reverses", "reversed_shown", "request_hash"]
    inlines = [EntryInline]

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
