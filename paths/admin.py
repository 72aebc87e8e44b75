"""Paths and their levels as staff tune them; what members chose."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.admin import RuleAdmin, RuleForm
from degentalk.rulebook.errors import RuleError
from paths import sections
from paths import services as paths
from paths.models import PathChoice, PathPolicy, PathSwitchToken, UserPath, XpPath, XpPathLevel


class XpPathForm(RuleForm):
    """What the rules refuse is said beside what was typed, before anything is saved."""

    def clean_xp_multipliers(self) -> dict[str, int]:
        multipliers = self.cleaned_data["xp_multipliers"]
        actions = rulebook.current().rules["xp"]["actions"]
        try:
            sections.validate_multipliers(self.data.get("name", ""), multipliers, actions)
        except RuleError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return dict(multipliers)


class LevelFormSet(forms.BaseInlineFormSet):
    """The whole curve at once."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        rows = sorted([row["level"], row["xp_required"], row["title"]] for row in kept)
        try:
            sections.validate_levels(str(self.instance), rows)
        except RuleError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class LevelInline(admin.TabularInline):
    model = XpPathLevel
    formset = LevelFormSet
    fields = ["level", "xp_required", "title"]
    extra = 0


@admin.register(XpPath)
class XpPathAdmin(RuleAdmin):
    """None is deleted: a paused path keeps its members' progress."""

    form = XpPathForm
    rows_can_be_added = True
    inlines = [LevelInline]
    list_display = ["name", "id", "tagline", "members", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["id", "name"]
    fieldsets = [
        (None, {"fields": ["id", "name", "tagline", "description", "icon", "color", "position", "is_active"]}),
        (_("What it multiplies"), {"fields": ["xp_multipliers"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        """Addresses and the log name it."""
        return ["id"] if obj else []

    @admin.display(description=_("primary path of"))
    def members(self, path: XpPath) -> int:
        return UserPath.objects.filter(path=path, primary_path=True).count()

    def save_model(self, request, obj, form, change):
        """The rules are published with its levels: see save_related."""
        obj.save()

    def save_related(self, request, form, formsets, change):
        """The path, its levels and the rule set: all of it or nothing, in the transaction of Django's view."""
        super().save_related(request, form, formsets, change)
        self.publish(request, form)
        if any(formset.has_changed() for formset in formsets):
            paths.follow_new_curve()


@admin.register(PathPolicy)
class PathPolicyAdmin(RuleAdmin):
    """The one row."""

    list_display = ["__str__", "switch_cooldown_hours"]
    fields = ["switch_cooldown_hours"]


@admin.register(UserPath)
class UserPathAdmin(ReadOnlyAdmin):
    list_display = ["member", "path", "primary_path", "path_level", "path_xp"]
    list_filter = ["primary_path", "path"]
    list_select_related = ["user", "path"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["member", "path", "primary_path", "path_level", "path_xp", "is_listed"]

    @admin.display(description=_("member"))
    def member(self, row: UserPath) -> str:
        return row.user.username


@admin.register(PathChoice)
class PathChoiceAdmin(ReadOnlyAdmin):
    list_display = ["chosen_at", "member", "left", "path", "how"]
    list_filter = ["how", "chosen_at"]
    list_select_related = ["user", "path", "left"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["chosen_at", "member", "left", "path", "how"]

    @admin.display(description=_("member"))
    def member(self, row: PathChoice) -> str:
        return row.user.username


@admin.register(PathSwitchToken)
class PathSwitchTokenAdmin(ReadOnlyAdmin):
    list_display = ["granted_at", "member", "source", "choice"]
    list_filter = [("choice", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "choice"]
    search_fields = ["user__username__iexact", "source"]
    search_help_text = _("A username or a whole source.")
    ordering = ["-id"]
    fields = ["granted_at", "member", "source", "choice"]

    @admin.display(description=_("member"))
    def member(self, row: PathSwitchToken) -> Any:
        return row.user.username
