"""The queue for staff: what waits for a second person, with its buttons, and what became of the rest."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import ReasonField
from degentalk.accounts.models import User
from degentalk.approvals import registry
from degentalk.approvals import services as approvals
from degentalk.approvals.models import Approval, ApprovalQuerySet
from degentalk.core import notices
from degentalk.core.admin import ReadOnlyAdmin, link_to, pretty_json
from degentalk.core.errors import MemberError
from degentalk.core.notices import Notice


class RejectForm(forms.Form):
    """Why not."""

    reason = ReasonField(
        label=_("Why not"),
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Needed to reject. Whoever asked reads it; it is kept."),
        error_messages={"required": _("To reject it, say why.")},
    )


class KindFilter(admin.SimpleListFilter):
    """What is asked for."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(name, registry.kinds[name].label) for name in registry.names_for(request.user)]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class WaitingFilter(admin.SimpleListFilter):
    """What I can decide now."""

    title = _("waiting for")
    parameter_name = "waiting"

    def lookups(self, request, model_admin):
        return [("me", _("Me"))]

    def queryset(self, request, queryset):
        if self.value() != "me":
            return queryset
        return queryset.waiting_for(request.user, registry.names_for(request.user))


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ["summary", "kind_shown", "member", "asked_by", "created_at", "state", "decided_by"]
    list_filter = ["state", WaitingFilter, KindFilter, "created_at"]
    list_select_related = ["about", "asked_by", "decided_by"]
    search_fields = ["about__username__iexact", "asked_by__username__iexact", "key"]
    search_help_text = _("The member concerned, who asked, or a whole key.")
    ordering = [F("decided_at").desc(nulls_first=True), "-id"]  # what waits comes first
    fields = [
        "summary", "kind_shown", "member", "reason", "asked_by", "created_at", "state", "decided_by", "decided_at",
        "decision_reason", "result", "request_shown", "key",
    ]  # fmt: skip

    @admin.display(description=_("kind"), ordering="kind")
    def kind_shown(self, row: Approval) -> object:
        kind = registry.kinds.get(row.kind)
        return kind.label if kind else row.kind

    @admin.display(description=_("member"))
    def member(self, row: Approval) -> SafeString | str | None:
        return link_to(row.about)

    @admin.display(description=_("request"))
    def request_shown(self, row: Approval) -> SafeString | None:
        return pretty_json(row.request)

    # ── who sees what ──

    def has_view_permission(self, request, obj=None):
        """Whoever may decide about some kind sees the queue; the rows are those of their kinds, and their own."""
        return super().has_view_permission(request, obj) or bool(registry.names_for(request.user))

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_queryset(self, request):
        rows = cast(ApprovalQuerySet, super().get_queryset(request))
        return rows.visible_to(request.user, registry.names_for(request.user))

    # ── deciding ──

    def get_urls(self) -> list[URLPattern]:
        acts = {"approve": self.approve, "reject": self.reject, "withdraw": self.withdraw}
        pages = [
            path(f"<int:approval_id>/{name}/", self.admin_site.admin_view(view), name=f"approvals_approval_{name}")
            for name, view in acts.items()
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.is_pending:
            context |= {
                "why_not": approvals.why_not(obj, request.user),
                "may_withdraw": obj.asked_by_id == request.user.pk,
                "reject_form": RejectForm(),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    @method_decorator(require_POST)
    def approve(self, request: StaffRequest, approval_id: int) -> HttpResponse:
        """Agree, and do it: once, however often the button is pressed."""
        return self._act(request, approval_id, approvals.approve)

    @method_decorator(require_POST)
    def reject(self, request: StaffRequest, approval_id: int) -> HttpResponse:
        """Say no, and why."""
        form = RejectForm(request.POST)
        if form.is_valid():
            return self._act(request, approval_id, approvals.reject, reason=form.cleaned_data["reason"])
        self.message_user(request, str(form.errors["reason"][0]), messages.ERROR)
        return redirect("admin:approvals_approval_change", approval_id)

    @method_decorator(require_POST)
    def withdraw(self, request: StaffRequest, approval_id: int) -> HttpResponse:
        """Take back what one asked for."""
        return self._act(request, approval_id, approvals.withdraw)

    def _act(
        self, request: StaffRequest, approval_id: int, verb: Callable[..., Approval], **given: Any
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        approval = self.get_object(request, str(approval_id))
        if approval is None:
            raise Http404
        try:
            row = verb(approval=approval, actor=request.user, **given)
        except MemberError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            text = gettext("%(state)s. %(result)s") % {"state": row.get_state_display(), "result": row.result}
            self.message_user(request, text.strip(), messages.SUCCESS)
        return redirect("admin:approvals_approval_change", approval_id)


@notices.register
def what_waits(request: HttpRequest) -> Iterator[Notice]:
    """How much waits for this member of staff, each time they come in."""
    staff = cast(User, request.user)
    kinds = registry.names_for(staff)
    count = Approval.objects.waiting_for(staff, kinds).count() if kinds else 0
    if count:
        text = ngettext("%(count)d request waits for you.", "%(count)d requests wait for you.", count)
        yield Notice(text % {"count": count}, reverse("admin:approvals_approval_changelist") + "?waiting=me")
