"""Instants that staff write."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Beyond these a typing error is likelier than an event, and some time zones have no date."""


class UtcMomentField(forms.DateTimeField):
    """An instant written in UTC, whatever the time zone of who writes it."""

    widget = forms.DateTimeInput
    default_error_messages = {
        "invalid": _("Write a date and a time, such as 2026-12-05T18:00:00."),
        "out_of_range": _("Choose a date between 2000 and 2199."),
    }

    def __init__(self, **options: Any) -> None:
        # The browser's own picker takes and gives exactly this form, without a zone.
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(**{"widget": widget, "help_text": _("UTC."), **options})

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(UTC):
            return super().prepare_value(value)

    def to_python(self, value: Any) -> datetime | None:
        try:
            with timezone.override(UTC):
                moment = super().to_python(value)
        except OverflowError:  # an instant of another zone that has no date in UTC
            moment = datetime.max.replace(tzinfo=UTC)
        if moment is not None and not EARLIEST <= moment < LATEST:
            raise forms.ValidationError(self.error_messages["out_of_range"], code="out_of_range")
        return moment
