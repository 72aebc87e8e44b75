"""What settings say of a sandbox chain."""

from typing import Any

from degentalk.core.dev import chain as dev
from degentalk.sandbox.chain import Chain


def entry_of(chain: Chain, **other: Any) -> dict[str, Any]:
    """With two providers, and addresses of its own."""
    return {**dev.entry(chain.home), **chain.site_settings(), **other}
