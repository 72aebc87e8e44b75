"""What staff give a single member: a list of facts, and a page that asks for whom and why before it adds one."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import LineField, ReasonField
from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin
from degentalk.core.errors import MemberError
from degentalk.core.forms import RenewableForm


class GiftForm(RenewableForm):
    """For whom, and why. What is given stands between."""

    member = LineField(
        label=_("Member"),
        max_length=150,
        help_text=_("The username."),
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 3}), help_text=_("It is kept in the log of the administration.")
    )

    def clean_member(self) -> User:
        name = self.cleaned_data["member"]
        member = User.objects.filter(username__iexact=name, is_active=True).first()
        if member is None:
            raise forms.ValidationError(_("There is no active member called “%(name)s”."), params={"name": name})
        return member

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"])

    @property
    def shown(self) -> list[str]:
        """The fields as they are asked for: the reason last."""
        between = [name for name in self.fields if name not in {"member", "reason", "key"}]
        return ["member", *between, "reason"]


class GiftAdmin(ReadOnlyAdmin):
    """Children name form, permission and title, and give. Their templates are `change_list.html` and `grant.html`."""

    gift_form: ClassVar[type[GiftForm]]
    gift_permission: ClassVar[str]
    gift_title: ClassVar[Any]

    def give(self, *, user: User, actor: User, **given: Any) -> str:
        """Call the verb, and say what was given."""
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[URLPattern]:
        page = path("grant/", self.admin_site.admin_view(self.grant), name=self._grant_url)
        return [page, *super().get_urls()]

    @property
    def _grant_url(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_grant"

    def changelist_view(self, request, extra_context=None):
        facts = {"may_grant": self.has_grant_permission(request), "grant_url": reverse(f"admin:{self._grant_url}")}
        return super().changelist_view(request, facts)

    def has_grant_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.gift_permission))

    def grant(self, request: StaffRequest) -> HttpResponse:
        """Ask for whom and why, then do it: once, however often the button is pressed."""
        if not (self.has_view_permission(request) and self.has_grant_permission(request)):
            raise PermissionDenied
        form = self.gift_form(request.POST if request.method == "POST" else None, initial=self.initial())
        if form.is_valid() and self._granted(request, form):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if form.is_bound:
            form.renew_key()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": str(self.gift_title),
            "opts": self.opts,
            "adminform": AdminForm(form, [(None, {"fields": form.shown})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, f"admin/xp/{self.opts.model_name}/grant.html", context)

    def _granted(self, request: StaffRequest, form: GiftForm) -> bool:
        given = dict(form.cleaned_data)
        try:
            said = self.give(user=given.pop("member"), actor=request.user, **given)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            return False
        self.message_user(request, said, messages.SUCCESS)
        return True
