"""What is wrong with settings of payments stops the start."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from payments.providers.usdt.chains import all_chains


@register()
def chains_are_configured_right(**_unused: Any) -> list[CheckMessage]:
    """Each chain that USDT is taken on: its id, providers, token, and a key that can move nothing."""
    try:
        all_chains()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="payments.E001")]
    return []
