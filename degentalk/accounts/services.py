"""The verbs of `accounts`: telling members something, their settings and tokens, and what staff decide about them."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from degentalk.accounts import mail, rules, signals, time_zones
from degentalk.accounts.errors import ScopeNotAllowed, TimeZoneChangedRecently, TokenMadeAlready, TooManyTokens
from degentalk.accounts.models import PERMISSION_OF_SCOPE, SCOPES, ApiToken, Notification, Suspension, User
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import Conflict, NotFound, Refused

LIVE_TOKENS_MAX = 20
EXPIRED_TOKENS_KEPT = timedelta(days=30)
LAST_USED_PRECISION = timedelta(minutes=1)
SETTINGS = ["about", "time_zone", "time_zone_changed_at", "theme", "hides_balance", "hides_from_boards"]

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


# ── Settings and profile ────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def change_settings(
    *, user: User, about: str, time_zone: str, theme: str, hides_balance: bool, hides_from_boards: bool
) -> User:
    """Replace a member's settings with values that the form has checked. The database takes them off boards itself.

    Raises TimeZoneChangedRecently, and then saves nothing.
    """
    member = _locked(user)
    about_before, zone_before = member.about, member.time_zone
    if time_zone != zone_before:
        member.time_zone_changed_at = _time_zone_opens(member)
    member.about = about
    member.time_zone = time_zone
    member.theme = theme
    member.hides_balance = hides_balance
    member.hides_from_boards = hides_from_boards
    member.save(update_fields=SETTINGS)
    if time_zone != zone_before:
        signals.time_zone_changed.send(sender=User, user=member, before=zone_before, after=time_zone)
    about_changed(user=member, before=about_before)
    return member


def _time_zone_opens(member: User) -> datetime:
    """The moment of the change that is about to be made, if it may be."""
    now = database_time()
    opens_at = rules.time_zone_opens_at(member.time_zone_changed_at, now)
    if opens_at is not None:
        local = date_format(timezone.localtime(opens_at, time_zones.zone(member.time_zone)), "j M Y, H:i T")
        raise TimeZoneChangedRecently(
            _("You changed your time zone within the last 24 hours. You can change it again from %(moment)s on.")
            % {"moment": local}
        )
    return now


class ProfileStep(NamedTuple):
    """One thing that makes a profile complete, and the page where it is done."""

    label: str
    done: bool
    url: str


def profile_steps(user: User) -> list[ProfileStep]:
    """What a complete profile takes, done or not. One query."""
    text = _("Write at least %(count)d characters about yourself.") % {"count": rules.ABOUT_MIN}
    return [
        ProfileStep(text, rules.says_enough(user.about), reverse("accounts:settings")),
        ProfileStep(_("Confirm your e-mail address."), _has_confirmed_address(user), reverse("account_email")),
    ]


def about_changed(*, user: User, before: str) -> None:
    """Announce a profile that a new text about the member made complete. The member's row is locked and saved."""
    if not rules.says_enough(before):
        _announce_if_complete(user)


@transaction.atomic
def address_confirmed(*, user: User) -> None:
    """Announce a profile that a primary address made complete, which is confirmed since this transaction."""
    _announce_if_complete(_locked(user))  # a text that is being saved is waited for: one of the two sees both


def _announce_if_complete(member: User) -> None:
    if rules.says_enough(member.about) and _has_confirmed_address(member):
        signals.profile_completed.send(sender=User, user=member)


def _has_confirmed_address(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, primary=True, verified=True).exists())


# ── Suspensions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def suspend(*, member: User, actor: User, reason: str) -> Suspension:
    """Keep a member out until staff reinstate them: their sessions and tokens end with the next request.

    Raises Refused for oneself, a member of staff (unless an admin asks), somebody suspended already, and no reason.
    """
    reason = _reason(reason)
    if member.pk == actor.pk:
        raise Refused(_("You cannot suspend yourself."))
    locked = _locked(member)
    _refuse_staff(locked, actor=actor)
    if Suspension.objects.of(locked).open().exists():
        raise Refused(_("%(name)s is suspended already.") % {"name": locked.username})
    suspension = Suspension.objects.create(member=locked, by=actor, reason=reason)
    _set_active(locked, is_active=False)
    signals.suspended.send(sender=Suspension, suspension=suspension)
    _log(actor, locked, _("Suspended. Reason: %(reason)s"), reason=reason)
    return suspension


@transaction.atomic
def reinstate(*, member: User, actor: User, reason: str) -> Suspension:
    """End a member's suspension.

    Raises Refused for a member of staff (unless an admin asks), somebody who is not suspended, and no reason.
    """
    reason = _reason(reason)
    locked = _locked(member)
    _refuse_staff(locked, actor=actor)
    suspension = Suspension.objects.of(locked).open().first()
    if suspension is None and locked.is_active:
        raise Refused(_("%(name)s is not suspended.") % {"name": locked.username})
    if suspension is None:  # deactivated by hand, from a shell
        suspension = Suspension.objects.create(member=locked, reason=_("No reason was recorded."))
    suspension.ended_at, suspension.ended_by, suspension.end_reason = database_time(), actor, reason
    suspension.save(update_fields=["ended_at", "ended_by", "end_reason"])
    suspension.member = locked
    # Announced first: receivers lock what members earned in its one order, and the next line locks this member's.
    signals.reinstated.send(sender=Suspension, suspension=suspension)
    _set_active(locked, is_active=True)
    _log(actor, locked, _("Reinstated. Reason: %(reason)s"), reason=reason)
    return suspension


def _set_active(member: User, *, is_active: bool) -> None:
    member.is_active = is_active
    member.save(update_fields=["is_active"])


# ── One person ──────────────────────────────────────────────────────────────────────────────────────────────────────


def accounts_of_person(user: User) -> list[int]:
    """The ids of all accounts of the person behind this one, ascending; mostly only its own."""
    return list(_accounts_of_persons(user).values_list("pk", flat=True))


@transaction.atomic
def declare_one_person(*, user: User, other: User, actor: User, reason: str) -> None:
    """Say that two accounts, and with them all that are one person with either, belong to one person.

    Raises Refused for one account twice, one person already, staff (unless an admin asks) and no reason.
    """
    reason = _reason(reason)
    mine, theirs = _lock_persons(user, other)
    main = theirs[0].person_id
    if mine[0].person_id == main:
        raise Refused(
            _("%(name)s and %(other)s are one person already.") % {"name": user.username, "other": other.username}
        )
    _refuse_staff(*mine, *theirs, actor=actor)
    for account in sorted(mine, key=lambda account: account.pk == account.person_id):  # their main account goes last
        _point(account, main)
    for first, second in product(mine, theirs):
        signals.one_person_declared.send(sender=User, user=first, other=second)
    for account, another in ((user, other), (other, user)):
        _log(actor, account, _("One person with %(other)s. Reason: %(reason)s"), other=another, reason=reason)


@transaction.atomic
def withdraw_one_person(*, user: User, actor: User, reason: str) -> None:
    """Say that an account is a person of its own after all; what was one person with it stays one without it.

    Raises Refused for an account that is alone, for one's own, for staff (unless an admin asks) and no reason.
    """
    reason = _reason(reason)
    (accounts,) = _lock_persons(user)
    alone = next(account for account in accounts if account.pk == user.pk)
    others = [account for account in accounts if account.pk != user.pk]
    if not others:
        raise Refused(_("%(name)s is one person with nobody.") % {"name": alone.username})
    if actor.pk in {account.pk for account in accounts}:
        raise Refused(_("Somebody else must decide about your own accounts."))
    _refuse_staff(*accounts, actor=actor)
    was_main = alone.same_person_as_id is None
    _point(alone, None)
    if was_main:
        for account in others:
            _point(account, None if account is others[0] else others[0].pk)
    for other in others:
        signals.one_person_withdrawn.send(sender=User, user=alone, other=other)
        for account, another in ((alone, other), (other, alone)):
            _log(actor, account, _("Not one person with %(other)s. Reason: %(reason)s"), other=another, reason=reason)


def _accounts_of_persons(*users: User) -> QuerySet[User]:
    persons = User.objects.filter(pk__in=[user.pk for user in users]).values(person=Coalesce("same_person_as", "pk"))
    return User.objects.filter(Q(pk__in=persons) | Q(same_person_as__in=persons)).order_by("pk")


def _lock_persons(*users: User) -> list[list[User]]:
    """All accounts of each of these persons, locked in ascending order.

    A main account's lock keeps others from joining; whoever joined or left before it was taken is noticed.
    """
    accounts = _accounts_of_persons(*users)
    locked = list(accounts.select_for_update(no_key=True))
    if [account.pk for account in locked] != list(accounts.values_list("pk", flat=True)):
        raise Conflict(_("Somebody changed these accounts a moment ago. Look again."))
    person_of = {account.pk: account.person_id for account in locked}
    return [[account for account in locked if account.person_id == person_of[user.pk]] for user in users]


def _point(account: User, main: int | None) -> None:
    account.same_person_as_id = main
    account.save(update_fields=["same_person_as"])


# ── What staff decide ───────────────────────────────────────────────────────────────────────────────────────────────


def _reason(text: str) -> str:
    reason = rules.clean_text(text)
    if not reason:
        raise Refused(_("Say why: the reason is kept."))
    return reason


def _refuse_staff(*accounts: User, actor: User) -> None:
    for account in accounts:
        if (account.is_staff or account.is_superuser) and not actor.is_superuser:
            raise Refused(_("%(name)s is staff: only an admin may do this.") % {"name": account.username})


def _log(actor: User, member: User, text: str, *, reason: str, other: User | None = None) -> None:
    """Into the staff's log, on whichever page they did it."""
    message = text % {"reason": reason, "other": other and other.username}
    LogEntry.objects.log_actions(actor.pk, [member], CHANGE, message, single_object=True)


def _locked(user: User) -> User:
    """The member's row as it is now, locked: the first lock of every verb that takes others."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


# ── API tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class NewToken:
    """A token at the only moment its text is known."""

    row: ApiToken
    text: str = field(repr=False)


def scopes_for(user: User) -> dict[str, str | Promise]:
    """The scopes that this member may give to a token, in words."""
    return {scope: text for scope, text in SCOPES.items() if _may_give(user, scope)}


def _may_give(user: User, scope: str) -> bool:
    permission = PERMISSION_OF_SCOPE.get(scope)
    return permission is None or bool(user.has_perm(permission))


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Iterable[str], lifetime: timedelta | None, key: uuid.UUID
) -> NewToken:
    """Make an API token and tell its owner by mail and notification. No lifetime: it never expires.

    Raises TokenMadeAlready for a used key, TooManyTokens at the limit and ScopeNotAllowed.
    """
    owner = _locked(user)  # two forms at once wait for each other
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
    for scope in known:
        if not _may_give(owner, scope):
            raise ScopeNotAllowed(_("You may not make tokens with the scope “%(scope)s”.") % {"scope": scope})
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


WEAR = "UPDATE users SET look = jsonb_set(look, %s, %s::jsonb) WHERE user_id = %s"
TAKE_OFF = "UPDATE users SET look = look - %s WHERE user_id = %s"


def wear(*, user_id: int, slot: str, look: object | None) -> None:
    """Let a member look so in a slot, wherever their name stands; None takes off what is worn there."""
    with connection.cursor() as cursor:
        if look is None:
            cursor.execute(TAKE_OFF, [slot, user_id])
        else:
            cursor.execute(WEAR, [[slot], json.dumps(look), user_id])
