"""What members see is kept in no cache (MONEY.md W16)."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from degentalk.accounts.models import User
from degentalk.core.middleware import NoStoreForMembers


def cache_control(path: str, user: User | AnonymousUser) -> str | None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("1,234 DGT", headers={"Cache-Control": "public, max-age=60"})

    request = RequestFactory().get(path)
    request.user = user
    return NoStoreForMembers(view)(request).headers["Cache-Control"]


def test_w16_what_a_member_sees_is_not_stored() -> None:
    assert cache_control("/wallet", User(username="alice")) == "no-store"


def test_what_everybody_sees_may_be_stored() -> None:
    assert cache_control("/wallet", AnonymousUser()) == "public, max-age=60"


def test_static_files_may_be_stored() -> None:
    assert cache_control("/static/css/tokens.css", User(username="alice")) == "public, max-age=60"
