"""The one client of Stripe: one API version, a deadline for every call, and its errors in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

import stripe
from django.conf import settings

from payments.errors import ProviderOff, ProviderUnreachable

logger = logging.getLogger(__name__)

API_VERSION: Final = "2026-10-28.endive"
"""What every request asks for (S16). Changing it is a change of code, with its tests."""

TIMEOUT_SECONDS: Final = (3, 10)
"""To connect, and to answer. The library's own default is 80."""

RETRIES: Final = 2


def is_configured() -> bool:
    """Whether this site has a key of Stripe and a secret for its webhooks."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRETS)


def client() -> stripe.StripeClient:
    """Raises ProviderOff where nothing is configured."""
    if not is_configured():
        raise ProviderOff
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        base_addresses={"api": base},
    )


def is_missing(error: stripe.InvalidRequestError) -> bool:
    """Whether Stripe says that it has no such thing: of another account, or of a test mode that was emptied."""
    return error.code == "resource_missing"


@contextmanager
def calling() -> Iterator[stripe.StripeClient]:
    """The client; whatever keeps Stripe from answering becomes ProviderUnreachable, with its reason kept behind it.

    So does a key that Stripe does not take any more: buyers are not shown that, the log says it as an error. A request
    that Stripe understands and refuses is a bug of ours, and stays what it is.
    """
    try:
        yield client()
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("stripe: our key is refused: %s", error)  # Stripe names it with stars in its middle
        raise ProviderUnreachable from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise ProviderUnreachable from error
