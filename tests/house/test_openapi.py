"""The OpenAPI document: committed, complete, and what the API really answers."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command

from shop.models import DgtUnlock
from tests import make
from tests.xp.test_boards import member_with
from xp import services as xp

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.yaml"
DOCUMENT = yaml.safe_load(COMMITTED.read_text())
WRITES = [(path, operations["post"]) for path, operations in DOCUMENT["paths"].items() if "post" in operations]
SENT_AGAIN = {
    "/api/admin/xp/paths",
    "/api/dgt/purchase/usdt/proof",
    "/api/paths/user/me/primary/{path_id}",
    "/api/shop/me/unlocks/{item_id}/equip",
    "/api/shop/me/unlocks/{item_id}/unequip",
    "/api/shop/me/unlocks/{item_id}/use",
    "/api/webhook/stripe",
}
"""Writes that need no key: asked for again, they change nothing more."""
READS = [(path, operations["get"]) for path, operations in DOCUMENT["paths"].items() if "get" in operations]


def address(path: str, user_id: int) -> str:
    """A path with something of what every site has in its places."""
    unlock = DgtUnlock.objects.values_list("pk", flat=True).first() if "{unlock_id}" in path else None
    return path.format(user_id=user_id, path_id="analyst", unlock_id=unlock)


def closed(schema: Any) -> Any:
    """The schema as JSON Schema knows it (null is a type there), with no property that it does not name."""
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: closed(inner) for name, inner in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)
    return {"anyOf": [schema, {"type": "null"}]} if schema.pop("nullable", False) else schema


def conforms(body: Any, response: dict[str, Any]) -> None:
    (media,) = response["content"].values()
    schema = {**closed(media["schema"]), "components": closed(DOCUMENT["components"])}
    jsonschema.validate(body, schema, format_checker=jsonschema.FormatChecker())


def done(operation: dict[str, Any]) -> dict[str, Any]:
    """What a write answers when it is done, by status; 200 where nothing new was made."""
    return {status: answer for status, answer in operation["responses"].items() if status in {"200", "201"}}


def ids(value: Any) -> str | None:
    return value if isinstance(value, str) else ""


def test_the_committed_document_is_the_one_the_code_makes(tmp_path):
    """Run `manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn` and commit the difference."""
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
    assert made.read_text() == COMMITTED.read_text()


def test_the_site_serves_the_same_document(client):
    assert yaml.safe_load(client.get("/api/schema").content) == DOCUMENT


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "operation"), READS, ids=ids)
def test_answers_are_what_the_document_says(client, path, operation):
    alice = member_with(560, "alice")
    xp.award(user=alice, action="special_event", key="event:1", cause=("event", 1))
    client.force_login(alice)
    conforms(client.get(address(path, alice.pk)).json(), operation["responses"]["200"])


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "operation"), READS, ids=ids)
def test_a_newcomers_answers_are_what_the_document_says(client, path, operation):
    bob = make.user("bob")
    client.force_login(bob)
    conforms(client.get(address(path, bob.pk)).json(), operation["responses"]["200"])


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "operation"), READS, ids=ids)
def test_refusals_are_the_problem_the_document_says(client, path, operation):
    answer = client.get(address(path, 1), {"nonsense": 1}, headers={"Authorization": "Bearer dgt_pat_unknown"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    conforms(answer.json(), DOCUMENT["components"]["responses"]["Problem401"])


@pytest.mark.parametrize(("path", "operation"), READS, ids=ids)
def test_examples_are_what_the_document_says(path, operation):
    response = operation["responses"]["200"]
    (media,) = response["content"].values()
    for example in media.get("examples", {}).values():
        conforms(example["value"], response)


@pytest.mark.parametrize(("path", "operation"), WRITES, ids=ids)
def test_examples_of_writes_are_what_the_document_says(path, operation):
    asked = [operation["requestBody"]] if "requestBody" in operation else []
    assert all(body["content"]["application/json"]["examples"] for body in asked)
    for body in (*asked, *done(operation).values()):
        (media,) = body["content"].values()
        for example in media.get("examples", {}).values():
            conforms(example["value"], body)


@pytest.mark.parametrize(("path", "operation"), WRITES, ids=ids)
def test_a_write_names_its_key_and_every_problem(path, operation):
    asked = [(p["name"], p["in"], p["required"]) for p in operation.get("parameters", []) if p["in"] != "path"]
    assert asked == ([] if path in SENT_AGAIN else [("Idempotency-Key", "header", True)])
    assert ("201" in done(operation)) or path in SENT_AGAIN
    assert set(operation["responses"]) >= {"400", "401", "403", "404"}
    if "requestBody" in operation:
        assert set(operation["responses"]) >= {"409", "413", "415", "422"}


@pytest.mark.parametrize(("path", "operation"), READS + WRITES, ids=ids)
def test_every_operation_says_in_words_what_it_does(path, operation):
    assert operation["summary"]
    assert operation["description"]


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/xp", "/api/xp/me/", "/api/xp/nothing"])
def test_every_other_path_is_a_problem(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
