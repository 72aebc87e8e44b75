"""A sandbox of each test's own in the place of Stripe, and a site that it tells things to."""

from collections.abc import Iterator

import pytest
import stripe

from degentalk.sandbox.stripe import Sandbox
from tests.payments.line import Line, stripe_for


@pytest.fixture
def quick(monkeypatch) -> None:
    """The library does not wait half a second before it tries again."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.001)


@pytest.fixture
def card(live: str, settings, quick) -> Iterator[Sandbox]:
    """Stripe as this site knows it. Webhooks leave when a test says `told()`."""
    with stripe_for(live, settings) as sandbox:
        yield sandbox


@pytest.fixture
def alice(card):
    from tests import make  # once Django is set up

    return make.verified(make.user("alice"))


@pytest.fixture
def line(card) -> Line:
    """What this site asks of Stripe, request by request."""
    return Line(card)
