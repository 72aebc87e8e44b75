"""The colour of a member's name, wherever it stands."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from degentalk import unlocks

STYLES = {
    "lime": gettext_lazy("Lime"),
    "amber": gettext_lazy("Amber"),
    "aqua": gettext_lazy("Aqua"),
    "violet": gettext_lazy("Violet"),
    "rose": gettext_lazy("Rose"),
    "gold": gettext_lazy("Gold, bold"),
    "sunset": gettext_lazy("Sunset, a gradient"),
    "aurora": gettext_lazy("Aurora, a gradient"),
}
"""Each is a class of static/css/components/looks.css."""


class NameStyleData(unlocks.UnlockData):
    color = serializers.ChoiceField(choices=list(STYLES.items()))


TYPE = unlocks.register(
    unlocks.Wearable(
        name="name_style",
        label=gettext_lazy("Name style"),
        icon="palette",
        data=NameStyleData,
        slot="name_style",
        says=lambda data: _("Your name in a colour of its own: %(style)s.") % {"style": STYLES[data["color"]]},
        look=lambda data: data["color"],
    )
)
