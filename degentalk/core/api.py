"""What the API's views share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from degentalk.core.idempotency import HEADER

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 200 visible ASCII characters, new for every attempt. Sent again it changes nothing and gets the"
    " first answer; with another body it is refused.",
)


class StrictSerializer(serializers.Serializer[Any]):
    """Input. A field that does not exist is refused by name, because ignoring it would do something else."""

    def to_internal_value(self, data: Any) -> Any:
        """The values by field. Raises ValidationError."""
        unknown = sorted(map(str, data.keys() - self.fields.keys())) if isinstance(data, Mapping) else []
        if unknown:
            raise ValidationError({name: [_("There is no such field here.")] for name in unknown})
        return super().to_internal_value(data)


class ReadView(APIView):
    """A view that only answers GET. A misspelt filter is refused, because ignoring it would answer another question."""

    query_parameters: ClassVar[frozenset[str]] = frozenset()
    """The query parameters that it knows."""
    scope: ClassVar[str | None] = None
    """What an API token must be allowed to do here; None: no token is accepted."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(request.query_params.keys() - self.query_parameters)
        if unknown:
            raise ValidationError({name: [_("There is no such query parameter here.")] for name in unknown})
