"""What a member does who sends DGT: sees what it will cost, sends it, and both are told."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from degentalk.accounts import mail
from degentalk.accounts import services as accounts
from degentalk.accounts.models import User
from degentalk.accounts.rules import clean_line
from degentalk.core.errors import Refused
from degentalk.core.idempotency import locks_in_time
from degentalk.core.limits import Limit
from wallet.models import DgtTransaction, WalletPolicy
from wallet.services.calling import Journal
from wallet.services.transfers import transfer

MEMO_MAX = 140

SENDING = Limit("wallet.send", most=30, seconds=60)
"""How often a member may try to send, by page and API together."""


@dataclass(frozen=True)
class Cost:
    """What sending takes from the sender, and what it leaves. Whole DGT."""

    amount: int
    fee: int
    balance_after: int

    @property
    def total(self) -> int:
        return self.amount + self.fee

    @property
    def balance_before(self) -> int:
        return self.balance_after + self.total


@transaction.atomic
def send(*, sender: User, receiver: User, amount: int, key: str, memo: str = "", fee: int | None = None) -> Journal:
    """Send DGT to another member, and tell them in the same transaction; large amounts are told to both by mail. A
    replay tells nobody again.

    `key` is ours and never a client's: it is hashed and published. Raises Refused for a memo that is too long, and what
    `transfer` raises.
    """
    memo = clean_line(memo)
    if len(memo) > MEMO_MAX:
        raise Refused(_("A memo has at most %(most)d characters.") % {"most": MEMO_MAX})
    journal = transfer(sender=sender, receiver=receiver, amount=amount, key=key, description=memo, fee=fee)
    if not journal.replayed:
        _tell(journal, sender, receiver, amount, memo)
    return journal


def new_key() -> str:
    """A key of our own for one transfer; that a client's request is done once is for `core.idempotency`."""
    return f"transfer:{uuid4()}"


def cost_of(journal: Journal, *, sender: User, amount: int) -> Cost:
    """What this transfer of `amount` took from its sender. One query."""
    moved, left = DgtTransaction.objects.of(sender).values_list("amount", "balance_after").get(journal_id=journal.id)
    return Cost(amount=amount, fee=-moved - amount, balance_after=left or 0)


def rehearse(*, sender: User, receiver: User, amount: int) -> Cost:
    """What sending would cost and leave; raises what `send` would, and KeyInFlight where a wallet is busy.

    The door is tried and everything taken back: so it alone knows the rules, and nobody confirms what it will refuse.
    """
    with locks_in_time(), transaction.atomic():
        journal = transfer(sender=sender, receiver=receiver, amount=amount, key=f"rehearsal:{uuid4()}")
        cost = cost_of(journal, sender=sender, amount=amount)
        transaction.set_rollback(True)
    return cost


def _tell(journal: Journal, sender: User, receiver: User, amount: int, memo: str) -> None:
    accounts.notify(
        user=receiver,
        kind="transfer",
        text=_("%(name)s sent you %(dgt)s DGT") % {"name": sender.username, "dgt": f"{amount:,}"},
        url=reverse("wallet:journal", args=[journal.public_id]),
        key=f"journal:{journal.id}",
    )
    mail_if_large(journal=journal, sender=sender, receiver=receiver, amount=amount, memo=memo)


def mail_if_large(*, journal: Journal, sender: User, receiver: User, amount: int, memo: str) -> None:
    """Tell both by mail, as the policy says: whoever sends or tips from a borrowed session must not go unnoticed."""
    if amount < WalletPolicy.objects.current().mail_from_dgt:
        return
    for member, other, template in ((sender, receiver, "transfer_sent"), (receiver, sender, "transfer_received")):
        facts = {"name": member.username, "other": other.username, "amount": amount, "memo": memo}
        mail.send(
            to=member.email,
            template=f"wallet/mail/{template}",
            context=facts | {"journal": journal.public_id},
            key=f"{template}:{journal.public_id}",
        )
