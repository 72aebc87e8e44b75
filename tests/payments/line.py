"""The line between this site and Stripe: what is asked, and what is true here while the answer is awaited."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from degentalk.sandbox.stripe import API_KEY, WEBHOOK_SECRET, Sandbox


@contextmanager
def stripe_for(site: str, settings: Any) -> Iterator[Sandbox]:
    """A sandbox that the site at this address takes for Stripe, and that tells it things."""
    settings.SITE_URL = site
    with Sandbox(seed=1, webhook_url=f"{site}/api/webhook/stripe") as sandbox:
        settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = sandbox.url
        settings.IS_SANDBOX = True
        settings.STRIPE_SECRET_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
        settings.STRIPE_LIVEMODE = False
        yield sandbox


@dataclass(frozen=True)
class Asked:
    """One request to Stripe, tries again included."""

    method: str
    path: str
    version: str
    key: str


class Line:
    """Stands before the sandbox. `meanwhile` is called while a request is on its way, `afterwards` while its answer is,
    both in a thread of the sandbox."""

    def __init__(self, card: Sandbox) -> None:
        self.asked: list[Asked] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.afterwards: Callable[[], object] = lambda: None
        self._answer: Any = card._server.app
        card._server.app = self

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI: write it down, look around, and let the sandbox answer."""
        if environ["PATH_INFO"].startswith("/v1/"):
            header = {name: environ.get(f"HTTP_{name}", "") for name in ("STRIPE_VERSION", "IDEMPOTENCY_KEY")}
            self.asked.append(Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], *header.values()))
            self.meanwhile()
        answer = self._answer(environ, start_response)
        self.afterwards()
        return answer
