"""Members who use the site over real HTTP, as a browser would: cookies, CSRF tokens, redirects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import requests
from django.conf import settings
from django.urls import reverse

PASSWORD = "correct horse battery staple"
TIMEOUT_SECONDS = 30


class Member:
    """One browser: a visitor, or a member once signed in."""

    def __init__(self, base: str, username: str = "") -> None:
        self.base = base
        self.username = username
        self.session = requests.Session()

    def get(self, path: str, *, htmx: bool = False, **options: object) -> requests.Response:
        """GET a path of the site; follows redirects."""
        return self._send("GET", path, htmx=htmx, **options)

    def post(
        self, path: str, fields: Mapping[str, object] | None = None, *, htmx: bool = False, **options: object
    ) -> requests.Response:
        """POST a form, or `json=…`, with the CSRF token of this browser; follows redirects."""
        return self._send("POST", path, htmx=htmx, data=fields, **options)

    def send(self, method: str, path: str, **options: object) -> requests.Response:
        """Any other method, with the CSRF token of this browser."""
        return self._send(method, path, htmx=False, **options)

    def sign_up(self) -> None:
        """Make the account on the sign-up page; leaves this browser signed in."""
        fields = {"username": self.username, "email": f"{self.username}@example.com", "password1": PASSWORD}
        self._enter("account_signup", fields)

    def sign_in(self, password: str = PASSWORD) -> None:
        """Sign in on the sign-in page."""
        self._enter("account_login", {"login": self.username, "password": password})

    def _enter(self, page: str, fields: Mapping[str, object]) -> None:
        answer = self.post(reverse(page), fields)
        if settings.SESSION_COOKIE_NAME not in self.session.cookies:
            raise AssertionError(f"{page} let {self.username} not in ({answer.status_code}): {answer.text[:3000]}")

    def _send(self, method: str, path: str, *, htmx: bool, **options: object) -> requests.Response:
        headers = {"Referer": f"{self.base}/", "Origin": self.base} | options.pop("headers", {})  # type: ignore[operator]
        if method != "GET":
            headers["X-CSRFToken"] = self._csrf_token()
        if htmx:
            headers["HX-Request"] = "true"
        url = f"{self.base}{path}"
        return self.session.request(method, url, headers=headers, timeout=TIMEOUT_SECONDS, **options)  # type: ignore[arg-type]

    def _csrf_token(self) -> str:
        if settings.CSRF_COOKIE_NAME not in self.session.cookies:
            self.session.get(f"{self.base}{reverse('account_login')}", timeout=TIMEOUT_SECONDS)
        return self.session.cookies[settings.CSRF_COOKIE_NAME]


@dataclass
class Site:
    """The site of one test and the browsers that visit it."""

    base: str
    _members: dict[str, Member] = field(default_factory=dict)

    def visitor(self) -> Member:
        """A new browser that is not signed in."""
        return Member(self.base)

    def member(self, username: str) -> Member:
        """The browser of this member, signed up the first time it is asked for."""
        if username not in self._members:
            member = Member(self.base, username)
            member.sign_up()
            self._members[username] = member
        return self._members[username]
