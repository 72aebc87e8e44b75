"""Boosts of members, and the form that grants one."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import LineField, ReasonField
from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin, link
from degentalk.core.clock import database_time
from degentalk.core.errors import MemberError
from degentalk.core.fields import DigitsField
from xp import services as xp
from xp.admin.moments import UtcMomentField
from xp.figures import times
from xp.models import MULTIPLIER_MAX_BPS, UserXp, XpBoost
from xp.rules import ONE


class BoostForm(forms.Form):
    """For whom, how much, how long, and why."""

    member = LineField(
        label=_("Member"),
        max_length=150,
        help_text=_("The username."),
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    multiplier_bps = DigitsField(
        label=_("Multiplier in basis points"),
        min_value=ONE + 1,
        max_value=MULTIPLIER_MAX_BPS,
        widget=forms.TextInput(attrs={"class": "vIntegerField"}),
        help_text=_("15,000 is ×1.5, 20,000 is ×2, 100,000 is ×10, the most. Of several boosts the strongest counts."),
    )
    starts_at = UtcMomentField(label=_("Starts (UTC)"))
    ends_at = UtcMomentField(label=_("Ends (UTC)"), help_text=_("UTC. This instant does not belong to it any more."))
    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 3}), help_text=_("It is kept in the log of the administration.")
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_member(self) -> User:
        name = self.cleaned_data["member"]
        member = User.objects.filter(username__iexact=name, is_active=True).first()
        if member is None:
            raise forms.ValidationError(_("There is no active member called “%(name)s”."), params={"name": name})
        return member

    def clean_ends_at(self) -> Any:
        ends_at = self.cleaned_data["ends_at"]
        if ends_at <= database_time():
            raise forms.ValidationError(_("That boost would be over already."))
        return ends_at

    def renew_key(self) -> None:
        """The key has had its answer: the form that is shown again is a new attempt."""
        submitted = cast(QueryDict, self.data).copy()
        submitted["key"] = str(uuid.uuid4())
        self.data = submitted


@admin.register(XpBoost)
class XpBoostAdmin(ReadOnlyAdmin):
    list_display = ["entry", "member", "times", "starts_at", "ends_at", "source", "created_at"]
    list_display_links = ["entry"]
    list_filter = ["ends_at", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact", "source"]
    search_help_text = _("A username or a whole source.")
    ordering = ["-id"]
    fields = ["entry", "member", "times", "starts_at", "ends_at", "source", "created_at"]

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: XpBoost) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def member(self, row: XpBoost) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("multiplier"), ordering="multiplier_bps")
    def times(self, row: XpBoost) -> str:
        return times(row.multiplier_bps)

    # ── granting ──

    def get_urls(self) -> list[URLPattern]:
        page = path("grant/", self.admin_site.admin_view(self.grant), name="xp_xpboost_grant")
        return [page, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"may_grant": self.has_grant_permission(request)})

    def has_grant_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("xp.grant_boost"))

    def grant(self, request: StaffRequest) -> HttpResponse:
        """Ask for whom and why, then do it: once, however often the button is pressed."""
        if not (self.has_view_permission(request) and self.has_grant_permission(request)):
            raise PermissionDenied
        now = database_time().replace(second=0, microsecond=0)
        form = BoostForm(request.POST if request.method == "POST" else None, initial={"starts_at": now})
        if form.is_valid() and self._granted(request, form):
            return redirect("admin:xp_xpboost_changelist")
        if form.is_bound:
            form.renew_key()
        fields = ["member", "multiplier_bps", "starts_at", "ends_at", "reason"]
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": gettext("Grant a boost"),
            "opts": self.opts,
            "adminform": AdminForm(form, [(None, {"fields": fields})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/xp/xpboost/grant.html", context)

    def _granted(self, request: StaffRequest, form: BoostForm) -> bool:
        given = {**form.cleaned_data, "key": str(form.cleaned_data["key"])}
        member = given.pop("member")
        try:
            boost = xp.give_boost(user=member, actor=request.user, **given)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            return False
        facts = {"name": member.username, "times": times(boost.multiplier_bps)}
        self.message_user(request, gettext("Granted to %(name)s: a boost of %(times)s.") % facts, messages.SUCCESS)
        return True
