"""A frame around a member's avatar."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from degentalk import unlocks

FRAMES = {
    "bronze": gettext_lazy("Bronze"),
    "silver": gettext_lazy("Silver"),
    "gold": gettext_lazy("Gold"),
    "neon": gettext_lazy("Neon"),
    "diamond": gettext_lazy("Diamond"),
    "laurel": gettext_lazy("Laurel"),
}
"""Each is a class of static/css/components/looks.css."""


class AvatarFrameData(unlocks.UnlockData):
    frame = serializers.ChoiceField(choices=list(FRAMES.items()))


TYPE = unlocks.register(
    unlocks.Wearable(
        name="avatar_frame",
        label=gettext_lazy("Avatar frame"),
        icon="frame",
        data=AvatarFrameData,
        slot="avatar_frame",
        says=lambda data: _("A frame around your avatar: %(frame)s.") % {"frame": FRAMES[data["frame"]]},
        look=lambda data: data["frame"],
    )
)
