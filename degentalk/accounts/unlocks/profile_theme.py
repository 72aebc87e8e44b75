"""The ground that a member's profile is shown on."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from degentalk import unlocks

THEMES = {
    "terminal": gettext_lazy("Terminal"),
    "sunset": gettext_lazy("Sunset"),
    "deep-sea": gettext_lazy("Deep sea"),
    "aurora": gettext_lazy("Aurora"),
    "paper": gettext_lazy("Paper"),
}
"""Each is a class of static/css/components/looks.css."""


class ProfileThemeData(unlocks.UnlockData):
    theme = serializers.ChoiceField(choices=list(THEMES.items()))


TYPE = unlocks.register(
    unlocks.Wearable(
        name="profile_theme",
        label=gettext_lazy("Profile theme"),
        icon="sparkles",
        data=ProfileThemeData,
        slot="profile_theme",
        says=lambda data: _("Your profile on another ground: %(theme)s.") % {"theme": THEMES[data["theme"]]},
        look=lambda data: data["theme"],
    )
)
