"""Between members: transfers and tips. The door decides everything the policy says of them, in one round trip."""

from degentalk.accounts.models import User
from wallet.services.calling import Journal, call, check_amount, request_hash

DGT_TRANSFER = "dgt_transfer(%s, %s, %s, %s, %s, %s::bigint, %s, %s, %s, %s::bigint)"

Cause = tuple[str, int]
"""The thing behind a tip: ("post", 91)."""


def transfer(
    *, sender: User, receiver: User, amount: int, key: str, description: str = "", fee: int | None = None
) -> Journal:
    """Send DGT to another member: neither earned nor spent. The policy's fee comes on top and burns.

    `fee` is what the sender agreed to; None takes whatever is in force. Raises BadAmount, NoSuchAccount (oneself,
    missing, suspended), NotEnoughDGT, WalletFrozen, a child of TransferRefused for the policy's reasons, KeyReused.
    """
    check_amount(amount)
    return _send("transfer", sender, receiver, amount, fee, key, description, ("", None))


def tip(*, sender: User, receiver: User, amount: int, key: str, description: str = "", cause: Cause) -> Journal:
    """Tip another member for something: without a fee, with limits of its own. Raises what a transfer does."""
    check_amount(amount)
    return _send("tip", sender, receiver, amount, 0, key, description, cause)


def _send(
    kind: str,
    sender: User,
    receiver: User,
    amount: int,
    fee: int | None,
    key: str,
    description: str,
    cause: tuple[str, int | None],
) -> Journal:
    request = request_hash(
        kind=kind, sender=sender.pk, receiver=receiver.pk, amount=amount, description=description, cause=cause
    )
    arguments = [kind, key, sender.pk, receiver.pk, amount, fee, request, description, *cause]
    return call(DGT_TRANSFER, arguments, you=sender)
