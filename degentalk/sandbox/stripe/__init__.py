"""A stateful Stripe over HTTP for development and tests: no money moves. See ../README.md."""

from degentalk.sandbox.stripe.sandbox import Sandbox
from degentalk.sandbox.stripe.world import API_KEY, API_VERSION, WEBHOOK_SECRET, Options

__all__ = ["API_KEY", "API_VERSION", "WEBHOOK_SECRET", "Options", "Sandbox"]
