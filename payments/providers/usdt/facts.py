"""What the chain says of an order now: the sum of all that came to it, each transfer asked for anew."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from degentalk.core.clock import database_time
from payments.errors import ChainUnreachable
from payments.models import Order, Review, UsdtChain, UsdtDeposit, UsdtTransfer
from payments.money import sum_of
from payments.providers.usdt.amounts import to_base, to_micro
from payments.providers.usdt.answers import Unanswered
from payments.providers.usdt.chains import chain
from payments.providers.usdt.deposits import CURRENCY
from payments.providers.usdt.placing import look_again, needs_two
from payments.states import Facts, Notice, State

DUST_MICRO = 10_000
"""One cent. Less than this in all is counted, but shows nothing and sends nothing: anybody can send it (U19)."""


@dataclass(frozen=True)
class Come:
    """What has come to a deposit, in base units."""

    final: int
    moving: int

    def is_dust(self, decimals: int) -> bool:
        return self.final + self.moving < to_base(DUST_MICRO, decimals)


def look(order: Order) -> Facts:
    """The whole state of the order's payment. Raises ChainUnreachable."""
    deposit = UsdtDeposit.objects.get(order=order)
    rows = list(UsdtTransfer.objects.filter(deposit=deposit).order_by("id"))
    if rows:
        _ask(deposit, rows)
    read_at = UsdtChain.objects.values_list("read_at", flat=True).filter(pk=deposit.chain_id).first()
    current = Order.objects.get(pk=order.pk)
    return facts_of(current, deposit, rows, now=database_time(), read_at=read_at)


def _ask(deposit: UsdtDeposit, rows: list[UsdtTransfer]) -> None:
    try:
        come = sum(row.value for row in rows if row.state != UsdtTransfer.State.VANISHED)
        paid_on, two = chain(deposit.chain_id), needs_two(deposit, come)
        for row in rows:
            look_again(paid_on, row, two=two)
    except (LookupError, Unanswered) as error:  # a chain that is configured no more answers nobody either
        raise ChainUnreachable from error


def facts_of(
    order: Order, deposit: UsdtDeposit, rows: list[UsdtTransfer], *, now: datetime, read_at: datetime | None
) -> Facts:
    """What these transfers mean for their order. Pure but for the names of settings."""
    come = Come(final=_sum(rows, UsdtTransfer.State.FINAL), moving=_sum(rows, UsdtTransfer.State.SEEN))
    reference = next((row.tx_hash for row in rows if row.state != UsdtTransfer.State.VANISHED), "")
    if order.state == State.DISMISSED:
        return _after_all(order, deposit, come, reference)
    if order.credited_dgt and to_micro(come.final, deposit.decimals) < order.paid + order.surplus:
        return _gone(order, deposit, rows)
    if come.final >= deposit.amount:
        return _paid(order, deposit, come, reference)
    if order.credited_dgt:  # by staff, for less
        return Facts(reference, paid=to_micro(come.final, deposit.decimals), currency=CURRENCY)
    return _open(order, deposit, come, reference, now=now, read_at=read_at)


def _sum(rows: list[UsdtTransfer], state: str) -> int:
    return sum(row.value for row in rows if row.state == state)


def _paid(order: Order, deposit: UsdtDeposit, come: Come, reference: str) -> Facts:
    surplus = to_micro(come.final - deposit.amount, deposit.decimals)
    notices: tuple[Notice, ...] = ()
    if surplus - order.surplus_approved >= DUST_MICRO and not settings.SURPLUS_IS_CREDITED:
        named = f"{order.public_id}:{surplus}"
        notices = (Notice(Review.Reason.SURPLUS, named, sum_of(surplus, CURRENCY), amount=surplus),)
    paid = to_micro(deposit.amount, deposit.decimals)
    return Facts(reference, paid=paid, currency=CURRENCY, surplus=surplus, notices=notices)


def _gone(order: Order, deposit: UsdtDeposit, rows: list[UsdtTransfer]) -> Facts:
    """What was credited is no more in the chain (U8): staff are told, and nothing moves until they say so."""
    if deposit.taken_back_at is not None:
        return Facts(order.reference, paid=order.paid, currency=CURRENCY, surplus=order.surplus, lost=order.paid)
    gone = [row for row in rows if row.state == UsdtTransfer.State.VANISHED]
    details = ", ".join(f"{sum_of(to_micro(row.value, deposit.decimals), CURRENCY)} in {row.tx_hash}" for row in gone)
    notice = Notice(Review.Reason.VANISHED, f"{order.public_id}:{len(gone)}", f"{deposit.chain_name}: {details}")
    return Facts(order.reference, paid=order.paid, currency=CURRENCY, surplus=order.surplus, notices=(notice,))


def _after_all(order: Order, deposit: UsdtDeposit, come: Come, reference: str) -> Facts:
    """Staff closed the order: what comes after that credits nothing, and is told to them again."""
    total = to_micro(come.final, deposit.decimals)
    more = total - order.paid - order.surplus
    notices: tuple[Notice, ...] = ()
    if more >= DUST_MICRO:
        told = f"{sum_of(more, CURRENCY)} came after the order was closed"
        notices = (Notice(Review.Reason.UNKNOWN_ORDER, f"{order.public_id}:{total}", told, amount=more),)
    return Facts(reference, paid=total, currency=CURRENCY, notices=notices)


def _open(
    order: Order, deposit: UsdtDeposit, come: Come, reference: str, *, now: datetime, read_at: datetime | None
) -> Facts:
    is_over = order.expires_at <= now
    if come.is_dust(deposit.decimals):
        # Nobody says that nothing came before the chain was read to the end of that time (U17).
        is_read = read_at is not None and read_at > order.expires_at
        return Facts("", closed="expired" if is_over and (is_read or not deposit.is_payable) else "")
    part = to_micro(come.final, deposit.decimals)
    if come.moving or not is_over:
        return Facts(reference, is_processing=come.moving > 0, part=part)
    missing = sum_of(to_micro(deposit.amount - come.final, deposit.decimals), CURRENCY)
    notice = Notice(Review.Reason.UNDERPAID, str(order.public_id), f"{sum_of(part, CURRENCY)} came, {missing} missing")
    return Facts(reference, part=part, notices=(notice,))
