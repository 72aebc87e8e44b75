"""Special events: announced, changed and cancelled by staff; who joined them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from degentalk.core.admin import ReadOnlyAdmin, link, link_to, list_link
from degentalk.core.clock import database_time
from degentalk.core.fields import DigitsField
from degentalk.rulebook.admin import RuleAdmin, RuleForm
from xp.admin.moments import UtcMomentField
from xp.figures import times
from xp.models import MULTIPLIER_MAX_BPS, EventParticipation, SpecialEvent, UserXp
from xp.rules import ONE

PARTICIPATION_MAX = 10**6
"""XP that joining may pay; with a typing error in it nobody should reach the last level."""

ADDRESS = ["slug"]
"""Links to an event must go on working."""
BEGUN = ["starts_at"]
"""Who joined an event that is on has been promised its multiplier since then."""
OVER = ["ends_at", "multiplier_bps", "participation_xp", "is_cancelled"]
"""What an event paid is history."""


class SpecialEventForm(RuleForm):
    """What the rules would refuse is said beside the field it is about."""

    starts_at = UtcMomentField(label=_("Starts (UTC)"), help_text=_("UTC. This instant belongs to the event."))
    ends_at = UtcMomentField(label=_("Ends (UTC)"), help_text=_("UTC. This instant does not belong to it any more."))
    multiplier_bps = DigitsField(
        label=_("Multiplier in basis points"),
        min_value=ONE,
        max_value=MULTIPLIER_MAX_BPS,
        initial=ONE,
        widget=forms.TextInput(attrs={"class": "vIntegerField"}),
        help_text=_("10,000 multiplies nothing, 15,000 is ×1.5, 100,000 is ×10, the most. For members who joined."),
    )
    participation_xp = DigitsField(
        label=_("XP for joining"),
        max_value=PARTICIPATION_MAX,
        initial=0,
        widget=forms.TextInput(attrs={"class": "vIntegerField"}),
        help_text=_("Paid once, when a member joins, and not multiplied by the event itself. 0: joining pays nothing."),
    )

    class Meta:
        help_texts = {"is_cancelled": _("Ends it for everybody at once. What it paid until then stays.")}

    def clean_ends_at(self) -> Any:
        ends_at = self.cleaned_data["ends_at"]
        if ends_at != self.instance.ends_at and ends_at <= database_time():
            raise forms.ValidationError(_("An event ends in the future. To end one now, cancel it."))
        return ends_at

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at = typed.get("starts_at") or self.instance.starts_at
        ends_at = typed.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("An event must end after it starts."))
        return typed


@admin.register(SpecialEvent)
class SpecialEventAdmin(RuleAdmin):
    """Nothing is deleted: an event that should not be is cancelled, so that what it paid can be explained for ever."""

    form = SpecialEventForm
    rows_can_be_added = True
    list_display = ["name", "starts_utc", "ends_utc", "times", "participation_xp", "is_cancelled"]
    list_filter = ["is_cancelled", "starts_at"]
    search_fields = ["name", "slug"]
    ordering = ["-starts_at", "-id"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "description"]}),
        (_("When"), {"fields": ["starts_at", "ends_at", "is_cancelled"]}),
        (_("What it pays"), {"fields": ["multiplier_bps", "participation_xp"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        now = database_time()
        return [*ADDRESS, *(BEGUN if obj.starts_at <= now else []), *(OVER if obj.ends_at <= now else []), "joined"]

    def get_fieldsets(self, request, obj=None):
        """A new event is not cancelled, and nobody has joined it."""
        head, when, pays, *reason = super().get_fieldsets(request, obj)
        if obj is None:
            when = (when[0], {"fields": ["starts_at", "ends_at"]})
        else:
            head = (None, {"fields": [*head[1]["fields"], "joined"]})
        return [head, when, pays, *reason]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    @admin.display(description=_("starts (UTC)"), ordering="starts_at")
    def starts_utc(self, event: SpecialEvent) -> str:
        return f"{event.starts_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("ends (UTC)"), ordering="ends_at")
    def ends_utc(self, event: SpecialEvent) -> str:
        return f"{event.ends_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("multiplier"), ordering="multiplier_bps")
    def times(self, event: SpecialEvent) -> str:
        return times(event.multiplier_bps)

    @admin.display(description=_("joined"))
    def joined(self, event: SpecialEvent) -> SafeString:
        count = event.participations.count()
        words = ngettext("%(count)d member", "%(count)d members", count) % {"count": count}
        return list_link(EventParticipation, f"event__id__exact={event.pk}", words)


@admin.register(EventParticipation)
class EventParticipationAdmin(ReadOnlyAdmin):
    list_display = ["entry", "event_link", "member", "joined_at"]
    list_display_links = ["entry"]
    list_filter = ["joined_at"]
    list_select_related = ["event", "user"]
    search_fields = ["user__username__iexact", "event__slug"]
    search_help_text = _("A username, or the words in an event's address.")
    ordering = ["-id"]
    fields = ["entry", "event_link", "member", "joined_at"]

    @admin.display(description=_("entry"), ordering="id")
    def entry(self, row: EventParticipation) -> str:
        return str(row.pk)

    @admin.display(description=_("event"))
    def event_link(self, row: EventParticipation) -> SafeString | str | None:
        return link_to(row.event)

    @admin.display(description=_("member"))
    def member(self, row: EventParticipation) -> SafeString | str:
        return link(UserXp, row.user_id, row.user.username)

    def lookup_allowed(self, lookup, value, request):
        """An event's page leads here."""
        return lookup == "event__id__exact" or super().lookup_allowed(lookup, value, request)
