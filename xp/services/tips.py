"""XP of tips: what giver and receiver earn, and what a tip back undoes. The DGT itself moves elsewhere."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from degentalk.accounts.models import User
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import KeyReused
from xp import rules
from xp.models import TipFlow, XpLog, XpRefusal
from xp.services.award import Gain, award, earlier_gain
from xp.services.undo import Cause, Undone, lock_members, reverse

RETURN_WINDOW = timedelta(days=30)
"""DGT that comes back within it takes the XP of the first tip with it. Longer than anyone would lend for a few XP."""

GIVEN, RECEIVED = "given", "received"
KEY_MAX = 190
"""The log's keys have 200 characters, of which a side takes nine."""

KEEP_PART = "select xp_keep_part(%s, %s::jsonb, %s, %s)"


@dataclass(frozen=True)
class TipGains:
    """What a tip earned both members."""

    given: Gain
    received: Gain


@transaction.atomic
def award_tip(*, giver: User, receiver: User, amount: int, key: str, cause: Cause) -> TipGains:
    """XP for a tip of `amount` whole DGT, for both, once per key (at most 190 characters).

    What only returns DGT that the receiver tipped the giver before earns nothing, and takes back the XP of that much of
    the earlier tips: a round trip earns neither of them anything (A4). Raises KeyReused for a key of another tip.
    """
    if len(key) > KEY_MAX:
        raise ValueError(f"A tip's key has at most {KEY_MAX} characters.")
    lock_members([giver, receiver])
    earlier = TipFlow.objects.filter(key=key).first()
    if earlier is not None:
        if (earlier.giver_id, earlier.receiver_id, earlier.amount) != (giver.pk, receiver.pk, amount):
            raise KeyReused
        return TipGains(_earlier(giver, key, GIVEN), _earlier(receiver, key, RECEIVED))
    returned = _return(giver, receiver, amount) if giver.pk != receiver.pk else 0
    TipFlow.objects.create(
        key=key, giver=giver, receiver=receiver, amount=amount, returned=returned, created_at=database_time()
    )
    earning = amount - returned
    return TipGains(
        given=award(
            user=giver,
            action="tip_given",
            key=_key(key, GIVEN),
            cause=cause,
            receiver=receiver,
            amount=earning,
            returned=not earning,
        ),
        received=award(
            user=receiver,
            action="tip_received",
            key=_key(key, RECEIVED),
            cause=cause,
            giver=giver,
            amount=earning,
            returned=not earning,
        ),
    )


@transaction.atomic
def take_back_tip(*, key: str, because: str, actor: User, reason: str) -> Undone:
    """The tip of this key was undone and its DGT went back: take what it earned from both. Twice is the same as once.

    A tip the other way returns nothing of it any more. What it had set off against earlier tips stays set off.
    """
    flow = TipFlow.objects.select_related("giver", "receiver").get(key=key)
    lock_members([flow.giver, flow.receiver])
    TipFlow.objects.filter(pk=flow.pk).update(returned=F("amount"))
    return reverse(because=because, keys=[_key(key, GIVEN), _key(key, RECEIVED)], actor=actor, reason=reason)


def _return(giver: User, receiver: User, amount: int) -> int:
    """Set the amount off against what came the other way, newest first. Returns how much of it that was."""
    left = amount
    came = TipFlow.objects.filter(giver=receiver, receiver=giver, created_at__gte=Clock() - RETURN_WINDOW)
    for flow in came.filter(returned__lt=F("amount")).order_by("-id"):
        covered = min(left, flow.amount - flow.returned)
        if not covered:
            break
        _shrink(flow, flow.returned + covered)
        left -= covered
    return amount - left


def _shrink(flow: TipFlow, returned: int) -> None:
    """Leave of a tip's XP what it would have earned without the DGT that came back, also while it is withheld."""
    flow.returned = returned
    flow.save(update_fields=["returned"])
    left = flow.amount - returned
    for side in (GIVEN, RECEIVED):
        row = XpLog.objects.filter(key=_key(flow.key, side)).first()
        if row is None:  # it earned nothing
            continue
        trace = json.dumps(_for_amount(row.why, left).as_json())
        with connection.cursor() as cursor:
            cursor.execute(KEEP_PART, [row.pk, trace, left, f"tip_returned:{flow.pk}:{returned}"])


def _for_amount(trace: rules.Trace, amount: int) -> rules.Trace:
    """The same arithmetic for a smaller amount. A flat award is as large for any amount but none."""
    if trace.scale is None:
        return trace if amount else replace(trace, result=0)
    scale = replace(trace.scale, amount=amount)
    smaller = replace(trace, base=scale.points(), scale=scale)
    return replace(smaller, result=smaller.recomputed())


def _earlier(user: User, key: str, side: str) -> Gain:
    row = XpLog.objects.filter(key=_key(key, side)).values_list("pk", flat=True).first()
    if row is not None:
        return earlier_gain(user, row)
    refused = XpRefusal.objects.of(user).filter(key=_key(key, side)).first()
    return Gain(refused=refused.reason, again_at=refused.again_at, replayed=True) if refused else Gain(replayed=True)


def _key(key: str, side: str) -> str:
    return f"{key}:{side}"
