"""The curve for staff: all thresholds on one page, what a change would do, and how far the last one is."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import ReasonField, TextField
from degentalk.core.admin import ReadOnlyAdmin, link
from degentalk.core.errors import MemberError
from degentalk.core.fields import DIGITS, DigitsField
from degentalk.rulebook.models import RuleSet
from xp import services as xp
from xp.models import XpCurveChange, XpLevel
from xp.services.curve_changes import XP_MAX


class CurveForm(forms.Form):
    """A threshold for every level above the first, typed one by one or pasted as a column."""

    pasted = TextField(
        label=_("Or paste them all"),
        required=False,
        help_text=_(
            "A column of a spreadsheet: the XP of each level from 1 on, one a line. It replaces what is above."
        ),
        widget=AdminTextareaWidget(attrs={"rows": 4, "inputmode": "numeric", "spellcheck": "false"}),
    )
    pays_rewards = forms.TypedChoiceField(
        label=_("Levels that members reach only because of this change"),
        choices=[
            ("yes", _("pay their reward, once, as if they had been reached by XP")),
            ("no", _("pay nothing, now or later")),
        ],
        coerce=lambda word: word == "yes",
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
        error_messages={"required": _("Choose whether such levels pay their reward.")},
    )
    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 3}), help_text=_("It is kept with the new rule set.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.levels = list(XpLevel.objects.all())
        for level in self.levels[1:]:
            self.fields[_name(level)] = DigitsField(
                label=gettext("XP required for level %(level)d") % {"level": level.level},
                initial=level.xp_required,
                min_value=1,
                max_value=XP_MAX,
                widget=forms.TextInput(attrs={"class": "vIntegerField"}),
            )

    def rows(self) -> Iterator[tuple[XpLevel, forms.BoundField]]:
        """Every level above the first with its field."""
        return ((level, self[_name(level)]) for level in self.levels[1:])

    def clean_pasted(self) -> list[int]:
        lines = self.cleaned_data["pasted"].split()
        if not lines:
            return []
        if len(lines) != len(self.levels):
            raise forms.ValidationError(
                _("There are %(levels)d levels, but %(lines)d numbers."),
                params={"levels": len(self.levels), "lines": len(lines)},
            )
        for number, line in enumerate(lines, start=1):
            if not DIGITS.fullmatch(line):
                raise forms.ValidationError(
                    _("Line %(number)d is not a whole number of digits only: “%(line)s”."),
                    params={"number": number, "line": line[:40]},
                )
        return [int(line) for line in lines]

    @property
    def thresholds(self) -> dict[int, int]:
        """XP by level, of a form that is valid."""
        pasted: list[int] = self.cleaned_data["pasted"]
        if pasted:
            return {level.level: required for level, required in zip(self.levels, pasted, strict=True)}
        return {level.level: self.cleaned_data[_name(level)] for level in self.levels[1:]}


def _name(level: XpLevel) -> str:
    return f"level_{level.level}"


class CurvePage(admin.ModelAdmin):
    """The page of the curve, beside the pages of the single levels."""

    def get_urls(self) -> list[URLPattern]:
        page = path("curve/", self.admin_site.admin_view(self.curve), name="xp_xplevel_curve")
        return [page, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may = {"may_change_curve": self.has_change_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **may})

    def curve(self, request: StaffRequest) -> HttpResponse:
        """Ask for the thresholds and for what newly reached levels pay, show what it would do, then do it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = CurveForm(request.POST if request.method == "POST" else None)
        foreseen = None
        if form.is_valid():
            try:
                if "_preview" not in request.POST:
                    return self._changed(request, form)
                foreseen = xp.foresee(thresholds=form.thresholds)
            except MemberError as refusal:
                form.add_error(None, str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Change the curve"),
            "opts": self.opts,
            "adminform": AdminForm(form, [(None, {"fields": ["pasted", "pays_rewards", "reason"]})], {}),  # type: ignore[arg-type]
            "foreseen": foreseen,
            "under_way": XpCurveChange.objects.filter(finished_at=None).first(),
        }
        return TemplateResponse(request, "admin/xp/xplevel/curve.html", context)

    def _changed(self, request: StaffRequest, form: CurveForm) -> HttpResponse:
        change = xp.change_curve(
            thresholds=form.thresholds,
            pays_rewards=form.cleaned_data["pays_rewards"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
        text = gettext("Rule set %(number)d is in force. Everyone's level follows now; this page says how far it is.")
        self.message_user(request, text % {"number": change.rule_set_id}, messages.SUCCESS)
        return redirect("admin:xp_xpcurvechange_change", change.pk)


@admin.register(XpCurveChange)
class XpCurveChangeAdmin(ReadOnlyAdmin):
    list_display = ["rule_set_number", "created_at", "actor", "why", "pays_rewards", "changed", "progress"]
    list_filter = ["pays_rewards"]
    list_select_related = ["rule_set", "actor"]
    ordering = ["-id"]
    fields = ["rule_set_link", "created_at", "actor", "why", "pays_rewards", "changed", "progress"]

    @admin.display(description=_("rule set"), ordering="id")
    def rule_set_number(self, change: XpCurveChange) -> str:
        return str(change.rule_set_id)

    @admin.display(description=_("rule set"))
    def rule_set_link(self, change: XpCurveChange) -> SafeString | str:
        return link(RuleSet, change.rule_set_id, change.rule_set_id)

    @admin.display(description=_("reason"))
    def why(self, change: XpCurveChange) -> str:
        return change.rule_set.reason

    @admin.display(description=_("progress"))
    def progress(self, change: XpCurveChange) -> str:
        if change.finished_at:
            return gettext("Finished.")
        return gettext("Under way: members up to number %(number)s are done.") % {"number": f"{change.done_up_to:,}"}
