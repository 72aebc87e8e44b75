"""What the tests of the sandbox share: the real library as a client of it, sessions, and who receives webhooks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe

from degentalk.sandbox.stripe import API_KEY, API_VERSION, Sandbox

START = 1_790_000_000  # where clocks stand still
SUCCESS_URL = "http://127.0.0.1:8000/buy/success?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "http://127.0.0.1:8000/buy"


def client_of(sandbox: Sandbox, *, key: str = API_KEY, timeout: float = 10, **options: Any) -> stripe.StripeClient:
    """The library as the site makes it; without retries, unless they are asked for."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": sandbox.url},
        stripe_version=options.pop("stripe_version", API_VERSION),
        max_network_retries=options.pop("max_network_retries", 0),
        http_client=stripe.RequestsClient(timeout=(3, timeout)),
        **options,
    )


def wanted(cents: int = 999, **changes: Any) -> Any:
    """Parameters of a session for 1,000 DGT."""
    price = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "1,000 DGT"}}
    return {
        "mode": "payment",
        "success_url": SUCCESS_URL,
        "cancel_url": CANCEL_URL,
        "client_reference_id": "order-1",
        "line_items": [{"quantity": 1, "price_data": price}],
        **changes,
    }


def buy(client: stripe.StripeClient, cents: int = 999, **changes: Any) -> Any:
    """A new session."""
    return client.v1.checkout.sessions.create(params=wanted(cents, **changes))


def types(sandbox: Sandbox) -> list[str]:
    """The types of all events, oldest first."""
    return [event["type"] for event in sandbox.events()]


@dataclass
class Receiver:
    """An address that webhooks are sent to."""

    url: str
    answers: list[int] = field(default_factory=list)  # used up one by one; then 200
    got: list[tuple[bytes, str]] = field(default_factory=list)  # body and signature

    def types(self, client: stripe.StripeClient, secret: str) -> list[str]:
        """The types of what came, once the library has verified each signature."""
        return [client.construct_event(body, signature, secret).type for body, signature in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Somebody who keeps what is sent to them."""
    kept = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(kept.answers.pop(0) if kept.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/api/webhook/stripe"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()
