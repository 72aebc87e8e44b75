"""Switches for staff: all of them on one page, a page that asks why, and who switched what."""

from collections.abc import Iterator
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.core import notices, switches
from degentalk.core.admin.shared import ReadOnlyAdmin
from degentalk.core.errors import MemberError
from degentalk.core.models import Switch, SwitchChange
from degentalk.core.notices import Notice
from degentalk.core.switches import State
from degentalk.core.templatetags.degen import moment

REASON_MAX = 500


class SwitchForm(forms.Form):
    """Which way, as the page said when it was drawn, and why: pressed twice it does not switch back."""

    turn = forms.TypedChoiceField(
        choices=[("on", "on"), ("off", "off")], coerce=lambda word: word == "on", widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("It is kept, and cannot be changed later."),
    )

    @property
    def turns_on(self) -> bool:
        return self["turn"].value() == "on"


@admin.register(Switch)
class SwitchAdmin(admin.ModelAdmin):
    """Rows are made by switching: what the apps registered is listed, touched or not."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """Every switch: how it stands, since when, by whom and why."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Switches"),
            "opts": self.opts,
            "states": switches.states(),
            "may_switch": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/core/switch/change_list.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Ask why, then switch it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        state = self._state(unquote(object_id))
        turn = "off" if state.is_on else "on"
        form = SwitchForm(request.POST if request.method == "POST" else None, initial={"turn": turn})
        if form.is_valid() and self._switched(request, state, form):
            return redirect("admin:core_switch_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": self._title(state, form),
            "opts": self.opts,
            "state": state,
            "turns_on": form.turns_on,
            "adminform": AdminForm(form, [(None, {"fields": ["reason"]})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/core/switch/change_form.html", context)

    def _state(self, name: str) -> State:
        for state in switches.states():
            if state.known.name == name:
                return state
        raise Http404

    def _title(self, state: State, form: SwitchForm) -> str:
        text = gettext("Switch on: %(label)s") if form.turns_on else gettext("Switch off: %(label)s")
        return text % {"label": state.known.label}

    def _switched(self, request: HttpRequest, state: State, form: SwitchForm) -> bool:
        is_on, reason = form.cleaned_data["turn"], form.cleaned_data["reason"]
        staff = cast(AbstractBaseUser, request.user)
        try:
            change = switches.set_switch(name=state.known.name, is_on=is_on, actor=staff, reason=reason)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            return False
        if change is None:
            text, level = gettext("Nothing changed: it was like that already."), messages.WARNING
        else:
            text = gettext("Switched on: %(label)s.") if is_on else gettext("Switched off: %(label)s.")
            level = messages.SUCCESS
        self.message_user(request, text % {"label": state.known.label}, level)
        return True


@admin.register(SwitchChange)
class SwitchChangeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "switch", "turned", "by", "reason"]
    list_filter = ["switch", "created_at"]
    list_select_related = ["switch", "by"]
    search_fields = ["by__username__iexact"]
    search_help_text = _("A member of staff.")
    ordering = ["-id"]
    fields = ["created_at", "switch", "turned", "by", "reason"]

    @admin.display(description=_("switched"))
    def turned(self, change: SwitchChange) -> str:
        return gettext("on") if change.is_on else gettext("off")


@notices.register
def what_is_off(request: HttpRequest) -> Iterator[Notice]:
    """Whatever is switched off is said to all staff, each time they come in."""
    url = reverse("admin:core_switch_changelist") if request.user.has_perm("core.view_switch") else ""
    for state in switches.states():
        if not state.is_on:
            yield Notice(_said(state), url, is_alarm=True)


def _said(state: State) -> str:
    if state.change is None:
        return gettext("Switched off: %(label)s.") % {"label": state.known.label}
    return gettext("Switched off: %(label)s. Since %(moment)s, by %(name)s: %(reason)s") % {
        "label": state.known.label,
        "moment": moment(state.change.created_at),
        "name": state.change.by.get_username(),
        "reason": state.change.reason,
    }
