"""What staff see of members. Nobody is deleted here: journals and posts name their member for good."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts import decisions, services
from degentalk.accounts.decisions import DECISIONS, Decision
from degentalk.accounts.models import ApiToken, Notification, Suspension, User
from degentalk.core.admin import ReadOnlyAdmin, ReadOnlyMixin, link_to, list_link
from degentalk.core.errors import MemberError

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class StaffRequest(HttpRequest):
    """A request that the admin let through."""

    user: User


class NoAdding(admin.ModelAdmin):
    """Rows that the site writes itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)


@admin.register(Group)
class RolesAdmin(ReadOnlyMixin, GroupAdmin):
    """Groups are declared in the code and written by migrate; the site's database role may only read them."""


class PasswordForm(AdminPasswordChangeForm):
    """Writes the password and nothing else: hashing it takes long, and somebody may suspend the member meanwhile."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.save(update_fields=["password"])
        return user


@admin.register(User)
class MemberAdmin(UserAdmin):
    list_display = ("username", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups", "hides_from_boards", "date_joined")
    search_fields = ("username", "email")
    ordering = ("-date_joined",)
    show_full_result_count = False
    change_password_form = PasswordForm
    # The time zone is the member's own choice, limited and announced; suspending takes a reason (accounts.decisions).
    readonly_fields = ("time_zone", "state", "suspensions", "one_person", "date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        (_("Profile"), {"fields": ("about", "time_zone", "theme")}),
        (_("Privacy"), {"fields": ("hides_balance", "hides_from_boards")}),
        (_("Standing"), {"fields": ("state", "suspensions", "one_person")}),
        (_("What they may do"), {"fields": POWERS}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    @admin.display(description=_("state"))
    def state(self, member: User) -> str:
        if member.is_active:
            return gettext("Active.")
        suspension = Suspension.objects.of(member).open().first()
        return gettext("Suspended: %(reason)s") % {"reason": suspension.reason if suspension else gettext("no reason")}

    @admin.display(description=_("suspensions"))
    def suspensions(self, member: User) -> SafeString | str:
        count = Suspension.objects.of(member).count()
        return list_link(Suspension, f"member__id__exact={member.pk}", count) if count else gettext("None.")

    @admin.display(description=_("one person with"))
    def one_person(self, member: User) -> SafeString | str:
        others = User.objects.filter(pk__in=services.accounts_of_person(member)).exclude(pk=member.pk)
        return format_html_join(", ", "{}", ((link_to(other),) for other in others.order_by("pk"))) or gettext(
            "Nobody."
        )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff look after members; only an admin may touch staff, whose password would open every door."""
        may = bool(super().has_change_permission(request, obj))
        is_staff = obj is not None and (obj.is_staff or obj.is_superuser)
        return may and (request.user.is_superuser or not is_staff)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only an admin gives power."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        return fixed if request.user.is_superuser else (*fixed, *POWERS)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Only what was changed: a decision that was taken while the form was open must not be undone by it."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in User._meta.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in columns])
        if "about" in form.changed_data:
            services.about_changed(user=obj, before=form.initial["about"])

    # ── decisions ──

    def get_urls(self) -> list[URLPattern]:
        def page(decision: Decision) -> URLPattern:
            view = self.admin_site.admin_view(self.decide)
            return path(f"<object_id>/{decision.name}/", view, {"decision": decision}, name=decision.url_name)

        return [*map(page, DECISIONS), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["decisions"] = decisions.open_to(request.user, obj) if change else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def decide(self, request: StaffRequest, object_id: str, decision: Decision) -> HttpResponse:
        """Ask for the reason, then do it."""
        member = self.get_object(request, unquote(object_id))
        if member is None:
            raise Http404
        if not (self.has_view_permission(request, member) and decision.is_open_to(request.user, member)):
            raise PermissionDenied
        name = {"name": member.username}
        form = decision.form(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._took(decision, member, request.user, form):
            self.message_user(request, str(decision.done) % name, messages.SUCCESS)
            return redirect("admin:accounts_user_change", member.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": str(decision.title) % name,
            "opts": self.opts,
            "original": member,
            "decision": decision,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/accounts/user/decide.html", context)

    def _took(self, decision: Decision, member: User, staff: User, form: forms.Form) -> bool:
        try:
            decision.take(member, actor=staff, **form.cleaned_data)
        except MemberError as refusal:
            form.add_error(None, str(refusal))
        return form.is_valid()


class InForceFilter(admin.SimpleListFilter):
    """Whether a suspension has ended."""

    title = _("state")
    parameter_name = "in_force"

    def lookups(self, request, model_admin):
        return [("yes", _("In force")), ("no", _("Ended"))]

    def queryset(self, request, queryset):
        is_open = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if is_open is None else queryset.filter(ended_at__isnull=is_open)


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin):
    list_display = ("member", "created_at", "by", "reason", "ended_at", "ended_by")
    list_filter = (InForceFilter, "created_at")
    search_fields = ("member__username__iexact", "by__username__iexact")
    search_help_text = _("A member, or a member of staff.")
    list_select_related = ("member", "by", "ended_by")
    ordering = ("-id",)
    fields = ("member", "created_at", "by", "reason", "ended_at", "ended_by", "end_reason")

    def lookup_allowed(self, lookup, value, request):
        """The member's page leads here."""
        return lookup == "member__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(Notification)
class NotificationAdmin(NoAdding):
    list_display = ("created_at", "user", "kind", "text", "read_at")
    list_filter = ("created_at",)
    search_fields = ("=user__username",)
    list_select_related: ClassVar[list[str]] = ["user"]
    ordering = ("-id",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(NoAdding):
    """Staff can end a token, not read, make or change one."""

    list_display = ("name", "user", "scopes", "created", "expiry", "last_used_at")
    list_filter = ("created", "expiry")
    search_fields = ("=user__username", "name")
    fields = ("name", "user", "scopes", "created", "expiry", "last_used_at")
    list_select_related: ClassVar[list[str]] = ["user"]
    ordering = ("-created",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen tokens"), permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        count = queryset.count()
        queryset.delete()
        self.message_user(request, _("%(count)d tokens revoked.") % {"count": count})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Revoking is the word for it; Django's “delete” says the same and is left out."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
