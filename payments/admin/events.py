"""What providers told, as they told it, and how far they have been compared (MONEY.md W18)."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin, link_to, pretty_json
from payments import services as payments
from payments.admin.pressing import Button, PressingMixin
from payments.models import ProviderEvent, ReconcileCursor


def _process_again(row: ProviderEvent, staff: User) -> str:
    payments.replay(row, staff)
    return gettext("A worker processes it within a moment.")


@admin.register(ProviderEvent)
class ProviderEventAdmin(PressingMixin, ReadOnlyAdmin):
    list_display = ["type", "received_at", "order_link", "state", "attempts", "source", "note", "event_id"]
    list_filter = ["state", "provider", "source", "received_at"]  # not the type: finding its values reads every row
    list_select_related = ["order"]
    search_fields = ["event_id", "object_id", "order__username__iexact"]
    search_help_text = _("A whole id of an event or of what it is about, or a username.")
    ordering = ["-id"]
    fields = [
        "provider", "event_id", "type", "object_id", "order_link", "api_version", "source", "received_at", "state",
        "attempts", "note", "done_at", "body_shown",
    ]  # fmt: skip
    button = Button(
        name="replay",
        label=_("Process again"),
        effect=_(
            "A worker asks the provider anew about the payment that this event names. What the event says of money is"
            " never believed, so that this is safe whatever came of it before."
        ),
        permission="payments.replay_event",
        press=_process_again,
    )

    @admin.display(description=_("order"))
    def order_link(self, row: ProviderEvent) -> SafeString | str | None:
        return link_to(row.order)

    @admin.display(description=_("as it came"))
    def body_shown(self, row: ProviderEvent) -> SafeString | None:
        try:
            return pretty_json(json.loads(row.body))
        except ValueError:
            return format_html("<pre>{}</pre>", row.body)


@admin.register(ReconcileCursor)
class ReconcileCursorAdmin(ReadOnlyAdmin):
    list_display = ["provider", "until"]
    fields = ["provider", "until"]
