"""A sandbox of each test's own in the place of Stripe, and a site that it tells things to."""

from collections.abc import Iterator

import pytest
import stripe

from degentalk.sandbox.stripe import API_KEY, WEBHOOK_SECRET, Sandbox
from tests.payments.line import Line


@pytest.fixture
def card(live: str, settings, monkeypatch) -> Iterator[Sandbox]:
    """Stripe as this site knows it. Webhooks leave when a test says `told()`."""
    # The library does not wait half a second before it tries again.
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.001)
    settings.SITE_URL = live
    with Sandbox(seed=1, webhook_url=f"{live}/api/webhook/stripe") as sandbox:
        settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = sandbox.url
        settings.IS_SANDBOX = True
        settings.STRIPE_SECRET_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
        settings.STRIPE_LIVEMODE = False
        yield sandbox


@pytest.fixture
def alice(card):
    from tests import make  # once Django is set up

    return make.verified(make.user("alice"))


@pytest.fixture
def line(card) -> Line:
    """What this site asks of Stripe, request by request."""
    return Line(card)
