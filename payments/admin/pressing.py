"""Pages of the admin with a button that does something at once: safe to press again, so nothing is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.models import User
from degentalk.core.errors import MemberError


@dataclass(frozen=True)
class Button:
    """One thing that staff can do to a row by pressing."""

    name: str
    label: str | Promise
    effect: str | Promise
    permission: str
    press: Callable[[Any, User], str]
    """Called with the row and who pressed; says in a sentence what came of it."""


class PressingMixin(ModelAdmin):
    """Children name their button. Who pressed it is kept in the log."""

    button: Button
    change_form_template = "admin/payments/row.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self._pressed))
        return [path(f"<object_id>/{self.button.name}/", view, name=self._url()), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.user.has_perm(self.button.permission):
            context |= {"button": self.button, "button_url": f"admin:{self._url()}"}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _url(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{self.button.name}"

    def _pressed(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        staff = cast(StaffRequest, request).user
        if not (self.has_view_permission(request, row) and staff.has_perm(self.button.permission)):
            raise PermissionDenied
        try:
            said = self.button.press(row, staff)
        except MemberError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, row, f"{self.button.label}: {said}")
            self.message_user(request, said, messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
