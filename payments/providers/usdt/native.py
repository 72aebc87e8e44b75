"""The chain's own coin at an address that only takes USDT. It leaves no log: the balance tells, then the block (U20)."""

from collections.abc import Iterator

from payments.providers.usdt.chains import Chain
from payments.providers.usdt.node import NoAnswer, Node, ask


def native_payments(chain: Chain, addresses: list[str], first: int, last: int) -> Iterator[tuple[str, str, int]]:
    """Address, transaction and wei of what came in these blocks; the transaction "" where a provider no longer has the
    state of then, or a contract sent it. Only the latest payment to an address is named. Raises Unanswered."""
    for address in addresses:
        wei = ask(chain, lambda node, address=address: node.balance_wei(address, last))
        if wei:
            yield address, ask(chain, lambda node, address=address: _latest(node, address, first, last)), wei


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
