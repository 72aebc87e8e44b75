"""Errors of the API are problem documents (RFC 9457)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from degentalk.core import problems
from degentalk.core.errors import Conflict, KeyMissing, NotFound, Refused
from degentalk.core.idempotency import Answer


class Line(serializers.Serializer):
    amount = serializers.IntegerField(min_value=1)


class Order(serializers.Serializer):
    memo = serializers.CharField(max_length=3)
    lines = Line(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        raise serializers.ValidationError("Too late.")


def answer(act: Callable[[Any], Any], content: str = "{}", **attributes: Any) -> Response:
    """What the API says when a view does this."""
    fields = {"authentication_classes": [], "permission_classes": [AllowAny], **attributes}
    view: Any = type("View", (APIView,), {**fields, "post": lambda self, request: Response(act(request))})
    response = view.as_view()(APIRequestFactory().post("/api/x", content, content_type="application/json"))
    response.render()
    return response


def fail(error: Exception) -> Callable[[Any], None]:
    def act(request: Any) -> None:
        raise error

    return act


def validate(request: Any) -> None:
    Order(data=request.data).is_valid(raise_exception=True)


@pytest.mark.parametrize(
    ("error", "status", "code", "detail"),
    [
        (Refused("You have 5 DGT."), 422, "refused", "You have 5 DGT."),
        (NotFound("No such journal."), 404, "not-found", "No such journal."),
        (Conflict("Too late."), 409, "conflict", "Too late."),
        (Http404("SELECT * FROM secrets"), 404, "not-found", "Not found."),
        (exceptions.NotFound("No such level."), 404, "not-found", "No such level."),
        (exceptions.Throttled(), 429, "throttled", "Request was throttled."),
        (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed", 'Method "PUT" not allowed.'),
        (PermissionDenied(), 403, "permission-denied", "You do not have permission to perform this action."),
        (exceptions.PermissionDenied("No.", code="no_scope"), 403, "no-scope", "No."),
    ],
)
def test_an_error_is_a_problem(error: Exception, status: int, code: str, detail: str) -> None:
    response = answer(fail(error))
    problem = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (problem["type"], problem["status"], problem["code"], problem["detail"]) == (
        "about:blank",
        status,
        code,
        detail,
    )
    assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_a_missing_key_is_400() -> None:
    assert json.loads(answer(fail(KeyMissing())).content)["code"] == "key-missing"


def test_broken_json_is_400() -> None:
    response = answer(lambda request: request.data, content='{"amount": ')
    assert (response.status_code, json.loads(response.content)["code"]) == (400, "parse-error")


def test_an_unauthenticated_request_is_401_with_the_way_in() -> None:
    response = answer(
        lambda request: None, permission_classes=[IsAuthenticated], authentication_classes=[TokenAuthentication]
    )
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
    assert json.loads(response.content)["code"] == "not-authenticated"


def test_a_throttled_request_says_when_to_come_back() -> None:
    assert answer(fail(exceptions.Throttled(wait=29.5)))["Retry-After"] == "30"


def test_validation_names_each_field_with_all_its_messages() -> None:
    response = answer(validate, '{"memo": "long", "lines": [{"amount": 1}, {"amount": 0}, {}]}')
    problem = json.loads(response.content)
    assert (response.status_code, problem["code"]) == (400, "invalid")
    assert problem["errors"] == {
        "memo": ["Ensure this field has no more than 3 characters."],
        "lines.1.amount": ["Ensure this value is greater than or equal to 1."],
        "lines.2.amount": ["This field is required."],
    }


def test_validation_of_the_whole_has_a_name_too() -> None:
    problem = json.loads(answer(validate, '{"memo": "ok", "lines": []}').content)
    assert problem["errors"] == {"non_field_errors": ["Too late."]}


def test_validation_in_a_model_is_400() -> None:
    problem = json.loads(answer(fail(ModelValidationError({"title": "Too long."}))).content)
    assert problem["errors"] == {"title": ["Too long."]}


def test_a_value_postgresql_cannot_hold_is_400() -> None:
    response = answer(fail(DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")))
    assert response.status_code == 400
    assert "NUL" not in response.content.decode()


def test_a_bug_is_no_problem_document_but_an_exception() -> None:
    with pytest.raises(ZeroDivisionError):
        answer(fail(ZeroDivisionError()))


def test_a_bug_below_api_is_a_problem_for_the_client() -> None:
    response = problems.server_error(RequestFactory().get("/api/xp/me"))
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")


def test_a_bug_elsewhere_is_a_page() -> None:
    response = problems.server_error(RequestFactory().get("/threads"))
    assert (response.status_code, response["Content-Type"]) == (500, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/xp/me/nothing", "/api/💥"])
def test_an_unknown_path_below_api_is_a_problem(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not-found"


def test_a_refused_answer_is_a_problem() -> None:
    body = {"title": "Unprocessable", "detail": "You have 5 DGT.", "code": "not-enough-dgt"}
    response = problems.respond(Answer(status=422, body=body, replayed=True))
    assert (response.status_code, response.data) == (422, {"type": "about:blank", "status": 422, **body})


def test_an_answer_is_the_body_itself() -> None:
    response = problems.respond(Answer(status=201, body={"id": 1}, replayed=False))
    assert (response.status_code, response.data, response.content_type) == (201, {"id": 1}, None)


def test_the_openapi_document_says_what_may_go_wrong() -> None:
    document: dict[str, Any] = {"paths": {"/api/xp/me": {"get": {"responses": {"200": {}, "404": {"mine": True}}}}}}
    responses = problems.document_problems(document, None, None, True)["paths"]["/api/xp/me"]["get"]["responses"]
    assert sorted(responses) == ["200", "400", "401", "403", "404", "429"]
    assert responses["404"] == {"mine": True}
    name = responses["401"]["$ref"].removeprefix("#/components/responses/")
    assert list(document["components"]["responses"][name]["content"]) == ["application/problem+json"]
