"""The XP log to look at, what was refused, what is withheld, and tips as far as XP goes."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin, link, link_to, pretty_json
from degentalk.core.templatetags.degen import signed
from degentalk.rulebook.models import RuleSet
from xp import presentation
from xp.models import TipFlow, UserXp, XpLog, XpRefusal, XpWithholding


class KindFilter(admin.SimpleListFilter):
    """Awards, and what is not one. The rare kinds have an index of their own."""

    title = _("kind")
    parameter_name = "kind"
    kinds: dict[str | None, dict[str, Any]] = {
        "award": {"reverses": None, "action__isnull": False},
        "undone": {"reverses__isnull": False},
        "adjustment": {"reverses": None, "action": None, "actor__isnull": False},
        "repair": {"reverses": None, "action": None, "actor": None},
    }

    def lookups(self, request, model_admin):
        return [
            ("award", _("Awards")),
            ("undone", _("Taken back or granted again")),
            ("adjustment", _("Adjustments by staff")),
            ("repair", _("Put right by xp_doctor")),
        ]

    def queryset(self, request, queryset):
        return queryset.filter(**self.kinds.get(self.value(), {}))


@admin.register(XpLog)
class XpLogAdmin(ReadOnlyAdmin):
    list_display = [
        "entry", "created_at", "member", "what", "points", "why_shown", "other_member", "amount", "cause", "actor",
    ]  # fmt: skip
    list_display_links = ["entry"]
    list_filter = [KindFilter, "action", "created_at"]
    list_select_related = ["user", "action", "counterparty", "actor", "reversed_by"]
    search_fields = ["user__username__iexact", "key"]
    search_help_text = _("A username or a whole key.")
    ordering = ["-id"]
    fields = [
        "entry", "created_at", "member", "what", "points", "xp_after", "level_before", "level_after", "why_lines",
        "rule_set_link", "other_member", "amount", "cause", "key", "reverses", "taken_back_by", "withheld", "path_id",
        "path_share", "actor", "approver", "reason", "metadata_shown",
    ]  # fmt: skip

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: XpLog) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def member(self, row: XpLog) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("action"))
    def what(self, row: XpLog) -> str:
        return presentation.label(row)

    @admin.display(description=_("XP"), ordering="xp_awarded")
    def points(self, row: XpLog) -> object:
        return signed(row.xp_awarded)

    @admin.display(description=_("why"))
    def why_shown(self, row: XpLog) -> str:
        return presentation.formula_of(row)

    @admin.display(description=_("why"))
    def why_lines(self, row: XpLog) -> SafeString:
        return format_html_join("", "<div>{}: {}</div>", presentation.lines_of(row))

    @admin.display(description=_("other member"))
    def other_member(self, row: XpLog) -> SafeString | str | None:
        return link(UserXp, row.counterparty_id, row.counterparty.username) if row.counterparty else None

    @admin.display(description=_("cause"))
    def cause(self, row: XpLog) -> str:
        return f"{row.cause_type} {row.cause_id}"

    @admin.display(description=_("rule set"))
    def rule_set_link(self, row: XpLog) -> SafeString | str:
        return link(RuleSet, row.rule_set_id, row.rule_set_id)

    @admin.display(description=_("taken back by"))
    def taken_back_by(self, row: XpLog) -> SafeString | str | None:
        return link_to(getattr(row, "reversed_by", None))

    @admin.display(description=_("held against it"))
    def withheld(self, row: XpLog) -> str | None:
        return ", ".join(row.withholdings.order_by("id").values_list("because", flat=True)) or None

    @admin.display(description=_("approved by"))
    def approver(self, row: XpLog) -> SafeString | str | None:
        return link_to(User.objects.filter(pk=row.approver_id).first()) if row.approver_id else None

    @admin.display(description=_("metadata"))
    def metadata_shown(self, row: XpLog) -> SafeString | None:
        return pretty_json(row.metadata)


@admin.register(XpRefusal)
class XpRefusalAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "member", "action", "reason", "again_at", "other_member", "cause", "rule_set_link"]
    list_display_links = ["created_at"]
    list_filter = ["reason", "action", "created_at"]
    list_select_related = ["user", "action", "counterparty"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["created_at", "member", "action", "reason", "again_at", "other_member", "cause", "key", "rule_set_link"]

    @admin.display(description=_("member"))
    def member(self, row: XpRefusal) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("other member"))
    def other_member(self, row: XpRefusal) -> SafeString | str | None:
        return link(UserXp, row.counterparty_id, row.counterparty.username) if row.counterparty else None

    @admin.display(description=_("cause"))
    def cause(self, row: XpRefusal) -> str:
        return f"{row.cause_type} {row.cause_id}"

    @admin.display(description=_("rule set"))
    def rule_set_link(self, row: XpRefusal) -> SafeString | str:
        return link(RuleSet, row.rule_set_id, row.rule_set_id)


@admin.register(XpWithholding)
class XpWithholdingAdmin(ReadOnlyAdmin):
    list_display = ["because", "created_at", "member", "award_link"]
    list_select_related = ["award__user"]
    search_fields = ["because", "award__key"]
    search_help_text = _("A whole reason such as post_hidden:91, or the whole key of an award.")
    ordering = ["-id"]
    fields = ["because", "created_at", "member", "award_link"]

    @admin.display(description=_("member"))
    def member(self, row: XpWithholding) -> SafeString | str:
        return link(UserXp, row.award.user_id, row.award.user.username)

    @admin.display(description=_("award"))
    def award_link(self, row: XpWithholding) -> SafeString | str | None:
        return link_to(row.award)


@admin.register(TipFlow)
class TipFlowAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "giver", "receiver", "amount", "returned", "key"]
    list_select_related = ["giver", "receiver"]
    search_fields = ["key", "giver__username__iexact", "receiver__username__iexact"]
    search_help_text = _("A whole key, or the username of the giver; of the receiver where nobody of that name gave.")
    ordering = ["-id"]
    fields = ["created_at", "giver", "receiver", "amount", "returned", "key"]
