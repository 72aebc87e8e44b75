"""The verbs of `accounts`: telling members something, their settings, their API tokens."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from degentalk.accounts import mail
from degentalk.accounts.errors import TokenMadeAlready, TooManyTokens
from degentalk.accounts.models import SCOPES, ApiToken, Notification, User
from degentalk.core.clock import Clock
from degentalk.core.errors import NotFound

LIVE_TOKENS_MAX = 20
EXPIRED_TOKENS_KEPT = timedelta(days=30)
LAST_USED_PRECISION = timedelta(minutes=1)

# One statement: two tellers at once cannot both win, and a lost race does not spoil the caller's transaction.
INSERT_NOTIFICATION = """
INSERT INTO notifications (user_id, kind, text, url, key, created_at)
VALUES (%s, %s, %s, %s, %s, clock())
ON CONFLICT (user_id, key) DO NOTHING
RETURNING *
"""


# ── Notifications ───────────────────────────────────────────────────────────────────────────────────────────────────


def notify(*, user: User, kind: str, text: str, url: str = "", key: str) -> Notification | None:
    """Tell a member something once, in the caller's transaction. None: this key told them already.

    `key` is written `noun:id`; `url` is a path of this site.
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"A notification leads to a path of this site, not to {url!r}.")
    row = [user.pk, kind, str(text), url, key]
    return next(iter(Notification.objects.raw(INSERT_NOTIFICATION, row)), None)


def unread_count(user: User) -> int:
    """What the bell shows; one look at an index of unread rows only."""
    return Notification.objects.of(user).unread().count()


def mark_read(*, user: User, notification_id: int) -> Notification:
    """Mark one of the member's own notifications as read. Raises NotFound for any other."""
    mine = Notification.objects.of(user).filter(pk=notification_id)
    mine.unread().update(read_at=Clock())
    notification = mine.first()
    if notification is None:
        raise NotFound(_("There is no such notification."))
    return notification


def mark_all_read(*, user: User, up_to: int) -> int:
    """Mark everything up to and including the notification `up_to`: what came after it has not been seen yet."""
    return Notification.objects.of(user).unread().filter(pk__lte=up_to).update(read_at=Clock())


# ── Settings ────────────────────────────────────────────────────────────────────────────────────────────────────────


def change_settings(
    *, user: User, about: str, time_zone: str, theme: str, hides_balance: bool, hides_from_boards: bool
) -> User:
    """Replace a member's settings with values that the form has checked. The database takes them off boards itself."""
    user.about = about
    user.time_zone = time_zone
    user.theme = theme
    user.hides_balance = hides_balance
    user.hides_from_boards = hides_from_boards
    user.save(update_fields=["about", "time_zone", "theme", "hides_balance", "hides_from_boards"])
    return user


# ── API tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class NewToken:
    """A token at the only moment its text is known."""

    row: ApiToken
    text: str = field(repr=False)


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Iterable[str], lifetime: timedelta | None, key: uuid.UUID
) -> NewToken:
    """Make an API token and tell its owner by mail and notification. No lifetime: it never expires.

    Raises TokenMadeAlready for a used key and TooManyTokens at the limit.
    """
    owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two forms at once wait for each other
    if ApiToken.objects.filter(pk=key).exists():
        raise TokenMadeAlready(
            _("This token exists already. It was shown once; if you lost it, revoke it and make another.")
        )
    now = timezone.now()
    tokens = ApiToken.objects.of(owner)
    tokens.filter(expiry__lt=now - EXPIRED_TOKENS_KEPT).delete()
    if tokens.live(now).count() >= LIVE_TOKENS_MAX:
        raise TooManyTokens(
            _("You have %(count)d API tokens, which is the most one can have. Revoke one first.")
            % {"count": LIVE_TOKENS_MAX}
        )
    known = [scope for scope in SCOPES if scope in set(scopes)]
    expires_at = None if lifetime is None else now + lifetime
    row, text = ApiToken.make(user=owner, name=name, scopes=known, expires_at=expires_at, pk=key)
    _tell_about_token(row)
    return NewToken(row=row, text=text)


def revoke_token(*, user: User, token_id: uuid.UUID) -> ApiToken:
    """End one of the member's own tokens at once. Raises NotFound for any other."""
    token: ApiToken | None = ApiToken.objects.of(user).filter(pk=token_id).first()
    if token is None:
        raise NotFound(_("There is no such API token."))
    ApiToken.objects.filter(pk=token_id).delete()
    return token


def touch_token(token: ApiToken) -> None:
    """Remember that a token was used; a busy script costs one write a minute."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - LAST_USED_PRECISION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _tell_about_token(token: ApiToken) -> None:
    """Whoever makes a token on a borrowed session must not go unnoticed."""
    key = f"api_token:{token.pk}"
    notify(
        user=token.user,
        kind="security",
        text=_("A new API token was made: %(name)s") % {"name": token.name},
        url=reverse("accounts:tokens"),
        key=key,
    )
    mail.send(to=token.user.email, template="accounts/mail/token_created", context={"token": token}, key=key)
