"""Toasts reach the member once, on whichever HTML comes next."""

from collections.abc import Callable

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from degentalk.core import toasts

View = Callable[[HttpRequest], HttpResponseBase]
HOSTILE = '<script>alert(1)</script>"\'{{ 7|add:7 }}{% now "Y" %}&amp;'


def request_of(*, htmx: bool, cookie: str = "") -> HttpRequest:
    request = RequestFactory().get("/", headers={"HX-Request": "true"} if htmx else {})
    request.user = AnonymousUser()
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.COOKIES["messages"] = cookie
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def answer(view: View, request: HttpRequest | None = None) -> HttpResponse:
    response = toasts.ToastsOutOfBand(view)(request or request_of(htmx=True))
    assert isinstance(response, HttpResponse)
    return response


def cheer(request: HttpRequest) -> HttpResponse:
    toasts.add(request, kind="xp", title="+10 XP", text="For your reply.")
    return HttpResponse("<article>Hello</article>")


def test_a_toast_comes_with_the_fragment() -> None:
    fragment, toast = answer(cheer).content.decode().split('<div hx-swap-oob="beforeend:#toasts">')
    assert fragment == "<article>Hello</article>"
    assert 'class="toast xp"' in toast
    assert "+10 XP" in toast
    assert "For your reply." in toast


def test_a_shown_toast_is_not_shown_again() -> None:
    request = request_of(htmx=True)
    answer(cheer, request)
    response = HttpResponse()
    request._messages.update(response)  # type: ignore[attr-defined]
    assert response.cookies["messages"].value == ""


def test_a_toast_text_is_escaped() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        toasts.add(request, kind="levelup", title=HOSTILE, text=HOSTILE, level=5)
        return HttpResponse("")

    html = answer(view).content.decode()
    assert "<script" not in html
    assert (
        html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;{{ 7|add:7 }}{% now &quot;Y&quot; %}&amp;amp;")
        == 2
    )


def test_a_plain_message_becomes_a_toast_too() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        messages.error(request, HOSTILE)
        return HttpResponse("")

    html = answer(view).content.decode()
    assert 'class="toast error"' in html
    assert "<script" not in html


def test_a_toast_survives_a_redirect() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        cheer(request)
        return HttpResponseRedirect("/wallet")

    first = request_of(htmx=False)
    redirect = answer(view, first)
    assert redirect.content == b""
    first._messages.update(redirect)  # type: ignore[attr-defined]
    after = request_of(htmx=True, cookie=redirect.cookies["messages"].value)
    assert 'class="toast xp"' in answer(lambda request: HttpResponse("page"), after).content.decode()


def test_a_whole_page_gets_nothing_appended() -> None:
    assert answer(cheer, request_of(htmx=False)).content == b"<article>Hello</article>"


def test_toasts_that_the_page_shows_itself_are_not_doubled() -> None:
    def boosted_page(request: HttpRequest) -> HttpResponse:
        cheer(request)
        return HttpResponse("".join(str(message) for message in messages.get_messages(request)))

    assert answer(boosted_page).content.decode().count("+10 XP") == 1


def redirected(header: str) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        cheer(request)
        return HttpResponse("", headers={header: "/wallet"})

    return view


def failed(request: HttpRequest) -> HttpResponse:
    cheer(request)
    return HttpResponse("", status=422)


def as_json(request: HttpRequest) -> JsonResponse:
    cheer(request)
    return JsonResponse({})


@pytest.mark.parametrize(
    "view", [failed, as_json, redirected("HX-Redirect"), redirected("HX-Location"), redirected("HX-Refresh")]
)
def test_an_answer_nobody_will_see_keeps_the_toast_for_the_next(view: View) -> None:
    request = request_of(htmx=True)
    assert b"toast" not in answer(view, request).content
    assert len(messages.get_messages(request)) == 1


def test_a_stream_is_left_alone() -> None:
    def stream(request: HttpRequest) -> StreamingHttpResponse:
        cheer(request)
        return StreamingHttpResponse(["a", "b"])

    response = toasts.ToastsOutOfBand(stream)(request_of(htmx=True))
    assert isinstance(response, StreamingHttpResponse)
    assert response.getvalue() == b"ab"


def test_without_toasts_a_fragment_stays_as_it_is() -> None:
    assert answer(lambda request: HttpResponse("é")).content.decode() == "é"
