"""Where pages of other apps show what is the shop's."""

from django.urls import reverse


def mine() -> str:
    """A member's own unlocks, on their own page."""
    return f"{reverse('pages:me')}?tab=unlocks#history"
