"""The curve of levels, what they pay, and who was paid."""

from django import forms
from django.contrib import admin
from django.core.validators import RegexValidator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, link, link_to
from degentalk.rulebook.admin import RuleAdmin, RuleForm
from wallet.models import DgtJournal
from xp.admin.curve import CurvePage
from xp.models import LevelDgtReward, LevelDgtRewardLog, UserXp, XpLevel

AMOUNT_MAX = 10**12


class XpLevelForm(RuleForm):
    color_code = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as # and six hexadecimal digits."))],
    )


@admin.register(XpLevel)
class XpLevelAdmin(CurvePage, RuleAdmin):
    """Names, colours and silhouettes are changed level by level; thresholds all together, on the page of the curve."""

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
