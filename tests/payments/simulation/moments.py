"""The moments of a process: each statement, each COMMIT and each call to Stripe or a chain, before and after it.

At one of them the process can be killed, or held up while others go on. Nothing of the product is changed for that: the
hooks are Django's, Stripe's and web3's own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import stripe
from django.db import connections
from web3 import HTTPProvider

TABLE = re.compile(r'"(\w+)"')
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
IDENTITY = re.compile(r"/[a-z]+_\w+$")


class Killed(BaseException):
    """The process ends here. Not an Exception: nothing in it may catch this and go on."""


@dataclass
class Plan:
    """What happens at the next moment but so many of a kind: `statement`, `commit` or `call`. It is told which moment
    that is, and the statement or the address."""

    kind: str
    left: int
    when: str
    then: Callable[[str, str], None]


class Moments:
    """Watches what this thread does, and lets a plan happen when its moment has come."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.is_dead = False
        self.deaths: Counter[str] = Counter()

    def kill(self, moment: str) -> None:
        """As SIGKILL does it: the connection is gone, and with it whatever was not committed."""
        self.is_dead = True
        self.deaths[moment] += 1
        connections["default"].close()
        raise Killed(moment)

    @contextmanager
    def process(self, plan: Plan | None) -> Iterator[None]:
        """What happens inside is one process, which lives until the end of the block or until it is killed."""
        self.plan = plan
        try:
            yield
        except BaseException:
            if not self.is_dead:
                raise
        finally:
            self.plan, self.is_dead = None, False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Set the hooks while the block runs."""
        database, calls = connections["default"], stripe.RequestsClient.request_with_retries
        commit = database._commit

        def call(client: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
            name = f"{method.upper()} {IDENTITY.sub('/…', urlsplit(url).path)}"
            return self._pass("call", name, url, lambda: calls(client, method, url, *args, **options))

        requests = HTTPProvider.make_request

        def request(provider: Any, method: Any, params: Any) -> Any:
            return self._pass("call", method, "", lambda: requests(provider, method, params))

        with (
            patch.object(HTTPProvider, "make_request", request),
            database.execute_wrapper(self._statement),
            patch.object(database, "_commit", lambda: self._pass("commit", "COMMIT", "", commit)),
            patch.object(stripe.RequestsClient, "request_with_retries", call),
        ):
            yield

    def _statement(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        words = str(sql).split(None, 1)
        table = TABLE.search(words[1]) if words[0] in VERBS else None
        name = f"{words[0]} {table[1]}" if table else words[0]
        return self._pass("statement", name, str(sql), lambda: execute(sql, params, many, context))

    def _pass(self, kind: str, name: str, about: str, do: Callable[[], Any]) -> Any:
        if self.is_dead:
            raise Killed
        plan = self.plan
        if plan is None or plan.kind != kind:
            return do()
        plan.left -= 1
        if plan.left >= 0:
            return do()
        self.plan = None
        if plan.when == "before":
            plan.then(f"before {name}", about)
            return do()
        done = do()
        plan.then(f"after {name}", about)
        return done
