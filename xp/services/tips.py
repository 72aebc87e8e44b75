"""XP of tips: what giver and receiver earn, and what a tip back undoes. The DGT itself moves elsewhere."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from degentalk.accounts.models import User
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import KeyReused
from xp import rules
from xp.models import TipFlow, XpLog, XpRefusal, XpWithholding
from xp.services.award import Gain, award, earlier_gain, post
from xp.services.undo import Cause, lock_members, reverse

RETURN_WINDOW = timedelta(days=30)
"""DGT that comes back within it takes the XP of the first tip with it. Longer than anyone would lend for a few XP."""

GIVEN, RECEIVED = "given", "received"


@dataclass(frozen=True)
class TipGains:
    """What a tip earned both members."""

    given: Gain
    received: Gain


@transaction.atomic
def award_tip(*, giver: User, receiver: User, amount: int, key: str, cause: Cause) -> TipGains:
    """XP for a tip of `amount` whole DGT, for both, once per key (at most 170 characters).

    What only returns DGT that the receiver tipped the giver before earns nothing, and takes back the XP of that much of
    the earlier tips: a round trip earns neither of them anything (A4). Raises KeyReused for a key of another tip.
    """
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
            key=_key(key, GIVEN, 0),
            cause=cause,
            receiver=receiver,
            amount=earning,
            returned=not earning,
        ),
        received=award(
            user=receiver,
            action="tip_received",
            key=_key(key, RECEIVED, 0),
            cause=cause,
            giver=giver,
            amount=earning,
            returned=not earning,
        ),
    )


def _return(giver: User, receiver: User, amount: int) -> int:
    """Set the amount off against what came the other way, newest first. Returns how much of it that was."""
    left = amount
    came = TipFlow.objects.filter(giver=receiver, receiver=giver, created_at__gte=Clock() - RETURN_WINDOW)
    for flow in came.filter(returned__lt=F("amount")).select_related("giver", "receiver").order_by("-id"):
        covered = min(left, flow.amount - flow.returned)
        if not covered:
            break
        _shrink(flow, flow.returned + covered)
        left -= covered
    return amount - left


def _shrink(flow: TipFlow, returned: int) -> None:
    """Leave of a tip's XP what it would have earned without the DGT that came back."""
    before, flow.returned = flow.returned, returned
    flow.save(update_fields=["returned"])
    for user, other, side in ((flow.giver, flow.receiver, GIVEN), (flow.receiver, flow.giver, RECEIVED)):
        keys = [_key(flow.key, side, 0), _key(flow.key, side, before)]
        awards = XpLog.objects.select_related("action").filter(reverses=None, key__in=keys)
        newest = awards.newest().first()
        if newest is not None:
            _replace(newest, user, other, flow, side)


def _replace(row: XpLog, user: User, other: User, flow: TipFlow, side: str) -> None:
    because = f"tip_returned:{flow.pk}:{flow.returned}"
    held = list(XpWithholding.objects.filter(award=row).values_list("because", flat=True))
    reverse(because=because, keys=[row.key])
    left = flow.amount - flow.returned
    trace = _for_amount(row.why, left)
    if trace.result <= 0:
        return
    key = _key(flow.key, side, flow.returned)
    post(
        user=user,
        action=row.action.name if row.action else None,
        key=key,
        cause=(row.cause_type, row.cause_id),
        rule_set=row.rule_set_id,
        trace=trace,
        other=other,
        amount=left,
    )
    for reason in held:  # what was held against the whole is held against the rest
        reverse(because=reason, keys=[key])


def _for_amount(trace: rules.Trace, amount: int) -> rules.Trace:
    """The same arithmetic for a smaller amount. A flat award is as large for any amount but none."""
    if trace.scale is None:
        return trace if amount else replace(trace, result=0)
    scale = replace(trace.scale, amount=amount)
    smaller = replace(trace, base=scale.points(), scale=scale)
    return replace(smaller, result=smaller.recomputed())


def _earlier(user: User, key: str, side: str) -> Gain:
    row = XpLog.objects.filter(key=_key(key, side, 0)).values_list("pk", flat=True).first()
    if row is not None:
        return earlier_gain(user, row)
    refused = XpRefusal.objects.of(user).filter(key=_key(key, side, 0)).first()
    return Gain(refused=refused.reason, again_at=refused.again_at, replayed=True) if refused else Gain(replayed=True)


def _key(key: str, side: str, returned: int) -> str:
    """Of the award as it was made (0), or of what was left of it when so much had come back."""
    return f"{key}:{side}:{returned}"
