"""Between members and system accounts: credits, purchases, debits, and taking things back."""

from dataclasses import dataclass

from degentalk.accounts.models import User
from wallet.services.calling import Journal, call, check_amount, request_hash

DGT_POST = "dgt_post(%s, %s, %s::bigint[], %s::text[], %s::bigint[], %s, %s)"
DGT_REVERSE = "dgt_reverse(%s, %s, %s, %s::bigint, %s, p_approver => %s::bigint, p_into_debt => %s)"


@dataclass(frozen=True)
class _Leg:
    """One side of a movement: a member's own account, or the system account of that name."""

    amount: int
    user: User | None = None
    account: str = "member"


def credit(*, user: User, amount: int, source: str, key: str, description: str) -> Journal:
    """Pay a member from a system account. It repays the member's debt first, and counts as earned.

    Raises BadAmount, NoSuchAccount, WalletFrozen, KeyReused.
    """
    check_amount(amount)
    legs = (_Leg(-amount, account=source), _Leg(amount, user))
    return _post("credit", legs, key=key, description=description)


def purchase(*, user: User, amount: int, source: str, key: str, description: str) -> Journal:
    """Credit DGT that a member bought, from the account `stripe` or `usdt`. It is not earned, and for the days of the
    policy it can be spent but not sent (A9).

    Raises BadAmount, NoSuchAccount, WalletFrozen, KeyReused.
    """
    check_amount(amount)
    legs = (_Leg(-amount, account=source), _Leg(amount, user))
    return _post("purchase", legs, key=key, description=description)


def debit(*, user: User, amount: int, to: str, key: str, description: str) -> Journal:
    """Take from a member into a system account. It counts as spent.

    Raises BadAmount, NoSuchAccount, NotEnoughDGT (also who is in debt), WalletFrozen, KeyReused.
    """
    check_amount(amount)
    legs = (_Leg(-amount, user), _Leg(amount, account=to))
    return _post("debit", legs, key=key, description=description)


def claw_back(*, user: User, amount: int, to: str, key: str, description: str) -> Journal:
    """Take back what a member was given, whether or not it is still there: what is missing becomes their debt, which
    blocks spending and is repaid by whatever comes in next.

    Raises BadAmount, NoSuchAccount, WalletFrozen, KeyReused.
    """
    check_amount(amount)
    legs = (_Leg(-amount, user), _Leg(amount, account=to))
    return _post("clawback", legs, key=key, description=description)


def reverse(
    *,
    journal_id: int,
    key: str,
    reason: str,
    actor: User | None,
    approver: User | None = None,
    into_debt: bool = False,
) -> Journal:
    """Undo a journal by one that mirrors it, its fee with it. With `into_debt` a member owes what they spent meanwhile.

    An actor is staff whom the journal does not concern, and above the policy's limit an approver agrees.
    Raises AlreadyReversed, NotEnoughDGT, NoSuchAccount, NotForYou, ApprovalNeeded, WalletFrozen, KeyReused.
    """
    actor_id, approver_id = actor and actor.pk, approver and approver.pk
    request = request_hash(kind="reversal", journal=journal_id, actor=actor_id, reason=reason, into_debt=into_debt)
    return call(DGT_REVERSE, [journal_id, key, request, actor_id, reason, approver_id, into_debt])


def _post(kind: str, legs: tuple[_Leg, ...], *, key: str, description: str) -> Journal:
    request = request_hash(
        kind=kind,
        legs=[[leg.user and leg.user.pk, leg.account, leg.amount] for leg in legs],
        description=description,
    )
    users, accounts = [leg.user and leg.user.pk for leg in legs], [leg.account for leg in legs]
    amounts = [leg.amount for leg in legs]
    return call(DGT_POST, [kind, key, users, accounts, amounts, request, description], you=legs[0].user)
