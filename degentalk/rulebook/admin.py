"""Versions of the rules to look at, and what every admin page that changes a rule shares."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, link_to, pretty_json
from degentalk.core.fields import DigitsField
from degentalk.rulebook import changes
from degentalk.rulebook import services as rulebook
from degentalk.rulebook.errors import RuleError
from degentalk.rulebook.models import RuleSet

REASON = "reason"
WHOLE_NUMBER = {"form_class": DigitsField, "widget": forms.TextInput(attrs={"class": "vIntegerField"})}


class RuleForm(forms.ModelForm):
    """A change of the rules says why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Why this changes. It is kept with the new rule set.")
    )

    @cached_property
    def changed_data(self) -> list[str]:
        """The reason is about the change, not part of it."""
        return [name for name in super().changed_data if name != REASON]


class RuleAdmin(admin.ModelAdmin):
    """A row that is part of the rules. Saving it publishes a rule set in the same transaction.

    Most rows come and go with the code that knows them, by migration: staff tune them and switch them off. Where staff
    may add rows, switching one off is taking it away: none is deleted, so that its history stays on its page.
    """

    form = RuleForm
    rows_can_be_added = False
    formfield_overrides = {models.PositiveIntegerField: WHOLE_NUMBER, models.BigIntegerField: WHOLE_NUMBER}

    def has_add_permission(self, request):
        return self.rows_can_be_added and super().has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fieldsets(self, request, obj=None):
        """Last of all the reason. Who may only look is not asked for one."""
        fieldsets = [*super().get_fieldsets(request, obj)]
        is_asked = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*fieldsets, (None, {"fields": [REASON]})] if is_asked else fieldsets

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A draft that a section refuses changes nothing, and staff read why."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except RuleError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request, obj, form, change):
        """Both or neither: Django's view holds the transaction."""
        if change:  # only what was changed: not every column is for this page, or for this role, to write
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=[name for name in form.changed_data if name in columns])
        else:
            super().save_model(request, obj, form, change)
        self.publish(request, form)

    def publish(self, request, form):
        """Put the rules in force as the tables say now, and tell which version that is."""
        before = rulebook.current()
        now = rulebook.publish(actor=request.user, reason=form.cleaned_data[REASON])
        text = _("Rule set %(number)d is in force.") if now.number != before.number else _("Rule set %(number)d stays.")
        self.message_user(request, text % {"number": now.number})

    def construct_change_message(self, request, form, formsets, add=False):
        """Before, after and why: also of what no rule set holds, such as a description."""
        values = [_before_and_after(form, name) for name in form.changed_data]
        return f"{'; '.join(values) or _('Nothing changed')}. {_('Reason')}: {form.cleaned_data[REASON]}"


@admin.register(RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ["number_shown", "created_at", "created_by", "reason", "hash_start"]
    list_display_links = ["number_shown"]
    list_select_related = ["created_by"]
    list_filter = ["created_at"]
    search_fields = ["number", "created_by__username__iexact", "sha256"]
    search_help_text = _("A number, a staff member or a whole hash.")
    ordering = ["-number"]
    fieldsets = [
        (None, {"fields": ["number_shown", "created_at", "staff", "reason", "sha256", "differences"]}),
        (_("All rules"), {"classes": ["collapse"], "fields": ["rules_shown"]}),
    ]

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, rule_set: RuleSet) -> str:
        return str(rule_set.number)

    @admin.display(description=_("hash"))
    def hash_start(self, rule_set: RuleSet) -> str:
        return rule_set.sha256[:12]

    @admin.display(description=_("published by"))
    def staff(self, rule_set: RuleSet) -> SafeString | str:
        return link_to(rule_set.created_by) or gettext("A migration")

    @admin.display(description=_("changes"))
    def differences(self, rule_set: RuleSet) -> SafeString | str:
        before = RuleSet.objects.filter(number=rule_set.number - 1).first()
        if before is None:
            return gettext("The first version.")
        lines = changes.between(before.rules, rule_set.rules)
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))

    @admin.display(description=_("rules"))
    def rules_shown(self, rule_set: RuleSet) -> SafeString | None:
        return pretty_json(rule_set.rules)


def _before_and_after(form: forms.ModelForm, name: str) -> str:
    return f"{form.fields[name].label}: {_shown(form.initial.get(name))} → {_shown(form.cleaned_data[name])}"


def _shown(value: Any) -> Any:
    return "∅" if value is None else value
