"""Whether orders can be paid on a chain now, and why not."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from degentalk.core.clock import database_time
from payments.models import UsdtChain, UsdtKey
from payments.providers.usdt.addresses import fingerprint
from payments.providers.usdt.chains import Chain, all_chains

STALE = timedelta(minutes=10)
"""A chain of which no new block was read for so long takes no new orders: what is paid there would not be seen."""

STALLED = timedelta(hours=1)
"""A chain where nothing became final for so long takes none either: what is paid there could not be credited. All known
chains need less than half of that."""


def is_configured() -> bool:
    """Whether this site has a chain to be paid on."""
    return bool(all_chains())


def open_chains() -> list[Chain]:
    """The chains that an order can be paid on now: without trouble, with a key that two staff approved. Three
    queries."""
    fine = {chain.chain_id for chain, trouble in _all() if not trouble}
    approved = set(UsdtKey.objects.exclude(approved_at=None).values_list("chain_id", "fingerprint"))
    return [one for one in all_chains() if one.chain_id in fine and (one.chain_id, key_of(one)) in approved]


def troubles() -> list[tuple[Chain, str]]:
    """The configured chains that take no orders, each with why. Two queries."""
    return [(chain, trouble) for chain, trouble in _all() if trouble]


def key_of(chain: Chain) -> str:
    """The fingerprint of where its money goes."""
    return fingerprint(chain.xpub or chain.treasury)


def _all() -> list[tuple[Chain, str]]:
    rows, now = UsdtChain.objects.in_bulk(), database_time()
    return [(chain, _trouble(rows.get(chain.chain_id), now)) for chain in all_chains()]


def _trouble(row: UsdtChain | None, now: datetime) -> str:
    if row is not None and row.problem:
        return row.problem
    if row is None or row.read_at is None:
        return _("It was never read: does the worker run?")
    if row.read_at < now - STALE:
        return _("No new block was read for more than ten minutes.")
    if row.finalized_at is not None and row.finalized_at < now - STALLED:
        return _("No block became final for more than an hour.")
    return ""
