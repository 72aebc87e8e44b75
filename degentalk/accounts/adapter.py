"""How django-allauth signs people up and in here."""

import html
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from degentalk.accounts import mail, rules
from degentalk.accounts.models import Suspension, User
from degentalk.core import toasts

KIND_OF_LEVEL: dict[int, toasts.Kind] = {
    messages.SUCCESS: "success",
    messages.WARNING: "error",
    messages.ERROR: "error",
}
BELONGS_TO_ANOTHER = _("That address belongs to another account.")


class AccountAdapter(DefaultAccountAdapter):
    """Our names, our words, our outbox."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_taken": _("That username is taken. Choose another."),
        "username_blacklisted": _("That username is reserved. Choose another."),
        "email_taken": _("An account with this e-mail address exists. Sign in, or reset its password."),
        "duplicate_email": _("This address belongs to your account already."),
        "max_email_addresses": _("An account has at most %d e-mail addresses."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_password": _("That is not your password."),
        "rate_limited": _("That were too many requests. Wait a few minutes."),
        "username_password_mismatch": _("That username and password do not belong together."),
        "email_password_mismatch": _("That e-mail address and password do not belong together."),
        "too_many_login_attempts": _("Too many failed attempts. Wait a few minutes, or reset your password."),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Letters, digits and underscores, free, and not a name that could pass for the site."""
        username = rules.clean_line(username)
        if rules.is_reserved(username):
            raise self.validation_error("username_blacklisted")
        return str(super().clean_username(username, shallow=shallow))

    def set_password(self, user: User, password: str) -> None:
        """The password and nothing else: hashing it takes long, and somebody may suspend the member meanwhile."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say why. Only who knows the password gets here, and the answer is kept in no cache and no session."""
        suspension = Suspension.objects.of(user).open().first()
        context = {"suspension": suspension, "is_known": True}
        return render(request, "account/account_inactive.html", context, status=HTTPStatus.FORBIDDEN)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Never the primary one: `users.email` would be empty, and security mail would have nowhere to go."""
        return not email_address.primary and email_address.email != email_address.user.email

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """All of it or nothing; an address that became another member's in the meantime is refused in words."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            toasts.add(request, kind="error", title=str(BELONGS_TO_ANOTHER))
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of allauth leaves through the outbox."""
        site = SimpleNamespace(name=settings.SITE_NAME, domain=self.request.get_host())
        context = {"request": self.request, "email": email, "current_site": site, **context}
        mail.enqueue(self.render_mail(template_prefix, email, context))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """What allauth has to say becomes a toast."""
        if message is None and message_template is not None:
            message = html.unescape(render_to_string(message_template, message_context or {}, request).strip())
        if message:
            toasts.add(request, kind=KIND_OF_LEVEL.get(level, "info"), title=str(message))
