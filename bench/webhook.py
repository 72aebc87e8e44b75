"""Taking in Stripe's webhooks, signature and all, against a bare POST that inserts one row: `python -m bench.webhook`.

Both go through the WSGI application, one after the other in one process, so that each waits for its own commit.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from itertools import count

import psycopg
import stripe

from bench.__main__ import heading, scratch_database
from bench.pages import ROUNDS, SECONDS, environ_of

SECRET = "whsec_bench"
WEBHOOK, KEPT = "/api/webhook/stripe", "/kept"


def main() -> None:
    """Make a scratch database, measure, print, drop it."""
    with scratch_database():
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            owner.execute("create table bench_posts (id bigserial primary key, body text not null)")
            owner.execute("grant insert on bench_posts to public; grant usage on sequence bench_posts_id_seq to public")
        import django

        django.setup()
        measure()


def measure() -> None:
    """Print requests per second of both, and their ratio."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    settings.ROOT_URLCONF = "bench.bare"
    settings.DEBUG = False
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_test_bench", [SECRET]
    settings.STRIPE_LIVEMODE = False
    site, numbers = get_wsgi_application(), count()

    def post(address: str) -> None:
        body = event(next(numbers))
        signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
        answers: list[str] = []
        site(sent(address, body, signature), lambda status, *_: answers.append(status)).close()
        if answers != ["204 No Content"]:
            raise RuntimeError(f"{address} answered {answers}.")

    rates: dict[str, list[float]] = {KEPT: [], WEBHOOK: []}
    for address in rates:
        post(address)
    for _ in range(ROUNDS):
        for address, measured in rates.items():
            measured.append(rate(post, address))
    stored = _stored()
    print(heading(rounds=ROUNDS, seconds=SECONDS))
    limit = statistics.median(rates[KEPT])
    for address, measured in rates.items():
        median, spread = statistics.median(measured), f"{min(measured):.0f}–{max(measured):.0f}"
        print(f"  {address:20} {median:8.0f}/s  ({spread})  {median / limit:5.2f}")
    print(f"  {stored} events stored")


def _stored() -> int:
    from payments.models import ProviderEvent

    return int(ProviderEvent.objects.count())


def event(number: int) -> str:
    """An event as Stripe sends it, with a name of its own."""
    session = {"id": f"cs_test_{number:058}", "object": "checkout.session", "payment_status": "paid"}
    session |= {"metadata": {"order": "0" * 36}, "padding": "x" * 2_000}  # about as long as a real one
    return json.dumps(
        {
            "id": f"evt_{number:024}",
            "object": "event",
            "type": "checkout.session.completed",
            "api_version": "2026-10-28.endive",
            "livemode": False,
            "data": {"object": session},
        }
    )


def sent(address: str, body: str, signature: str) -> dict[str, object]:
    """The request."""
    raw = body.encode()
    return environ_of(address) | {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)),
        "HTTP_STRIPE_SIGNATURE": signature,
        "wsgi.input": BytesIO(raw),
    }


def rate(post: Callable[[str], None], address: str) -> float:
    """Requests per second, one after the other."""
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        post(address)
        done += 1
    return done / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
