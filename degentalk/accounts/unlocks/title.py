"""A title beside a member's name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from degentalk import unlocks
from degentalk.core.fields import StrictTextField

TITLE_MAX_LENGTH = 32


class TitleData(unlocks.UnlockData):
    text = StrictTextField(max_length=TITLE_MAX_LENGTH)


TYPE = unlocks.register(
    unlocks.Wearable(
        name="title",
        label=gettext_lazy("Title"),
        icon="type",
        data=TitleData,
        slot="title",
        says=lambda data: _("“%(title)s” beside your name.") % {"title": data["text"]},
        look=lambda data: data["text"],
    )
)
