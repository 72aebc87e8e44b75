"""Tokens: each lets its owner switch once without waiting."""

from collections.abc import Collection

from django.db import connection

from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused
from paths.models import PathSwitchToken

GRANT = """
insert into path_switch_tokens (user_id, source, granted_at) values (%s, %s, clock()) on conflict (source) do nothing
"""


def grant_switch_token(*, user: User, source: str) -> PathSwitchToken:
    """Give a member a token, once per `source` (`noun:id`). Raises KeyReused if the source granted another member's."""
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [user.pk, source])
    token = PathSwitchToken.objects.get(source=source)
    if token.user_id != user.pk:
        raise KeyReused
    return token


def take_switch_token(source: str) -> bool:
    """Take an unused token away. False: it is used already, or never was; nothing changes."""
    deleted, _by_model = PathSwitchToken.objects.filter(source=source, choice=None).delete()
    return deleted > 0


def spent_tokens(sources: Collection[str]) -> set[str]:
    """Which of these were used for a switch."""
    used = PathSwitchToken.objects.filter(source__in=sources, choice__isnull=False)
    return set(used.values_list("source", flat=True))
