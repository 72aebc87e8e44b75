"""Making a path the primary one: it multiplies and collects XP from the next award on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, connection, transaction
from django.db.models import QuerySet

from degentalk.accounts.models import User
from paths.errors import NoSuchPath, SwitchTooSoon
from paths.models import PathChoice, PathPolicy, PathSwitchToken, XpPath

CHOOSE = "select choice_id, how, left_path, chosen_at from path_choose(%s, %s, %s)"


@dataclass(frozen=True)
class Chosen:
    """What a choice did."""

    path: XpPath
    changed: bool
    """False: it was the primary path already."""
    left: XpPath | None
    how: str | None
    """One of PathChoice.How; None if nothing changed."""
    chosen_at: datetime
    again_at: datetime
    """When the next switch needs no token."""


def choose_primary(*, user: User, path_id: str, use_token: bool = False) -> Chosen:
    """Make a path the member's primary one; choosing it again changes nothing, so it may be sent twice.

    The first choice is free, and so is leaving a paused path. Another waits for the cooldown of the policy, or uses up
    one token if `use_token` says so; a token that is not needed is kept. Raises NoSuchPath, SwitchTooSoon.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CHOOSE, [user.pk, path_id, use_token])
            choice_id, how, left, chosen_at = cursor.fetchone()
    except Error as error:
        match getattr(error.__cause__, "sqlstate", None):
            case "XP010":
                raise NoSuchPath from error
            case "XP011":
                raise _too_soon(user) from error
        raise
    named = XpPath.objects.in_bulk([path_id, left] if left else [path_id])
    since = chosen_at if choice_id else _last_chosen_at(user)
    return Chosen(
        path=named[path_id],
        changed=choice_id is not None,
        left=named.get(left) if choice_id else None,
        how=how,
        chosen_at=since,
        again_at=since + cooldown(),
    )


def cooldown() -> timedelta:
    """How long a member waits between two choices."""
    return timedelta(hours=PathPolicy.objects.current().switch_cooldown_hours)


def unused_tokens(user: User) -> QuerySet[PathSwitchToken]:
    """Switches without waiting that the member has."""
    return PathSwitchToken.objects.filter(user=user, choice=None)


def choices_of(user: User) -> QuerySet[PathChoice]:
    """What the member chose, the newest first."""
    return PathChoice.objects.filter(user=user).order_by("-chosen_at", "-id")


def _too_soon(user: User) -> SwitchTooSoon:
    return SwitchTooSoon(_last_chosen_at(user) + cooldown(), has_token=unused_tokens(user).exists())


def _last_chosen_at(user: User) -> datetime:
    return choices_of(user).values_list("chosen_at", flat=True)[0]
