"""Orders for staff: to look at; the one thing they can do is ask the provider again (MONEY.md W18)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin, link, link_to, list_link
from degentalk.core.errors import Refused
from degentalk.core.templatetags.degen import signed
from payments import services as payments
from payments.admin.pressing import Button, PressingMixin
from payments.errors import PaymentMissing
from payments.models import Order, OrderChange, OrderMovement, ProviderEvent, Review, StripeDgtSession
from payments.money import sum_of
from wallet.models import DgtJournal, UserWallet

SHORT_ID = 8


def _ask_again(row: Order, staff: User) -> str:
    try:
        order = payments.look(row, because=f"asked again by {staff.username}")
    except PaymentMissing as error:
        raise Refused(gettext("The provider knows nothing of this payment any more.")) from error
    return gettext("The provider was asked. State: %(state)s.") % {"state": order.get_state_display()}


class Steps(ReadOnlyMixin, admin.TabularInline):
    model = OrderChange
    verbose_name_plural = _("steps")
    fields = readonly_fields = ("at", "from_state", "to_state", "because")


class Movements(ReadOnlyMixin, admin.TabularInline):
    model = OrderMovement
    verbose_name_plural = _("movements of DGT")
    fields = readonly_fields = ("at", "kind", "issued", "journal_link")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("journal")

    @admin.display(description=_("kind"))
    def kind(self, row: OrderMovement) -> str:
        return str(row.journal.get_kind_display())

    @admin.display(description=_("issued, DGT"))
    def issued(self, row: OrderMovement) -> object:
        return signed(row.dgt)

    @admin.display(description=_("journal"))
    def journal_link(self, row: OrderMovement) -> SafeString | str:
        return link(DgtJournal, row.journal_id, row.journal.key)


@admin.register(Order)
class OrderAdmin(PressingMixin, ReadOnlyAdmin):
    list_display = ["short", "created_at", "buyer", "package_name", "provider", "money", "dgt", "state", "waits_for"]
    list_filter = ["state", "provider", "package", "created_at"]
    list_select_related = ["user"]
    search_fields = [
        "public_id", "username__iexact", "reference", "stripe_session__session_id", "usdt_deposit__address",
    ]  # fmt: skip
    search_help_text = _("A whole id or its last eight letters, a username, the provider's reference, or an address.")
    ordering = ["-id"]
    view_on_site = False  # its page there is the buyer's alone
    fieldsets = [
        (_("As it was quoted"), {
            "fields": ["public_id", "buyer", "package", "name_then", "provider", "money", "dgt_amount", "bonus_dgt",
                       "created_at", "expires_at"],
        }),
        (_("How it stands"), {
            "fields": ["state", "changed_at", "waits_for", "paid_at", "credited_at", "credited_dgt", "taken_dgt",
                       "held_dgt", "reviews_shown"],
        }),
        (_("What the provider said last"), {
            "fields": ["reference", "session", "deposit_link", "paid_shown", "surplus_shown", "surplus_dgt",
                       "refunded_shown", "disputed_shown", "lost_shown", "had_dispute", "events_shown"],
        }),
    ]  # fmt: skip
    inlines = [Steps, Movements]
    button = Button(
        name="ask",
        label=_("Ask the provider again"),
        effect=_(
            "Fetches the payment with all its refunds and disputes, and does what follows from them, exactly as a"
            " webhook does. Pressed again it changes nothing more."
        ),
        permission="payments.replay_event",
        press=_ask_again,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("usdt_deposit")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Also by what people tell each other: the end of the id. It is looked for among what the list would show."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        term = search_term.strip().lower()
        if len(term) == SHORT_ID and term.isalnum() and not found.exists():
            found = queryset.filter(public_id__endswith=term)
        return found, may_repeat

    @admin.display(description=_("order"), ordering="id")
    def short(self, row: Order) -> str:
        return row.short_id

    @admin.display(description=_("member"), ordering="username")
    def buyer(self, row: Order) -> SafeString | str:
        return row.username if row.user_id is None else link(UserWallet, row.user_id, row.username)

    @admin.display(description=_("its name then"))
    def name_then(self, row: Order) -> str:
        return str(row.package_name)

    @admin.display(description=_("price"), ordering="price")
    def money(self, row: Order) -> str:
        return written(row, row.price)

    @admin.display(description=_("DGT"))
    def dgt(self, row: Order) -> str:
        return f"{row.total_dgt:,}"

    @admin.display(description=_("paid"))
    def paid_shown(self, row: Order) -> str:
        return written(row, row.paid)

    @admin.display(description=_("refunded"))
    def refunded_shown(self, row: Order) -> str:
        return written(row, row.refunded)

    @admin.display(description=_("disputed"))
    def disputed_shown(self, row: Order) -> str:
        return written(row, row.disputed)

    @admin.display(description=_("lost in disputes"))
    def lost_shown(self, row: Order) -> str:
        return written(row, row.lost)

    @admin.display(description=_("Stripe session"))
    def session(self, row: Order) -> SafeString | str | None:
        stored = StripeDgtSession.objects.filter(order=row).first()
        return None if stored is None else link(StripeDgtSession, stored.pk, f"{stored.session_id} ({stored.status})")

    @admin.display(description=_("deposit"))
    def deposit_link(self, row: Order) -> SafeString | str | None:
        return link_to(row.deposit)

    @admin.display(description=_("paid above the price"))
    def surplus_shown(self, row: Order) -> str:
        return written(row, row.surplus)

    @admin.display(description=_("reviews"))
    def reviews_shown(self, row: Order) -> SafeString | None:
        found = row.reviews.order_by("pk")
        return _lines([(link(Review, one.pk, one), one.get_decision_display() or gettext("open")) for one in found])

    @admin.display(description=_("events"))
    def events_shown(self, row: Order) -> SafeString:
        return list_link(ProviderEvent, f"order__id__exact={row.pk}", _("What the provider told about this order"))


@admin.register(StripeDgtSession)
class StripeDgtSessionAdmin(ReadOnlyAdmin):
    list_display = ["session_id", "created_at", "order_link", "usd_amount", "dgt_amount", "status"]
    list_filter = ["status"]
    list_select_related = ["order"]
    search_fields = ["session_id", "payment_intent_id"]
    search_help_text = _("A whole id of a session or of a payment intent.")
    ordering = ["-id"]
    fields = [
        "session_id", "payment_intent_id", "order_link", "user_id", "package_id", "dgt_amount", "usd_amount", "status",
        "created_at",
    ]  # fmt: skip

    @admin.display(description=_("order"))
    def order_link(self, row: StripeDgtSession) -> SafeString | str:
        return link(Order, row.order_id, row.order)


def written(row: Order, amount: int) -> str:
    """Such as 17.99 USD, or 17.99 USDT."""
    return sum_of(amount, row.currency) if row.currency == "usdt" else f"{amount / 100:,.2f} {row.currency.upper()}"


def _lines(pairs: list[tuple[object, object]]) -> SafeString | None:
    return format_html_join("", "<div>{}: {}</div>", pairs) or None
