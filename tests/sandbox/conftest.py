"""A sandbox of each test's own."""

from collections.abc import Iterator

import pytest
import stripe

from degentalk.sandbox.stripe import Sandbox
from tests.sandbox import buying


@pytest.fixture
def receiver() -> Iterator[buying.Receiver]:
    with buying.receiver() as receiver:
        yield receiver


@pytest.fixture
def sandbox(receiver: buying.Receiver) -> Iterator[Sandbox]:
    """Its clock stands still."""
    with Sandbox(seed=1, start=buying.START, webhook_url=receiver.url) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return buying.client_of(sandbox)
