"""Boosts of members, and the form that grants one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from degentalk.accounts.models import User
from degentalk.core.admin import link
from degentalk.core.clock import database_time
from degentalk.core.fields import DigitsField
from xp import services as xp
from xp.admin.gifts import GiftAdmin, GiftForm
from xp.admin.moments import UtcMomentField
from xp.figures import times
from xp.models import MULTIPLIER_MAX_BPS, UserXp, XpBoost
from xp.rules import ONE


class BoostForm(GiftForm):
    """How much and how long."""

    multiplier_bps = DigitsField(
        label=_("Multiplier in basis points"),
        min_value=ONE + 1,
        max_value=MULTIPLIER_MAX_BPS,
        widget=forms.TextInput(attrs={"class": "vIntegerField"}),
        help_text=_("15,000 is ×1.5, 20,000 is ×2, 100,000 is ×10, the most. Of several boosts the strongest counts."),
    )
    starts_at = UtcMomentField(label=_("Starts (UTC)"))
    ends_at = UtcMomentField(label=_("Ends (UTC)"), help_text=_("UTC. This instant does not belong to it any more."))

    def clean_ends_at(self) -> Any:
        ends_at = self.cleaned_data["ends_at"]
        if ends_at <= database_time():
            raise forms.ValidationError(_("That boost would be over already."))
        return ends_at


@admin.register(XpBoost)
class XpBoostAdmin(GiftAdmin):
    list_display = ["entry", "member", "times", "starts_at", "ends_at", "source", "created_at"]
    list_display_links = ["entry"]
    list_filter = ["ends_at", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username__iexact", "source"]
    search_help_text = _("A username or a whole source.")
    ordering = ["-id"]
    fields = ["entry", "member", "times", "starts_at", "ends_at", "source", "created_at"]
    gift_form = BoostForm
    gift_permission = "xp.grant_boost"
    gift_title = _("Grant a boost")

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: XpBoost) -> str:
        return str(row.pk)

    @admin.display(description=_("member"))
    def member(self, row: XpBoost) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    @admin.display(description=_("multiplier"), ordering="multiplier_bps")
    def times(self, row: XpBoost) -> str:
        return times(row.multiplier_bps)

    def initial(self) -> dict[str, Any]:
        return {"starts_at": database_time().replace(second=0, microsecond=0)}

    def give(self, *, user: User, actor: User, **given: Any) -> str:
        boost = xp.give_boost(user=user, actor=actor, **given)
        facts = {"name": user.username, "times": times(boost.multiplier_bps)}
        return gettext("Granted to %(name)s: a boost of %(times)s.") % facts
