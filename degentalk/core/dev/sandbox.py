"""The sandbox that stands in for Stripe while somebody develops, unless they named a Stripe account of their own."""

import os
from pathlib import Path

from degentalk.core.environment import Environment

# By name, because core imports no other package.
MODULE = "degentalk.sandbox.stripe"
SECRET_KEY, WEBHOOK_SECRET = "sk_test_sandbox", "whsec_sandbox"
WEBHOOK_PATH = "api/webhook/stripe"
STATE = "stripe-sandbox.sqlite3"


def is_wanted(environment: Environment) -> bool:
    """Whether nobody configured another Stripe."""
    return not environment.text("STRIPE_SECRET_KEY", "")


def port_beside(port: int) -> int:
    """Its port, next to the site's."""
    return port + 1 if port < 65535 else port - 1


def configure(address: str) -> None:
    """Make the processes of the site use it: they read their environment as in production."""
    os.environ |= {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_API_BASE": address.rstrip("/"),
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "STRIPE_LIVEMODE": "off",
    }


def arguments(site: str, port: int, data: Path) -> list[str]:
    """What Python is started with."""
    webhook_url = f"{site}{WEBHOOK_PATH}"
    return ["-m", MODULE, "--port", str(port), "--webhook-url", webhook_url, "--file", str(data / STATE)]
