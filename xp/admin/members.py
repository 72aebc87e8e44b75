"""Members' XP, and the form that adjusts it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminRadioSelect, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import ReasonField
from degentalk.accounts.models import User
from degentalk.approvals.errors import ApprovalNeeded
from degentalk.core.admin import ReadOnlyAdmin, link_to, list_link
from degentalk.core.errors import MemberError
from degentalk.core.fields import DigitsField
from degentalk.core.forms import RenewableForm
from xp import services as xp
from xp.models import UserXp, XpLog, XpPolicy
from xp.services.adjust import ADJUSTMENT_MAX


class AdjustForm(RenewableForm):
    """So much XP more or less, and why."""

    direction = forms.TypedChoiceField(
        label=_("What"),
        choices=[(1, _("Add XP")), (-1, _("Take XP"))],
        coerce=int,
        initial=1,
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
    )
    points = DigitsField(
        label=_("XP"), min_value=1, max_value=ADJUSTMENT_MAX, widget=forms.TextInput(attrs={"class": "vIntegerField"})
    )
    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("The member reads it. It is kept, and cannot be changed later."),
    )

    @property
    def signed_points(self) -> int:
        points: int = self.cleaned_data["direction"] * self.cleaned_data["points"]
        return points


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

    # ── adjusting ──

    def get_urls(self) -> list[URLPattern]:
        page = path("<object_id>/adjust/", self.admin_site.admin_view(self.adjust), name="xp_userxp_adjust")
        return [page, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_adjust"] = self.has_adjust_permission(request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_adjust_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("xp.adjust_xp"))

    def adjust(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """Ask for points and reason, then do it: once, however often the button is pressed."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and self.has_adjust_permission(request)):
            raise PermissionDenied
        form = AdjustForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._adjusted(request, row.user, form):
            return redirect("admin:xp_userxp_change", row.pk)
        if form.is_bound:
            form.renew_key()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": gettext("Adjust the XP of %(name)s") % {"name": row.user.username},
            "opts": self.opts,
            "original": row,
            "member": row.user,
            "alone": XpPolicy.objects.current().approval_above_xp,
            "adminform": AdminForm(form, [(None, {"fields": ["direction", "points", "reason"]})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/xp/userxp/adjust.html", context)

    def _adjusted(self, request: StaffRequest, member: User, form: AdjustForm) -> bool:
        points, key = form.signed_points, f"adjustment:{form.cleaned_data['key']}"
        wanted = {"points": points, "reason": form.cleaned_data["reason"], "actor": request.user, "key": key}
        try:
            self._adjust_or_ask(request, member, wanted)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            return False
        return True

    def _adjust_or_ask(self, request: StaffRequest, member: User, wanted: dict[str, Any]) -> None:
        """Alone, or what is too much for one person by way of the queue."""
        try:
            xp.adjust(user=member, **wanted)
        except ApprovalNeeded as needed:
            approval = xp.ask_to_adjust(user=member, **wanted)
            text = gettext("Nothing has changed yet. {why} It is in the queue: {what}")
            said = format_html(text, why=needed, what=link_to(approval))
            self.message_user(request, said, messages.WARNING)
        else:
            self.message_user(request, xp.adjusted(member, wanted["points"]), messages.SUCCESS)
