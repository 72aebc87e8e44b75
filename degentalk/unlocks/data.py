"""The schema of a type's `unlock_data`: what staff and the API may write into it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.settings import api_settings


class UnlockData(serializers.Serializer[Any]):
    """Fields of a type's data. A key that is not one of them is an error beside its name, never ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The data as it will be stored. Raises ValidationError by key."""
        if not isinstance(data, Mapping):
            words = _("This must be an object of names and values.")
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [words]})
        unknown = sorted(str(key) for key in data if key not in self.fields)
        if unknown:
            known = ", ".join(self.fields) or _("none")
            message = _("There is no such key here. Known: %(keys)s.") % {"keys": known}
            raise serializers.ValidationError({key: [message] for key in unknown})
        return dict(super().to_internal_value(data))

    @classmethod
    def checked(cls, data: Any) -> dict[str, Any]:
        """The data, complete and in the order of the fields. Raises rest_framework's ValidationError by key."""
        schema = cls(data=data)
        schema.is_valid(raise_exception=True)
        return dict(schema.validated_data)
