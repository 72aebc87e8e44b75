"""Pages of the admin that ask why before they move DGT."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.admin import StaffRequest
from degentalk.accounts.forms import ReasonField
from degentalk.accounts.models import User
from degentalk.approvals.models import Approval
from degentalk.core.admin import link_to
from degentalk.core.errors import MemberError
from degentalk.core.forms import RenewableForm
from wallet.models import WalletPolicy


class AskingForm(RenewableForm):
    """Why; once, however often the button is pressed."""

    reason = ReasonField(
        widget=AdminTextareaWidget(attrs={"rows": 4}), help_text=_("It is kept, and cannot be changed later.")
    )

    @property
    def shown(self) -> list[str]:
        """The fields as they are asked for: the reason last."""
        return [*(name for name in self.fields if name not in {"reason", "key"}), "reason"]


@dataclass(frozen=True)
class Question:
    """One thing that staff can do to a row: who may, when it makes sense, and what it does."""

    name: str
    button: Promise
    effect: Promise
    permission: str
    makes_sense: Callable[[Any], bool]
    """Whether it is offered: not what has been done already."""
    take: Callable[[Any, dict[str, Any], User], str | Approval]
    """Called with the row, what the form holds and who is asked; says in a sentence what was done, or what waits."""
    form: type[AskingForm] = AskingForm
    why_never: Callable[[Any], str | Promise] = lambda _row: ""
    """Why it can never be done to this row; such a row takes no answer either, however it is sent."""
    is_limited: bool = False
    """Whether the policy says how much of it one person decides alone."""


class AskingMixin(ModelAdmin):
    """Children name their questions; each is a button on the page of a row, and a page of its own."""

    questions: tuple[Question, ...] = ()
    change_form_template = "admin/wallet/row.html"

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<object_id>/{question.name}/",
                self.admin_site.admin_view(self._page_of(question)),
                name=self._url(question),
            )
            for question in self.questions
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["questions"] = [
            (f"admin:{self._url(question)}", question.button)
            for question in self.questions
            if obj is not None and request.user.has_perm(question.permission) and question.makes_sense(obj)
        ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def subject(self, row: Any) -> str:
        """What the question is about, in a title."""
        return str(row)

    def _url(self, question: Question) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{question.name}"

    def _page_of(self, question: Question) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, object_id: str) -> HttpResponse:
            return self._ask(cast(StaffRequest, request), object_id, question)

        return page

    def _ask(self, request: StaffRequest, object_id: str, question: Question) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not (self.has_view_permission(request, row) and request.user.has_perm(question.permission)):
            raise PermissionDenied
        if why_not := _why_not(question, row, is_answer=request.method == "POST"):
            self.message_user(request, why_not, messages.WARNING)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
        form = question.form(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._taken(request, row, form, question):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", row.pk)
        if form.is_bound:
            form.renew_key()
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"{question.button}: {self.subject(row)}",
            "opts": self.opts,
            "original": row,
            "question": question,
            "alone": WalletPolicy.objects.current().approval_above_dgt if question.is_limited else None,
            "adminform": AdminForm(form, [(None, {"fields": form.shown})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/wallet/question.html", context)

    def _taken(self, request: StaffRequest, row: Any, form: AskingForm, question: Question) -> bool:
        try:
            done = question.take(row, form.cleaned_data, request.user)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            return False
        if isinstance(done, Approval):
            text = gettext("Nothing has changed yet: that much takes a second person. It is in the queue: {what}")
            self.message_user(request, format_html(text, what=link_to(done)), messages.WARNING)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return True


def _why_not(question: Question, row: Any, *, is_answer: bool) -> str:
    """Why this is not asked; "" if it is. An answer may come twice: its key says that it has been taken."""
    is_done = not is_answer and not question.makes_sense(row)
    return str(question.why_never(row) or (_("This has been done already.") if is_done else ""))
