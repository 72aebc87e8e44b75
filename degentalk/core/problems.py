"""Errors of the API as problem documents (RFC 9457): type, title, status, detail, code, and errors by field."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import exception_handler

from degentalk.core.errors import Busy, MemberError
from degentalk.core.idempotency import Answer, is_busy

CONTENT_TYPE = "application/problem+json"
API = "/api/"


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None, and so a 500, for everything that is a bug of ours."""
    if is_busy(error):
        error = Busy()
    if isinstance(error, MemberError):
        return _response(error.status, error.problem(), headers=error.headers)
    known = _known(error)
    response = exception_handler(known, context) if known else None
    if known is None or response is None:
        return None
    return _response(known.status_code, _describe(known), headers=_kept(response))


def respond(answer: Answer) -> Response:
    """An answer of `idempotency.run` as the API's response."""
    return _response(answer.status, answer.body) if answer.refused else Response(answer.body, status=answer.status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """For every path below /api that is none."""
    return _json(404, "not-found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """`handler500` of the site: a problem for the API, the 500 page for everybody else."""
    if request.path.startswith(API):
        return _json(500, "server-error", _("Something went wrong on our side. It was logged."))
    return defaults.server_error(request)


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, ModelValidationError):
        return exceptions.ValidationError(as_serializer_error(error))
    if isinstance(error, DataError):
        # PostgreSQL says no to a value that passed our own checks, such as a NUL in a text.
        return exceptions.ValidationError(_("A value cannot be stored."))
    return None


def _describe(error: exceptions.APIException) -> dict[str, Any]:
    title = HTTPStatus(error.status_code).phrase
    if isinstance(error, exceptions.ValidationError):
        fields: dict[str, list[str]] = {}
        for path, message in _messages(error.detail, ()):
            fields.setdefault(_encodable(path), []).append(_encodable(message))
        return {"title": title, "detail": _("Some values are not valid."), "code": "invalid", "errors": fields}
    # Some carry a mapping with the sentence beside facts of their own; a problem wants the sentence.
    codes, detail = error.get_codes(), error.detail
    return {
        "title": title,
        "detail": str(detail.get("detail", title) if isinstance(detail, dict) else detail),
        "code": (codes if isinstance(codes, str) else error.default_code).replace("_", "-"),
    }


def _messages(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every message with its field; fields of nested objects read like `items.0.amount`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _messages(inner, (*path, str(name)))
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for position, inner in enumerate(detail):
            yield from _messages(inner, (*path, str(position)))
    elif isinstance(detail, list):
        yield from ((".".join(path) or "non_field_errors", str(message)) for message in detail)
    else:
        yield ".".join(path) or "non_field_errors", str(detail)


def _encodable(text: str) -> str:
    """A message may repeat what was sent, and JSON can name half a character that no answer can hold."""
    return text.encode("utf-8", "replace").decode()


def _kept(response: Response) -> dict[str, str]:
    return {name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response}


def _response(status: int, problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "status": status, **problem}
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _json(status: int, code: str, detail: Any) -> JsonResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


PROBLEM_SCHEMA = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for the member."},
        "code": {"type": "string", "description": "A slug for programs, such as `invalid-cursor`."},
        "errors": {
            "type": "object",
            "description": "Messages by field, when `code` is `invalid`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ALWAYS_POSSIBLE = (400, 401, 403, 404, 429)
OF_WRITES = (409, 413, 415, 422)


def document_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular hook: every operation may answer with a problem."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components.setdefault("responses", {}).update(
        {
            f"Problem{status}": {"description": HTTPStatus(status).phrase, "content": content}
            for status in (*ALWAYS_POSSIBLE, *OF_WRITES)
        }
    )
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in (*ALWAYS_POSSIBLE, *(OF_WRITES if "requestBody" in operation else ())):
                reference = {"$ref": f"#/components/responses/Problem{status}"}
                operation["responses"].setdefault(str(status), reference)
    return result
