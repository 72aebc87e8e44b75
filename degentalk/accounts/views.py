"""Settings, notifications and API tokens of the signed-in member, and where allauth's own views are not enough."""

import uuid

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from degentalk.accounts import addresses, services
from degentalk.accounts.adapter import BELONGS_TO_ANOTHER
from degentalk.accounts.errors import TimeZoneChangedRecently
from degentalk.accounts.forms import SettingsForm, SignupForm, TokenForm, UpToForm
from degentalk.accounts.models import ApiToken, Notification, User
from degentalk.core import toasts
from degentalk.core.errors import MemberError, NotFound
from degentalk.core.keyset import CURSOR_PARAMETER, Keyset

THEME_COOKIE = "theme"
YEAR_SECONDS = 365 * 24 * 3600


class MemberRequest(HttpRequest):
    """A request that `login_required` let through."""

    user: User


@login_required
def settings(request: MemberRequest) -> HttpResponse:
    """The member's own settings."""
    form = SettingsForm.of(request.user, _submitted(request))
    user = _changed(request.user, form) if form.is_valid() else None
    if user is None:
        return render(request, "accounts/settings.html", {"form": form}, status=_status(form))
    toasts.add(request, kind="success", title=_("Settings saved"))
    response = redirect("accounts:settings")
    # Pages that are seen signed out keep the look.
    response.set_cookie(THEME_COOKIE, user.theme, max_age=YEAR_SECONDS, secure=request.is_secure(), samesite="Lax")
    return response


def _changed(user: User, form: SettingsForm) -> User | None:
    """The member with the new settings; None with a sentence at the field if the time zone must wait."""
    try:
        return services.change_settings(user=user, **form.cleaned_data)
    except TimeZoneChangedRecently as refusal:
        form.add_error("time_zone", str(refusal))
        return None


# ── Notifications ───────────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@require_safe
def notifications(request: MemberRequest) -> HttpResponse:
    """The newest first. Looking changes nothing: a prefetch or a second tab must not mark anything as read."""
    mine = Keyset(Notification.objects.of(request.user), order=("-created_at", "-id"))
    page = mine.page(request.GET.get(CURSOR_PARAMETER))
    newest = max((notification.pk for notification in page.items), default=0)
    return render(request, "accounts/notifications.html", {"page": page, "newest": newest})


@login_required
@require_POST
def read(request: MemberRequest, notification_id: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    try:
        notification = services.mark_read(user=request.user, notification_id=notification_id)
    except NotFound as error:
        raise Http404 from error
    return redirect(notification.url or "accounts:notifications")


@login_required
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    """Mark everything as read that was there when the page was drawn."""
    form = UpToForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    services.mark_all_read(user=request.user, **form.cleaned_data)
    return redirect("accounts:notifications")


# ── API tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────


@login_required
def tokens(request: MemberRequest) -> HttpResponse:
    """List and make API tokens. The new one is in the answer to the POST and nowhere else, not even in the session."""
    form, new = TokenForm.of(request.user, _submitted(request)), None
    if form.is_valid():
        try:
            new = services.create_token(user=request.user, **form.cleaned_data)
            form = TokenForm.of(request.user)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
            form.renew_key()
    context = {"form": form, "new": new, "tokens": ApiToken.objects.of(request.user).newest(), "now": timezone.now()}
    return render(request, "accounts/tokens.html", context, status=_status(form))


@login_required
def revoke_token(request: MemberRequest, token_id: uuid.UUID) -> HttpResponse:
    """Ask, then end one token."""
    token = ApiToken.objects.of(request.user).filter(pk=token_id).first()
    if token is None:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/revoke_token.html", {"token": token})
    services.revoke_token(user=request.user, token_id=token_id)
    toasts.add(
        request, kind="success", title=_("Token revoked"), text=_("“%(name)s” no longer works.") % {"name": token.name}
    )
    return redirect("accounts:tokens")


# ── Where allauth leaves a gap ──────────────────────────────────────────────────────────────────────────────────────


class SignupView(allauth_views.SignupView):
    """Member, address, session and mail commit together; who loses a race for a name reads a sentence."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:
            form.add_error(None, _("That username or e-mail address was taken a moment ago. Choose another."))
            return self.form_invalid(form)


class EmailView(allauth_views.EmailView):
    """Offers what will not be refused.

    An unconfirmed address can be made primary although it is another member's: the database says no, we say why.
    """

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        rows = context["emailaddresses"]
        return {**context, "addresses": addresses.listed(rows, in_use=self.request.user.email)}

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except IntegrityError:
            toasts.add(request, kind="error", title=str(BELONGS_TO_ANOTHER))
            return redirect("account_email")


def _submitted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _status(form: SettingsForm | TokenForm) -> int:
    return 422 if form.errors else 200
