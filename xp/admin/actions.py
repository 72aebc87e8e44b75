"""What earns XP, and the limits of it."""

from django.contrib import admin

from degentalk.rulebook.admin import RuleAdmin
from xp.models import XpAction


@admin.register(XpAction)
class XpActionAdmin(RuleAdmin):
    list_display = ["label", "name", "default_value", "cooldown_seconds", "is_enabled"]
    list_filter = ["is_enabled"]
    search_fields = ["name", "label", "description"]
    fields = ["name", "label", "description", "default_value", "cooldown_seconds", "is_enabled"]
    readonly_fields = ["name"]
