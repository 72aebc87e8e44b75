"""A badge beside a member's name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from degentalk import unlocks
from degentalk.core.fields import StrictTextField

ICONS = (
    "crown",
    "gem",
    "skull",
    "rocket",
    "flame",
    "snowflake",
    "megaphone",
    "hammer",
    "drama",
    "medal",
    "eye",
    "heart",
)
"""Symbols of static/img/icons.svg."""
LABEL_MAX_LENGTH = 32


class BadgeData(unlocks.UnlockData):
    icon = serializers.ChoiceField(choices=ICONS)
    text = StrictTextField(max_length=LABEL_MAX_LENGTH)


TYPE = unlocks.register(
    unlocks.Wearable(
        name="badge",
        label=gettext_lazy("Badge"),
        icon="badge-check",
        data=BadgeData,
        slot="badge",
        says=lambda data: _("The badge “%(label)s” beside your name.") % {"label": data["text"]},
        look=lambda data: {"icon": data["icon"], "label": data["text"]},
    )
)
