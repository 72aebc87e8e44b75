"""One sandbox: what it was told at the start, what it remembers, and the lock around both."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import stripe

from degentalk.sandbox.stripe.clock import Clock
from degentalk.sandbox.stripe.errors import Missing
from degentalk.sandbox.stripe.faults import Faults
from degentalk.sandbox.stripe.ids import Ids
from degentalk.sandbox.stripe.store import Json, Store

API_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"  # noqa: S105 signs events about money that does not exist
API_VERSION: str = stripe.api_version
NOUNS = {"session": "checkout.session", "balance_transaction": "balance transaction"}


@dataclass(frozen=True)
class Cause:
    """The request that events come from; both None for what happens on Stripe's side."""

    id: str | None = None
    idempotency_key: str | None = None


NOBODY = Cause()


@dataclass
class Options:
    """What a sandbox is told at the start."""

    webhook_url: str = ""
    secrets: list[str] = field(default_factory=lambda: [WEBHOOK_SECRET])  # two while they are rotated
    api_key: str = API_KEY
    public_base: str = ""  # where buyers reach the checkout pages; without it the server's own address
    seller: str = "Degentalk"
    enabled_events: tuple[str, ...] = ("*",)  # what the endpoint subscribed to
    retry_scale: float = 1.0  # of the waiting times before a webhook is sent again


class World:
    """Everything of one sandbox. Whoever reads or changes it does so inside `with world.change():`."""

    def __init__(self, options: Options, *, seed: int | None, start: int | None, file: Path | None) -> None:
        if seed is not None and file is not None:
            raise ValueError("a seed would make ids again that the file has: give one or the other")
        self.options = options
        self.clock = Clock(start)
        self.ids = Ids(seed)
        self.request_ids = Ids(seed)  # of their own, so that asking does not change what is made next
        self.store = Store(file)
        self.faults = Faults(random.Random(f"faults {seed}") if seed is not None else random.Random())  # noqa: S311
        self.stopping = threading.Event()
        self.queued = threading.Event()
        self._lock = threading.RLock()
        self._cause: ContextVar[Cause] = ContextVar("cause", default=NOBODY)
        self._remember()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Alone with the state; what changed is saved at the end."""
        with self._lock:
            yield
            self.store.save()

    @contextmanager
    def because_of(self, cause: Cause) -> Iterator[None]:
        """Events inside name this request."""
        token = self._cause.set(cause)
        try:
            yield
        finally:
            self._cause.reset(token)

    @property
    def cause(self) -> Cause:
        """The request that is being answered."""
        return self._cause.get()

    def get(self, kind: str, identity: str, param: str = "id") -> Json:
        """A copy of this object. Raises Missing."""
        found = self.store.find(identity, kind)
        if found is None:
            raise Missing(NOUNS.get(kind, kind), identity, param)
        return found

    def remember_settings(self) -> None:
        """Keep what is neither an object nor an event, for the next start."""
        self.store.put("settings", {"offset": self.clock.offset, "faults": self.faults.state()}, "settings")

    def _remember(self) -> None:
        settings = self.store.find("settings", "settings")
        if settings:
            self.clock.offset = settings["offset"]
            self.faults.set(settings["faults"])
