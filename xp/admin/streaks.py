"""Streaks of members, the days they are made of, and freezes with the form that grants one."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.admin import ReadOnlyAdmin, link, list_link
from xp import services as xp
from xp.admin.gifts import GiftAdmin, GiftForm
from xp.models import StreakDay, StreakFreeze, UserStreak, UserXp


@admin.register(UserStreak)
class UserStreakAdmin(ReadOnlyAdmin):
    """As of the newest day recorded: a streak that was missed since still stands here, until the next visit."""

    list_display = ["member", "current", "longest", "last_day"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-pk"]
    fields = ["user", "current", "longest", "last_day", "days"]

    @admin.display(description=_("member"), ordering="pk")
    def member(self, row: UserStreak) -> str:
        return row.user.username

    @admin.display(description=_("days"))
    def days(self, row: UserStreak) -> SafeString:
        return list_link(StreakDay, f"user__id__exact={row.pk}", _("Days of this member"))


@admin.register(StreakDay)
class StreakDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "member", "kind", "time_zone", "created_at"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact"]
    search_help_text = _("A username.")
    ordering = ["-id"]
    fields = ["day", "member", "kind", "time_zone", "created_at"]

    @admin.display(description=_("member"))
    def member(self, row: StreakDay) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    def lookup_allowed(self, lookup, value, request):
        """The page of a streak leads here."""
        return lookup == "user__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(StreakFreeze)
class StreakFreezeAdmin(GiftAdmin):
    list_display = ["entry", "member", "source", "granted_at", "used_for"]
    list_display_links = ["entry"]
    list_filter = ["granted_at", ("used_for", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact", "source"]
    search_help_text = _("A username or a whole source.")
    ordering = ["-id"]
    fields = ["entry", "member", "source", "granted_at", "used_for"]
    gift_form = GiftForm
    gift_permission = "xp.grant_freeze"
    gift_title = _("Grant a streak freeze")

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: StreakFreeze) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def member(self, row: StreakFreeze) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    def give(self, *, user: User, actor: User, **given: Any) -> str:
        xp.give_streak_freeze(user=user, actor=actor, **given)
        return gettext("Granted to %(name)s: a streak freeze.") % {"name": user.username}
