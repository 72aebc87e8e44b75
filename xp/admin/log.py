"""The XP log to look at."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, link, link_to, pretty_json
from degentalk.core.templatetags.degen import signed
from degentalk.rulebook.models import RuleSet
from xp import presentation
from xp.models import UserXp, XpLog


@admin.register(XpLog)
class XpLogAdmin(ReadOnlyAdmin):
    list_display = ["entry", "created_at", "member", "action", "points", "why_shown", "cause", "rule_set_link"]
    list_display_links = ["entry"]
    list_filter = ["action", "created_at"]
    list_select_related = ["user", "action"]
    search_fields = ["user__username__iexact", "key"]
    search_help_text = _("A username or a whole key.")
    ordering = ["-id"]
    fields = [
        "entry", "created_at", "member", "action", "points", "xp_after", "why_lines", "rule_set_link", "cause", "key",
        "reverses", "taken_back_by", "path_id", "path_share", "actor", "reason", "metadata_shown",
    ]  # fmt: skip

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: XpLog) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def member(self, row: XpLog) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("XP"), ordering="xp_awarded")
    def points(self, row: XpLog) -> object:
        return signed(row.xp_awarded)

    @admin.display(description=_("why"))
    def why_shown(self, row: XpLog) -> str:
        return " ".join(amount for _name, amount in presentation.trace_lines(row.why))

    @admin.display(description=_("why"))
    def why_lines(self, row: XpLog) -> SafeString:
        return format_html_join("", "<div>{}: {}</div>", presentation.trace_lines(row.why))

    @admin.display(description=_("cause"))
    def cause(self, row: XpLog) -> str:
        return f"{row.cause_type} {row.cause_id}"

    @admin.display(description=_("rule set"))
    def rule_set_link(self, row: XpLog) -> SafeString | str:
        return link(RuleSet, row.rule_set_id, row.rule_set_id)

    @admin.display(description=_("taken back by"))
    def taken_back_by(self, row: XpLog) -> SafeString | str | None:
        return link_to(getattr(row, "reversed_by", None))

    @admin.display(description=_("metadata"))
    def metadata_shown(self, row: XpLog) -> SafeString | None:
        return pretty_json(row.metadata)
