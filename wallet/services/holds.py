"""DGT set aside: it is not part of the balance, and comes back or is paid later."""

from degentalk.accounts.models import User
from wallet.services.calling import Journal, call, check_amount, request_hash

DGT_HOLD = "dgt_hold(%s, %s, %s, %s, %s::bigint, %s, %s)"
DGT_SETTLE = "dgt_settle(%s, %s, %s::bigint, %s, %s, %s, %s::bigint, %s, %s)"


def hold(
    *, user: User, amount: int, key: str, description: str, actor: User | None = None, reason: str = ""
) -> Journal:
    """Set DGT of a member aside. The journal's id names the hold.

    Raises BadAmount, NotEnoughDGT, NoSuchAccount, WalletFrozen, KeyReused.
    """
    check_amount(amount)
    actor_id = actor and actor.pk
    request = request_hash(
        kind="hold", user=user.pk, amount=amount, description=description, actor=actor_id, reason=reason
    )
    return call(DGT_HOLD, [user.pk, amount, key, request, actor_id, description, reason], you=user)


def release(
    *,
    hold_id: int,
    key: str,
    amount: int | None = None,
    description: str = "",
    actor: User | None = None,
    reason: str = "",
) -> Journal:
    """Give held DGT back to the member: `amount`, or all that is left.

    Raises BadAmount, NotSoMuchHeld, NoSuchAccount, WalletFrozen, KeyReused.
    """
    return _settle("release", hold_id, "", key, amount, description, actor, reason)


def capture(
    *,
    hold_id: int,
    to: str,
    key: str,
    amount: int | None = None,
    description: str = "",
    actor: User | None = None,
    reason: str = "",
) -> Journal:
    """Pay held DGT into a system account: `amount`, or all that is left. It counts as spent.

    Raises BadAmount, NotSoMuchHeld, NoSuchAccount, WalletFrozen, KeyReused.
    """
    return _settle("capture", hold_id, to, key, amount, description, actor, reason)


def _settle(
    kind: str,
    hold_id: int,
    to: str,
    key: str,
    amount: int | None,
    description: str,
    actor: User | None,
    reason: str,
) -> Journal:
    if amount is not None:
        check_amount(amount)
    actor_id = actor and actor.pk
    request = request_hash(
        kind=kind, hold=hold_id, to=to, amount=amount, description=description, actor=actor_id, reason=reason
    )
    return call(DGT_SETTLE, [hold_id, kind, amount, to, key, request, actor_id, description, reason])
