"""How much one member of staff adjusts alone."""

from django.contrib import admin

from degentalk.rulebook.admin import RuleAdmin
from xp.models import XpPolicy


@admin.register(XpPolicy)
class XpPolicyAdmin(RuleAdmin):
    """The one row."""

    list_display = ["__str__", "approval_above_xp"]
    fields = ["approval_above_xp"]
