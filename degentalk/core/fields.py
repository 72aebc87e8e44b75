"""Whole numbers and texts that are read strictly: what is not plainly one is refused, never guessed."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

BIGINT_MAX = 2**63 - 1
DIGITS = re.compile(r"[0-9]{1,19}")


class StrictIntegerField(serializers.IntegerField):
    """An integer of JSON: no string, no fraction, no boolean."""

    default_error_messages = {"invalid": _("This must be a whole number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -BIGINT_MAX, "max_value": BIGINT_MAX, **kwargs})

    def to_internal_value(self, value: Any) -> int:
        """The number as it is. `type` rather than isinstance: True is an int to Python."""
        if type(value) is not int:
            self.fail("invalid")
        return value


class StrictBooleanField(serializers.BooleanField):
    """A boolean of JSON: DRF reads “yes”, "0" and 1 too."""

    def to_internal_value(self, data: Any) -> bool:
        """The boolean as it is."""
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class StrictTextField(serializers.CharField):
    """A text of JSON: no number, which DRF would write out."""

    default_error_messages = {"invalid": _("This must be a text.")}

    def to_internal_value(self, data: Any) -> str:
        """The text without white space at its ends."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class DigitsField(forms.IntegerField):
    """A whole number typed as ASCII digits: no sign, no separators, no digits of other scripts."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a whole number, digits only.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": BIGINT_MAX, **kwargs})

    def to_python(self, value: Any) -> int | None:
        """The number, or None if nothing was typed."""
        if value in self.empty_values:
            return None
        text = str(value)
        if not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        # However many digits there are, the field says that it is too much, in its own words.
        return int(text) if DIGITS.fullmatch(text) else BIGINT_MAX + 1

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A phone shows its digits."""
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}
