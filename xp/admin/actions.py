"""What earns XP, and the limits of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from degentalk.rulebook.admin import RuleAdmin, RuleForm
from degentalk.rulebook.errors import RuleError
from xp import sections
from xp.models import StreakMilestone, XpAction


class XpActionForm(RuleForm):
    """What the rules refuse is said beside what was typed, before anything is saved."""

    def clean_amount_step(self) -> int | None:
        step: int | None = self.cleaned_data["amount_step"]
        if step == 0:
            raise forms.ValidationError(_("At least 1, or empty for the base whatever the amount."))
        return step

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                sections.validate_action(self.instance.label, typed)
            except RuleError as refusal:
                self.add_error(None, str(refusal))
        return typed


@admin.register(XpAction)
class XpActionAdmin(RuleAdmin):
    form = XpActionForm
    list_display = [
        "label", "name", "default_value", "cooldown_seconds", "daily_cap_xp", "weekly_cap_xp", "pair_daily_cap_xp",
        "is_self_triggered", "is_enabled",
    ]  # fmt: skip
    list_filter = ["is_enabled", "is_self_triggered"]
    search_fields = ["name", "label", "description"]
    fieldsets = [
        (None, {"fields": ["name", "label", "description", "is_enabled"]}),
        (_("What it pays"), {"fields": ["default_value", "amount_step", "half_after"]}),
        (
            _("How often and how much"),
            {"fields": ["cooldown_seconds", "daily_cap_xp", "weekly_cap_xp", "pair_daily_cap_xp"]},
        ),
        (_("Who"), {"fields": ["min_account_age_hours", "needs_verified_email", "is_self_triggered"]}),
    ]
    readonly_fields = ["name"]


class StreakMilestoneForm(RuleForm):
    class Meta:
        help_texts = {
            "days": _("Days in a row, from 2. Other days are another milestone."),
            "xp": _("0 takes the milestone out of the rules."),
        }

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if days < 2:
            raise forms.ValidationError(_("A streak begins with two days."))
        return days


@admin.register(StreakMilestone)
class StreakMilestoneAdmin(RuleAdmin):
    """Rows may be added. None is deleted: 0 XP takes a milestone out of the rules, and its history stays."""

    form = StreakMilestoneForm
    rows_can_be_added = True
    list_display = ["days", "xp"]
    fields = ["days", "xp"]

    def get_readonly_fields(self, request, obj=None):
        """The days are what a milestone is: other days are another milestone."""
        return ["days"] if obj else []
