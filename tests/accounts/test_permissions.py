"""API views that take a permission of the site: the token's scope and its owner's permission, both, at every use."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.response import Response
from rest_framework.views import APIView

from degentalk.accounts.permissions import may, require_permission
from tests import make

pytestmark = pytest.mark.django_db
NEEDS = {"scope": "xp:award", "permission": "accounts.suspend_user"}


class Guarded(APIView):
    scope = "xp:award"

    def get(self, request):
        require_permission(request, **NEEDS)
        return Response("done")


class Asked(APIView):
    scope = "xp:read"

    def get(self, request):
        return Response(may(request, **NEEDS))


def permitted(username="carol"):
    member = make.user(username)
    member.user_permissions.set(Permission.objects.filter(codename="suspend_user"))
    return member


def get(rf, view, token):
    return view.as_view()(rf.get("/", headers={"Authorization": f"Bearer {token}"}))


def test_scope_and_permission_together_let_in(rf):
    assert get(rf, Guarded, make.api_token(permitted(), "xp:award")).data == "done"


def test_the_scope_alone_does_not(rf):
    answer = get(rf, Guarded, make.api_token(make.user("mallory"), "xp:award"))
    assert (answer.status_code, answer.data["detail"]) == (403, "This takes the permission “accounts.suspend_user”.")


def test_the_permission_alone_does_not(rf):
    answer = get(rf, Guarded, make.api_token(permitted(), "xp:read"))
    assert (answer.status_code, answer.data["detail"]) == (403, "This API token lacks the scope “xp:award”.")


def test_a_permission_that_was_taken_ends_what_its_tokens_may(rf):
    carol = permitted()
    token = make.api_token(carol, "xp:award")
    assert get(rf, Guarded, token).status_code == 200
    carol.user_permissions.clear()
    assert get(rf, Guarded, token).status_code == 403


@pytest.mark.parametrize(
    ("is_permitted", "scopes", "answer"),
    [(True, ["xp:read", "xp:award"], True), (True, ["xp:read"], False), (False, ["xp:read", "xp:award"], False)],
)
def test_may_answers_without_refusing(rf, is_permitted, scopes, answer):
    owner = permitted() if is_permitted else make.user("alice")
    assert get(rf, Asked, make.api_token(owner, *scopes)).data is answer


@pytest.mark.parametrize("is_permitted", [False, True])
def test_a_session_needs_the_permission_only(rf, is_permitted):
    request = rf.get("/")
    request.user = permitted() if is_permitted else make.user("alice")
    assert Asked.as_view()(request).data is is_permitted
