"""Payments that need a person: the open ones first, each with what can be decided about it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core import notices
from degentalk.core.admin import ReadOnlyAdmin, link_to
from degentalk.core.notices import Notice
from payments import services as payments
from payments.admin.orders import written
from payments.models import Review
from wallet.admin.asking import AskingMixin, Question

DECIDE = "payments.decide_review"


def _decide(row: Review, decision: Review.Decision, given: dict[str, Any], staff: User) -> str | Approval:
    key = f"review:{row.pk}:{given['key']}"
    done = payments.decide_or_ask(review=row, decision=decision, actor=staff, note=given["reason"], key=key)
    if isinstance(done, Approval):
        return done
    done.refresh_from_db()
    if done.order is None:
        return gettext("Decided.")
    return gettext("Decided. The order's state: %(state)s.") % {"state": done.order.get_state_display()}


def _credit(row: Review, given: dict[str, Any], staff: User) -> str | Approval:
    return _decide(row, Review.Decision.CREDIT, given, staff)


def _dismiss(row: Review, given: dict[str, Any], staff: User) -> str | Approval:
    return _decide(row, Review.Decision.DISMISS, given, staff)


def _take_back(row: Review, given: dict[str, Any], staff: User) -> str | Approval:
    return _decide(row, Review.Decision.TAKE_BACK, given, staff)


class OpenFilter(admin.SimpleListFilter):
    """What waits for a decision."""

    title = _("decision")
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("yes", _("Open")), ("no", _("Decided"))]

    def queryset(self, request, queryset):
        return queryset.filter(decided_at__isnull=self.value() == "yes") if self.value() in ("yes", "no") else queryset


@admin.register(Review)
class ReviewAdmin(AskingMixin, ReadOnlyAdmin):
    list_display = ["__str__", "opened_at", "provider", "order_link", "reference", "decision", "decided_by"]
    list_filter = [OpenFilter, "reason", "provider"]
    list_select_related = ["order", "decided_by"]
    search_fields = ["reference", "order__public_id", "order__username__iexact"]
    search_help_text = _("The provider's reference, a whole id of an order, or a username.")
    ordering = [F("decided_at").desc(nulls_first=True), "-id"]  # what waits comes first
    fields = [
        "reason", "sums", "details", "provider", "order_link", "reference", "opened_at", "decision", "decided_at",
        "decided_by", "note",
    ]  # fmt: skip
    questions = (
        Question(
            name="credit",
            button=_("Credit"),
            effect=_(
                "The buyer gets what was quoted, whatever was paid; of what was paid above the price, DGT at the"
                " order's rate. Large amounts take a second member of staff: then this goes to the queue."
            ),
            permission=DECIDE,
            makes_sense=lambda row: row.decided_at is None and payments.may_credit(row),
            take=_credit,
        ),
        Question(
            name="take-back",
            button=_("Take the DGT back"),
            effect=_(
                "What was credited for a payment that the chain has no more is taken from the buyer; what is spent"
                " becomes a debt. If the chain has the payment again, it is credited again by itself."
            ),
            permission=DECIDE,
            makes_sense=lambda row: row.decided_at is None and payments.may_take_back(row),
            take=_take_back,
        ),
        Question(
            name="dismiss",
            button=_("Dismiss"),
            effect=_(
                "Nothing is credited for it, now or later. The money is not sent back by this: do that at the provider."
            ),
            permission=DECIDE,
            makes_sense=lambda row: row.decided_at is None and payments.may_dismiss(row),
            take=_dismiss,
        ),
    )

    @admin.display(description=_("money"))
    def sums(self, row: Review) -> str | None:
        """As the provider said last."""
        if row.order is None:
            return None
        facts = {"paid": written(row.order, row.order.paid), "price": written(row.order, row.order.price)}
        return gettext("%(paid)s paid, %(price)s ordered") % facts

    @admin.display(description=_("order"))
    def order_link(self, row: Review) -> SafeString | str | None:
        return link_to(row.order)


@notices.register
def what_waits(request: HttpRequest) -> Iterator[Notice]:
    """How many payments wait for a person, each time staff who decide come in."""
    count = Review.objects.open().count() if request.user.has_perm(DECIDE) else 0
    if count:
        text = ngettext("%(count)d payment waits for a decision.", "%(count)d payments wait for a decision.", count)
        yield Notice(text % {"count": count}, reverse("admin:payments_review_changelist") + "?open=yes")
