"""How bodies of API requests are read. Apart from `api`, which DRF's views import too late."""

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from degentalk.core.errors import MemberError

BODY_MAX = 64 * 1024
"""Bytes. No request of ours needs a hundredth of it."""


class BodyTooLarge(MemberError):
    """The body is larger than any that we know what to do with."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-large"

    def __init__(self) -> None:
        super().__init__(_("This is too much: a request has at most %(most)d KB.") % {"most": BODY_MAX // 1024})


class BoundedJSONParser(JSONParser):
    """JSON of a reasonable size and depth. DRF's own reads without end, and fails on a deep nest of brackets."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as Python values. Raises BodyTooLarge and ParseError."""
        body = stream.read(BODY_MAX + 1)
        if len(body) > BODY_MAX:
            raise BodyTooLarge
        try:
            return super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
