"""Tokens: each lets its owner switch once without waiting."""

from collections.abc import Collection

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused, Refused
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


@transaction.atomic
def give_switch_token(*, user: User, actor: User, reason: str, key: str) -> PathSwitchToken:
    """Grant a token as a member of staff, once per `key`; the member is told, and the staff's log says why.

    Raises Refused without a reason and for oneself, KeyReused if the key granted another member's.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    if actor.person_id == user.person_id:
        raise Refused(_("Nobody grants a path switch to themselves."))
    token = grant_switch_token(user=user, source=f"staff_switch:{key}")
    if _told(user, token):  # the first time
        message = _("Granted to %(name)s. Reason: %(reason)s") % {"name": user.username, "reason": reason}
        LogEntry.objects.log_actions(actor.pk, [token], ADDITION, message, single_object=True)
    return token


def _told(user: User, token: PathSwitchToken) -> bool:
    text = _("You have a path switch: it lets you choose another path without waiting.")
    key, url = f"path_switch:{token.pk}", reverse("pages:me")
    return accounts.notify(user=user, kind="path", text=text, url=url, key=key) is not None
