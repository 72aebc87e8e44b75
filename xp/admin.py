"""XP for staff: actions, levels and rewards to tune; members' XP and the logs to look at."""

from django import forms
from django.contrib import admin
from django.core.validators import RegexValidator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, link, link_to, list_link, pretty_json
from degentalk.core.templatetags.degen import signed
from degentalk.rulebook.admin import RuleAdmin, RuleForm
from degentalk.rulebook.models import RuleSet
from wallet.models import DgtJournal
from xp import presentation
from xp.models import LevelDgtReward, LevelDgtRewardLog, UserXp, XpAction, XpLevel, XpLog

AMOUNT_MAX = 10**12


@admin.register(XpAction)
class XpActionAdmin(RuleAdmin):
    list_display = ["label", "name", "default_value", "cooldown_seconds", "is_enabled"]
    list_filter = ["is_enabled"]
    search_fields = ["name", "label", "description"]
    fields = ["name", "label", "description", "default_value", "cooldown_seconds", "is_enabled"]
    readonly_fields = ["name"]


class XpLevelForm(RuleForm):
    color_code = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six hexadecimal digits."))],
    )


@admin.register(XpLevel)
class XpLevelAdmin(RuleAdmin):
    form = XpLevelForm
    list_display = ["level", "xp_required", "rank_name", "tier", "color_code", "reward_shown"]
    list_filter = ["tier"]
    list_select_related = ["reward"]
    list_per_page = 200
    search_fields = ["=level", "rank_name"]
    fields = ["level", "xp_required", "rank_name", "description", "tier", "color_code"]
    readonly_fields = ["level", "xp_required"]

    @admin.display(description=_("reward"))
    def reward_shown(self, level: XpLevel) -> SafeString | str | None:
        reward = getattr(level, "reward", None)
        return link_to(reward, f"{reward.dgt_reward:,} DGT") if reward else None


class LevelDgtRewardForm(RuleForm):
    def clean_dgt_reward(self) -> int:
        amount: int = self.cleaned_data["dgt_reward"]
        if not 1 <= amount <= AMOUNT_MAX:
            raise forms.ValidationError(_("Rewards are whole DGT from 1 to 1,000,000,000,000."))
        return amount


@admin.register(LevelDgtReward)
class LevelDgtRewardAdmin(RuleAdmin):
    form = LevelDgtRewardForm
    list_display = ["level", "dgt_reward", "description"]
    list_select_related = ["level"]
    list_per_page = 200
    search_fields = ["=level__level", "level__rank_name"]
    fields = ["level", "dgt_reward", "description"]
    readonly_fields = ["level"]


@admin.register(UserXp)
class UserXpAdmin(ReadOnlyAdmin):
    list_display = ["member", "xp", "level", "last_xp_event_at", "is_listed"]
    list_filter = ["is_listed"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-pk"]
    fields = ["user", "xp", "level", "last_xp_event_at", "is_listed", "log"]

    @admin.display(description=_("member"), ordering="pk")
    def member(self, row: UserXp) -> str:
        return row.user.username

    @admin.display(description=_("log"))
    def log(self, row: UserXp) -> SafeString:
        return list_link(XpLog, f"user__id__exact={row.pk}", _("XP log of this member"))


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


@admin.register(LevelDgtRewardLog)
class LevelDgtRewardLogAdmin(ReadOnlyAdmin):
    list_display = ["member", "level", "dgt_reward", "state", "created_at", "paid_at", "journal_link"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["member_link", "level", "dgt_reward", "state", "created_at", "paid_at", "journal"]

    @admin.display(description=_("member"))
    def member(self, row: LevelDgtRewardLog) -> str:
        return row.user.username

    @admin.display(description=_("member"))
    def member_link(self, row: LevelDgtRewardLog) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("journal"))
    def journal_link(self, row: LevelDgtRewardLog) -> SafeString | str | None:
        return link(DgtJournal, row.journal_id, row.journal_id) if row.journal_id else None
