"""What staff see of members. Nobody is deleted here: journals and posts name their member for good."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import ApiToken, Notification, User
from degentalk.core.admin import ReadOnlyMixin

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


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


@admin.register(User)
class MemberAdmin(UserAdmin):
    list_display = ("username", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups", "hides_from_boards", "date_joined")
    search_fields = ("username", "email")
    ordering = ("-date_joined",)
    show_full_result_count = False
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        (_("Profile"), {"fields": ("about", "time_zone", "theme")}),
        (_("Privacy"), {"fields": ("hides_balance", "hides_from_boards")}),
        (_("What they may do"), {"fields": ("is_active", *POWERS)}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
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
