"""What the API's views share."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView


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
