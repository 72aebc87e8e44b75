"""One provider of one chain, asked over JSON-RPC. Nothing it says is believed beyond what is checked here (U3, U4)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from payments.providers.usdt.answers import Head, NoAnswer, TokenState, Transfer, WrongChain, answering
from payments.providers.usdt.chains import Chain

if TYPE_CHECKING:
    from web3 import Web3
    from web3.types import BlockData, LogReceipt

T = TypeVar("T")

TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""keccak256 of Transfer(address,address,uint256): the first topic of its logs (ERC-20)."""

TOPICS, WORD = 3, 32
LAST_BLOCK = 2**53
"""More blocks than any chain will ever have."""

CHUNK, MOST_RECIPIENTS = 2_000, 200
TIMEOUT_SECONDS = (3, 8)
"""To connect, and to answer."""


class Node:
    """Whatever it raises is NoAnswer: the provider failed, or said what cannot be."""

    def __init__(self, chain: Chain, place: int) -> None:
        self.chain = chain
        self.name = f"{chain.name} provider {place + 1}"
        self._web3 = _web3(chain, chain.rpc[place])
        self._is_known = False
        self._chunk = CHUNK

    def connect(self) -> None:
        """Make sure that it is of the configured chain: before the first question, and again after a failure (U1)."""
        if self._is_known:
            return
        with answering():
            found = int(self._web3.eth.chain_id)
        if found != self.chain.chain_id:
            raise WrongChain(f"{self.name} is of chain {found}")
        self._is_known = True

    def failed(self) -> None:
        """From now on it may be another one behind the same address."""
        self._is_known = False

    # ── Blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def head(self) -> Head:
        """The newest block, and up to where blocks are final: never above it."""
        with answering():
            newest = self._web3.eth.get_block("latest")
            number, name = int(newest["number"]), newest["hash"].to_0x_hex()
            finalized = self._finalized(number)
        if not 0 <= finalized <= number < LAST_BLOCK:
            raise NoAnswer("blocks that cannot be")
        return Head(number, name, finalized)

    def _finalized(self, newest: int) -> int:
        if self.chain.finality is not None:
            return max(0, newest - self.chain.finality)
        return int(self._web3.eth.get_block("finalized")["number"])

    def must_know(self, number: int) -> None:
        """Raise NoAnswer where it is not that far yet: what it says of later blocks means nothing."""
        if self.head().number < number:
            raise NoAnswer("it lags behind")

    def block_hash(self, number: int) -> str | None:
        """Of the block that counts at this height; None: there is none as far as it knows."""
        block = self._block(number)
        return None if block is None else block["hash"].to_0x_hex()

    def _block(self, number: int, *, full: bool = False) -> "BlockData | None":
        from web3.exceptions import BlockNotFound

        with answering():
            try:
                block = self._web3.eth.get_block(number, full_transactions=full)
            except BlockNotFound:
                return None
            if int(block["number"]) != number:
                raise NoAnswer("another block than was asked for")
            return block

    # ── Transfers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def receipt_transfers(self, tx_hash: str, token: str) -> list[Transfer] | None:
        """Every payment of this token in a transaction (U3, U7); none in one that failed. None: it has no receipt."""
        from web3.exceptions import TransactionNotFound

        with answering():
            try:
                receipt = self._web3.eth.get_transaction_receipt(tx_hash)  # type: ignore[arg-type]
            except TransactionNotFound:
                return None
            if receipt["transactionHash"].to_0x_hex() != tx_hash:
                raise NoAnswer("another receipt than was asked for")
            if receipt["status"] != 1:
                return []
            if not 0 <= receipt["blockNumber"] < LAST_BLOCK:
                raise NoAnswer("a block that cannot be")
            where = (receipt["blockHash"], receipt["blockNumber"], receipt["transactionHash"])
            found = [
                _transfer(ordinal, log, token) for ordinal, log in enumerate(receipt["logs"]) if _is_at(log, where)
            ]
            if len(found) != len(receipt["logs"]):
                raise NoAnswer("a receipt with logs of elsewhere")
        return [transfer for transfer in found if transfer is not None]

    def tx_hashes_to(
        self, token: str | None, recipients: Sequence[str], first: int, last: int
    ) -> list[tuple[int, str, str]]:
        """Block, transaction and token of transfers to these addresses, of any token if none is named, in order."""
        found: set[tuple[int, str, str]] = set()
        for start in range(0, len(recipients), MOST_RECIPIENTS):
            some = recipients[start : start + MOST_RECIPIENTS]
            ask = lambda low, high, some=some: self._logs(token, some, low, high)  # noqa: E731
            for log in in_chunks(ask, first, last, self._chunk):
                found.add(log)
        return sorted(found)

    def _logs(self, token: str | None, recipients: Sequence[str], first: int, last: int) -> list[tuple[int, str, str]]:
        """Raises TooMuch if the provider refuses so much at once."""
        from web3.exceptions import Web3RPCError

        words = ["0x" + address[2:].lower().rjust(64, "0") for address in recipients]
        wanted: dict[str, Any] = {"fromBlock": first, "toBlock": last, "topics": [TRANSFER, None, words]}
        if token is not None:
            wanted["address"] = token
        with answering():
            try:
                logs = self._web3.eth.get_logs(wanted)  # type: ignore[arg-type]
            except Web3RPCError as error:
                raise TooMuch("it refuses these logs") from error
            return [_named(log, words, first, last) for log in logs if len(log["topics"]) == TOPICS]

    # ── Tokens and coins ────────────────────────────────────────────────────────────────────────────────────────────

    def token_state(self, token: str) -> TokenState:
        """Its decimals (U2) and flags (U21)."""
        decimals = self._number(token, "decimals()")
        if decimals is None:
            raise NoAnswer("no token is there")
        return TokenState(
            decimals,
            is_paused=bool(self._number(token, "paused()")),
            is_deprecated=bool(self._number(token, "deprecated()")),
            fee_basis_points=self._number(token, "basisPointsRate()") or 0,
        )

    def is_blacklisted(self, token: str, address: str) -> bool:
        """Whether the token refuses to move what this address has."""
        return bool(self._number(token, "isBlackListed(address)", address[2:].lower().rjust(64, "0")))

    def _number(self, token: str, signature: str, argument: str = "") -> int | None:
        """What a function answers; None where the contract has none."""
        from eth_utils.abi import function_signature_to_4byte_selector
        from web3.exceptions import ContractLogicError

        data = "0x" + function_signature_to_4byte_selector(signature).hex() + argument
        with answering():
            try:
                answer = bytes(self._web3.eth.call({"to": token, "data": data}))  # type: ignore[typeddict-item]
            except ContractLogicError:
                return None
            if len(answer) not in (0, WORD):
                raise NoAnswer("no number")
        return int.from_bytes(answer, "big") if answer else None

    def balance_wei(self, address: str, block: int) -> int:
        """How much of the chain's own coin is there, as of a block."""
        with answering():
            return int(self._web3.eth.get_balance(address, block))  # type: ignore[arg-type]

    def native_in(self, number: int) -> list[tuple[str, str, int]]:
        """Transaction, recipient and wei of what moved the chain's own coin in a block."""
        block = self._block(number, full=True)
        if block is None:
            raise NoAnswer("no such block")
        with answering():
            bodies: Sequence[Any] = block["transactions"]
            moved = [one for one in bodies if one["value"] and one.get("to")]
            return [(one["hash"].to_0x_hex(), str(one["to"]), int(one["value"])) for one in moved]


class TooMuch(NoAnswer):
    """The provider refuses so many blocks or logs at once."""


def in_chunks(ask: Callable[[int, int], Sequence[T]], first: int, last: int, most: int) -> list[T]:
    """Every block from `first` to `last`, once: so many at a time, half as many where that is refused, and slowly more
    again (U12). Raises what `ask` raises for one block."""
    found: list[T] = []
    size = most
    while first <= last:
        end = min(last, first + size - 1)
        try:
            found.extend(ask(first, end))
        except TooMuch:
            if end == first:
                raise
            size = max(1, (end - first + 1) // 2)
            continue
        first, size = end + 1, min(most, size * 2)
    return found


def _web3(chain: Chain, address: str) -> "Web3":
    """One session to one address. The library does not try again: the next provider is asked."""
    from web3 import HTTPProvider, Web3
    from web3.middleware import ExtraDataToPOAMiddleware

    made = Web3(HTTPProvider(address, {"timeout": TIMEOUT_SECONDS}, exception_retry_configuration=None))
    if chain.is_poa:
        made.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return made


def _is_at(log: "LogReceipt", where: tuple[Any, ...]) -> bool:
    return (log["blockHash"], log["blockNumber"], log["transactionHash"]) == where


def _transfer(ordinal: int, log: "LogReceipt", token: str) -> Transfer | None:
    """A payment of the token, if this log is one: only this proves it (U3, U4)."""
    topics, data = log["topics"], bytes(log["data"])
    is_one = (
        log["address"] == token
        and len(topics) == TOPICS
        and topics[0].to_0x_hex() == TRANSFER
        and len(data) == WORD
        and log.get("removed") is not True
    )
    value = int.from_bytes(data, "big")
    if not is_one or not value:
        return None
    return Transfer(
        tx_hash=log["transactionHash"].to_0x_hex(),
        ordinal=ordinal,
        token=token,
        sender=_address(topics[1]),
        to=_address(topics[2]),
        value=value,
        block_number=int(log["blockNumber"]),
        block_hash=log["blockHash"].to_0x_hex(),
    )


def _named(log: "LogReceipt", words: Sequence[str], first: int, last: int) -> tuple[int, str, str]:
    number = int(log["blockNumber"])
    if not first <= number <= last or log["topics"][2].to_0x_hex() not in words:
        raise NoAnswer("logs that were not asked for")
    return number, log["transactionHash"].to_0x_hex(), str(log["address"])


def _address(topic: bytes) -> str:
    from eth_utils.address import to_checksum_address

    if any(topic[:12]):
        raise NoAnswer("no address in a topic")
    return str(to_checksum_address(topic[12:]))
