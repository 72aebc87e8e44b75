"""Awards that other programs ask for: a member for himself, and a connected forum for its members."""

import hashlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.errors import KeyReused
from xp.errors import CauseTaken, NotAllowed
from xp.models import XpAction
from xp.services.award import Gain, award

KEY_MAX = 200
CAUSE_ID_MAX = 100

Cause = tuple[str, str]


def trigger(*, user: User, action: str, cause: Cause | None, request: str) -> Gain:
    """A member triggers an action for himself: once per cause, or without one once per `request` (idempotency key).

    Raises NotAllowed where the rules do not let members do that, ValidationError for an action that is switched off.
    """
    if not _enabled(action).is_self_triggered:
        raise NotAllowed(_("Members may not trigger “%(action)s” themselves.") % {"action": action})
    kind, thing = cause or ("", request)
    return award(
        user=user,
        action=action,
        key=_bounded(f"self:{user.pk}:{action}", f"{kind}:{thing}"),
        cause=_stored("self", cause, request),
    )


def award_from_outside(
    *,
    by: User,
    user: User,
    action: str,
    cause: Cause | None,
    request: str,
    giver: User | None = None,
    receiver: User | None = None,
    amount: int | None = None,
) -> Gain:
    """A connected forum, in whose name `by` asks, awards a member.

    The same outside cause pays an action once for life (with a giver or receiver: once for each of them), whatever the
    request; without a cause each request pays once. Raises NotAllowed for an account of `by`'s own, CauseTaken where
    the cause earned another member that XP, ValidationError for an action that is switched off or the wrong amount.
    """
    if user.person_id == by.person_id:
        raise NotAllowed(_("Nobody awards XP to themselves: a token awards to other members than its owner."))
    rule = _enabled(action)
    if amount is not None and not rule.amount_step:
        raise ValidationError({"amount": _("“%(action)s” does not pay by amount. Leave it out.") % {"action": action}})
    if amount is None and rule.amount_step:
        raise ValidationError({"amount": _("“%(action)s” pays by amount. Say how many DGT.") % {"action": action}})
    other = giver or receiver
    kind, thing = cause or ("", request)
    try:
        return award(
            user=user,
            action=action,
            key=_bounded(f"api:{by.pk}:{action}", f"{other.pk if other else ''}:{kind}:{thing}"),
            cause=_stored("api", cause, request),
            giver=giver,
            receiver=receiver,
            amount=amount,
        )
    except KeyReused as error:
        raise CauseTaken from error


def _enabled(action: str) -> XpAction:
    """The rules of an action that is on. Raises ValidationError for any other."""
    rule = XpAction.objects.filter(name=action).first()
    if rule is None:
        raise ValidationError({"action": _("There is no action called “%(action)s”.") % {"action": action}})
    if not rule.is_enabled:
        raise ValidationError({"action": _("“%(action)s” is switched off.") % {"action": action}})
    return rule


def _bounded(prefix: str, rest: str) -> str:
    """A key of any length as one that fits: what is too long is told by its digest."""
    key = f"{prefix}:{rest}"
    return key if len(key) <= KEY_MAX else f"{prefix}:sha256:{_digest(rest)}"


def _stored(namespace: str, cause: Cause | None, request: str) -> tuple[str, str]:
    """The cause under a name of its own: a post of an outside forum is none of ours, whatever its number."""
    if cause is None:
        return f"{namespace}:request", request if len(request) <= CAUSE_ID_MAX else _digest(request)
    return f"{namespace}:{cause[0]}", cause[1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
