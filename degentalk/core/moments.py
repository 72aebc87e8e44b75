"""Moments that staff write, kept where every time zone has them."""

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

YEARS = range(2000, 3000)
"""At the ends of the calendar a moment has no local time in half of the zones."""


def refuse_far(row: Model, *names: str) -> None:
    """Raise ValidationError by field for moments outside of YEARS. For `clean()` of models."""
    far = [name for name in names if (moment := getattr(row, name)) is not None and moment.year not in YEARS]
    if far:
        words = _("The year must be from %(first)d to %(last)d.") % {"first": YEARS[0], "last": YEARS[-1]}
        raise ValidationError(dict.fromkeys(far, words))
