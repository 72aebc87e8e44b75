"""Before an order at a treasury can be paid, its buyer shows which wallet is theirs (U18)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from degentalk.accounts.models import User
from degentalk.core.clock import Clock, database_time
from degentalk.core.errors import Refused
from degentalk.core.limits import Limit
from payments.errors import OrderClosed
from payments.models import Order, UsdtDeposit, UsdtWallet
from payments.providers.usdt.addresses import BadKey, checked
from payments.providers.usdt.proof import BadProof, Statement, verify
from payments.services.moving import move
from payments.states import State

PROVING = Limit("payments.usdt_proof", most=20, seconds=600)


def statement_of(deposit: UsdtDeposit, wallet: str) -> Statement:
    """What the buyer signs with this wallet; the same each time. Raises Refused for what is no address, and where
    nothing is to be proved."""
    order = deposit.order
    if not deposit.is_treasury or deposit.proved_at is not None:
        raise Refused(_("This order needs no proof of a wallet."))
    try:
        address = checked(wallet.strip())
    except BadKey:
        raise Refused(_("That is no address: 0x and 40 more digits and letters, as your wallet shows it.")) from None
    return Statement(
        domain=urlsplit(settings.SITE_URL).netloc,
        username=order.username,
        order=str(order.public_id),
        chain_id=deposit.chain_id,
        chain_name=deposit.chain_name,
        wallet=address,
        nonce=deposit.nonce,
        issued_at=deposit.created_at,
        expires_at=order.expires_at,
    )


@transaction.atomic
def prove(*, order: Order, user: User, wallet: str, signature: str) -> UsdtDeposit:
    """Bind the wallet to the buyer and the order to the wallet; from now on it can be paid, from there only.

    Raises Refused (no address, a signature that is not of it, somebody else's wallet), OrderClosed, TooMany.
    """
    PROVING.take(str(user.pk))
    row = Order.objects.select_for_update(no_key=True).get(pk=order.pk, user=user)
    deposit = UsdtDeposit.objects.select_for_update(no_key=True).get(order=row)
    statement = statement_of(deposit, wallet)
    if row.state != State.CREATED or row.expires_at <= database_time():
        raise OrderClosed
    try:
        verify(statement, signature.strip())
    except BadProof:
        raise Refused(
            _("This signature is not of that wallet and this text. Sign the text exactly as shown.")
        ) from None
    _bind(user, statement.wallet)
    UsdtDeposit.objects.filter(pk=deposit.pk).update(payer=statement.wallet, proved_at=Clock())
    move(row, State.PENDING, "wallet proved")
    deposit.refresh_from_db()
    return deposit


def _bind(user: User, address: str) -> None:
    try:
        with transaction.atomic():
            bound, _is_new = UsdtWallet.objects.get_or_create(
                address=address, released_at=None, defaults={"user": user}
            )
    except IntegrityError:  # somebody else was a moment faster
        bound = UsdtWallet.objects.bound().get(address=address)
    if bound.user_id != user.pk:
        raise Refused(_("This wallet belongs to another account here. Staff can release it."))


def release(wallet: UsdtWallet) -> None:
    """From now on another member can prove that it is theirs. Orders that it paid stay as they are."""
    UsdtWallet.objects.filter(pk=wallet.pk, released_at=None).update(released_at=Clock())
