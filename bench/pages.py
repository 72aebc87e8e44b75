"""Pages of the site against a bare one, over the demo: requests per second of one member in one process.

They go through the WSGI application, without a network and a server in between: what is left is ours.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import psycopg

from bench.__main__ import heading, scratch_database

VIEWER = "vera_onchain"
BARE = "/bare"
ROUNDS = 9
SECONDS = 1.0

Ask = Callable[[str], None]


def main() -> None:
    """Make a scratch database with the demo, measure, print, drop it."""
    with scratch_database():
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            owner.execute("update database_mark set kind = 'development'")  # others get no demo
        subprocess.run([sys.executable, "manage.py", "seed", "--days", "60"], check=True)
        import django

        django.setup()
        measure()


def measure() -> None:
    """Print requests per second of each page, and their ratio to the bare one."""
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.bare"
    settings.DEBUG = False  # the demo needs it; nothing that is measured may
    ask, pages = asking(), addresses()
    for address in pages.values():
        ask(address)
    rates: dict[str, list[float]] = {name: [] for name in pages}
    works: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        for name, address in pages.items():
            per_second, work_ms = rate(ask, address)
            rates[name].append(per_second)
            works[name].append(work_ms)
    limit = statistics.median(rates["bare"])
    print(heading(rounds=ROUNDS, seconds=SECONDS))
    print(f"ratio to bare, ms of this process's CPU a request; load of the machine {os.getloadavg()[0]:.1f}")
    for name, measured in rates.items():
        median, spread = statistics.median(measured), f"{min(measured):.1f}–{max(measured):.1f}"
        print(f"  {name:10} {median:8.1f}/s  ({spread})  {median / limit:5.2f}  {statistics.median(works[name]):6.1f}")


def addresses() -> dict[str, str]:
    """The bare page, and those that have a target."""
    from degentalk.accounts.models import User
    from degentalk.forum.models import Thread

    author = User.objects.filter(is_active=True).exclude(username=VIEWER).order_by("-user_xp__xp").first()
    longest = Thread.objects.listed().order_by("-reply_count").first()
    pages = {"profile": author.get_absolute_url(), "thread": longest.get_absolute_url()}
    return {"bare": BARE, **pages, "shop": "/shop", "boards": "/leaderboards"}


def asking() -> Ask:
    """Asks for a page as a member who is signed in. Raises RuntimeError for any answer but a page."""
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    from degentalk.accounts.models import User

    browser = Client()
    browser.force_login(User.objects.get(username=VIEWER))
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
    site = get_wsgi_application()

    def ask(address: str) -> None:
        answers: list[str] = []
        answer = site(environ_of(address, cookies), lambda status, *_: answers.append(status))
        length = sum(map(len, answer))
        answer.close()
        if answers != ["200 OK"] or not length:
            raise RuntimeError(f"{address} answered {answers}.")

    return ask


def rate(ask: Ask, address: str) -> tuple[float, float]:
    """Requests per second, one after the other, and the milliseconds of CPU that each took this process."""
    started, worked, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - started < SECONDS:
        ask(address)
        done += 1
    return done / (time.perf_counter() - started), (time.process_time() - worked) / done * 1000


def environ_of(address: str, cookies: str = "") -> dict[str, Any]:
    """What a server hands to the site for a request of this address."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookies,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }


if __name__ == "__main__":
    main()
