"""Members' XP."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from degentalk.core.admin import ReadOnlyAdmin, list_link
from xp.models import UserXp, XpLog


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
