"""Using an API token: who gets in, and how far."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.authentication import ApiTokenAuthentication
from degentalk.accounts.models import ApiToken
from tests import make

pytestmark = pytest.mark.django_db
ME = "/api/xp/me"


def get(client, token, path=ME):
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token():
    return make.api_token(make.user("alice"), "xp:read")


def test_a_token_with_the_scope_gets_in(client, token):
    assert get(client, token).json()["username"] == "alice"


def test_a_token_without_the_scope_is_told_which_one_it_lacks(client):
    response = get(client, make.api_token(make.user("alice"), "wallet:read"))
    assert response.status_code == 403
    assert response.json()["detail"] == "This API token lacks the scope “xp:read”."


def test_a_session_needs_no_scope(client):
    client.force_login(make.user("alice"))
    assert client.get(ME).status_code == 200


def test_without_either_the_answer_is_401_with_a_challenge(client):
    response = client.get(ME)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer dgt_pat_",
        "Bearer dgt_pat_" + "0" * 64,
        "Bearer \xff\xfe",
        "Bearer " + "a" * 20000,
        "Token dgt_pat_" + "0" * 64,
        "Basic YWxpY2U6eA==",
        "\x00",
    ],
)
def test_anything_else_in_the_header_is_401(client, header):
    assert client.get(ME, headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize("raw", [b"Bearer \xff\xfe\xfd", b"Bearer dgt_pat_\xc3\x28", b"Bearer \x80abc"])
def test_bytes_that_are_no_text_are_401(client, raw):
    # WSGI servers hand headers over as Latin-1.
    assert client.get(ME, HTTP_AUTHORIZATION=raw.decode("latin-1")).status_code == 401


def test_part_of_a_token_is_not_the_token(client, token):
    assert get(client, token[:-1]).status_code == 401


def test_the_stored_digest_is_not_a_token(client, token):
    assert get(client, ApiToken.objects.get().digest).status_code == 401


def test_an_expired_token_is_401(client):
    token = make.api_token(make.user("alice"), "xp:read", lifetime=timedelta(seconds=-1))
    assert get(client, token).status_code == 401


def test_an_expired_token_stays_in_the_list_until_its_owner_has_seen_it(client):
    get(client, make.api_token(make.user("alice"), "xp:read", lifetime=timedelta(seconds=-1)))
    assert ApiToken.objects.count() == 1


def test_the_token_of_a_deactivated_member_is_401(client):
    token = make.api_token(make.user("alice", is_active=False), "xp:read")
    assert get(client, token).status_code == 401


def test_a_wrong_token_is_401_also_with_a_session(client):
    client.force_login(make.user("alice"))
    assert get(client, "dgt_pat_" + "0" * 64).status_code == 401


def test_use_is_remembered(client, token):
    get(client, token)
    assert timezone.now() - ApiToken.objects.get().last_used_at < timedelta(seconds=10)


def test_use_within_a_minute_writes_nothing(client, token):
    just_now = timezone.now() - timedelta(seconds=50)
    ApiToken.objects.update(last_used_at=just_now)
    get(client, token)
    assert ApiToken.objects.get().last_used_at == just_now


def test_use_after_a_minute_is_remembered_again(client, token):
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    get(client, token)
    assert timezone.now() - ApiToken.objects.get().last_used_at < timedelta(seconds=10)


def test_knowing_who_asks_takes_one_query(token, rf, django_assert_num_queries):
    ApiToken.objects.update(last_used_at=timezone.now())
    request = rf.get(ME, headers={"Authorization": f"Bearer {token}"})
    with django_assert_num_queries(1):
        user, _row = ApiTokenAuthentication().authenticate(request)
        assert user.username == "alice"


def test_a_view_without_a_scope_takes_no_tokens(token, rf):
    class Forgetful(APIView):
        def get(self, request):
            return Response("secret")

    response = Forgetful.as_view()(rf.get("/", headers={"Authorization": f"Bearer {token}"}))
    assert response.status_code == 403
    assert response.data["detail"] == "API tokens are not accepted here. Use the site itself."


def test_a_token_needs_no_csrf_token(token):
    assert get(Client(enforce_csrf_checks=True), token).status_code == 200


def test_the_openapi_document_names_both_ways_in(client):
    schemes = client.get("/api/schema?format=json").json()["components"]["securitySchemes"]
    assert schemes["apiToken"]["scheme"] == "bearer"
    assert schemes["session"]["in"] == "cookie"
    assert set(schemes) == {"apiToken", "session"}
