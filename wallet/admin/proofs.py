"""Seals and audits for staff: to look at."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, pretty_json
from wallet.models import DgtAudit, DgtSeal
from wallet.services.audit import findings_of


@admin.register(DgtSeal)
class DgtSealAdmin(ReadOnlyAdmin):
    list_display = ["number", "sealed_at", "journals", "entries", "hash"]
    search_fields = ["hash", "number"]
    search_help_text = _("A whole hash, or a number.")
    ordering = ["-number"]
    fields = [
        "number", "sealed_at", "journals", "entries", "root", "previous", "hash", "signature", "public_key", "epoch",
        "xid",
    ]  # fmt: skip


@admin.register(DgtAudit)
class DgtAuditAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "finished_at", "is_clean", "findings"]
    list_filter = ["is_clean"]
    ordering = ["-id"]
    fields = ["started_at", "finished_at", "is_clean", "findings", "named", "report_shown"]

    @admin.display(description=_("findings"))
    def findings(self, audit: DgtAudit) -> int:
        return audit.report["findings"]

    @admin.display(description=_("what was found"))
    def named(self, audit: DgtAudit) -> SafeString | None:
        return format_html_join("", "<div>{}</div>", ((sentence,) for sentence in findings_of(audit))) or None

    @admin.display(description=_("report"))
    def report_shown(self, audit: DgtAudit) -> SafeString | None:
        return pretty_json(audit.report)
