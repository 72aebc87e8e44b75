"""What a process remembers beside the database."""

import os
import secrets

from django.conf import settings
from django.core.cache import caches


def forget() -> None:
    """Have another cache from now on, and no rules: they belong to a database, and the next one is another."""
    from degentalk.rulebook import services as rulebook  # once Django is set up

    settings.CACHES["default"]["KEY_PREFIX"] = f"{os.environ['CACHE_PREFIX']}:{secrets.token_hex(4)}"
    caches["default"].close()
    del caches["default"]
    rulebook.forget()
