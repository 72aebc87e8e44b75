"""The chain's own coin at an address that takes USDT only: without a log, the balance tells, then the block (U20)."""

from collections.abc import Iterator
from functools import partial

from payments.providers.usdt.answers import NoAnswer
from payments.providers.usdt.asking import ask
from payments.providers.usdt.chains import Chain
from payments.providers.usdt.node import Node


def native_payments(chain: Chain, addresses: list[str], first: int, last: int) -> Iterator[tuple[str, str, int]]:
    """Address, transaction and wei of what came in these blocks; the transaction "" where a provider no longer has the
    state of then, or a contract sent it. Only the latest payment to an address is named. Raises Unanswered."""
    for address in addresses:
        if wei := ask(chain, partial(Node.balance_wei, address=address, block=last)):
            yield address, ask(chain, partial(_latest, address=address, first=first, last=last)), wei


def _latest(node: Node, address: str, first: int, last: int) -> str:
    """The transaction that brought the latest change of the balance: by halving the blocks between."""
    try:
        low, high, now = max(0, first - 1), last, node.balance_wei(address, last)
        if node.balance_wei(address, low) == now:
            return ""
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if node.balance_wei(address, middle) == now else (middle, high)
        return next((tx_hash for tx_hash, to, _wei in node.native_in(high) if to == address), "")
    except NoAnswer:  # most providers keep the state of the last 128 blocks only
        return ""
