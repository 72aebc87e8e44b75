"""What members see is kept in no cache (MONEY.md W16); who waits for others too long is told so."""

import psycopg
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from degentalk.accounts.models import User
from degentalk.core.middleware import BusyPages, NoStoreForMembers
from degentalk.core.problems import handler


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


def raised(cause: Exception) -> Exception:
    """As Django raises what psycopg says."""
    try:
        raise OperationalError from cause
    except OperationalError as error:
        return error


BUSY = [psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()]


@pytest.mark.parametrize("cause", BUSY)
@pytest.mark.django_db
def test_who_waits_for_others_too_long_is_told_so(cause: Exception) -> None:
    page = BusyPages(lambda request: HttpResponse()).process_exception(RequestFactory().post("/"), raised(cause))
    assert page is not None
    assert (page.status_code, b"Nothing was done" in page.content) == (409, True)
    answer = handler(raised(cause), {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (409, "busy")


@pytest.mark.django_db
def test_a_database_that_is_gone_stays_an_error_of_ours() -> None:
    gone = raised(psycopg.errors.AdminShutdown())
    assert BusyPages(lambda request: HttpResponse()).process_exception(RequestFactory().post("/"), gone) is None
    assert handler(gone, {}) is None
