"""The methods of the JSON-RPC API. https://ethereum.github.io/execution-apis/"""

from collections.abc import Callable
from inspect import signature
from typing import Any

from eth.exceptions import VMError
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import Address
from eth_utils.exceptions import ValidationError

from degentalk.sandbox.chain.blocks import NOWHERE, Json, base_fee, transaction_body
from degentalk.sandbox.chain.errors import INVALID_PARAMS, NO_SUCH_METHOD, REVERTED, RpcError
from degentalk.sandbox.chain.evm import GAS_LIMIT, Message
from degentalk.sandbox.chain.hexes import address_of, bytes_of, hexed, number_of, quantity
from degentalk.sandbox.chain.node import GWEI
from degentalk.sandbox.chain.views import View

CLIENT = "degentalk-sandbox/1 (py-evm)"
ERROR_STRING = bytes.fromhex("08c379a0")  # Error(string)
Method = Callable[..., Any]


def call(view: View, name: str, params: list[Any]) -> Any:
    """The result of a method. Raises RpcError."""
    if name not in METHODS:
        raise RpcError(f"the method {name} does not exist/is not available", NO_SUCH_METHOD)
    try:
        signature(METHODS[name]).bind(view, *params)
    except TypeError as error:
        raise RpcError(f"invalid params: {error}", INVALID_PARAMS) from None
    return METHODS[name](view, *params)


def _chain_id(view: View) -> int:
    return view.endpoint.switches.chain_id or view.node.options.chain_id


def _block(view: View, tag: object, full: bool = False) -> Json | None:
    if tag == "pending":
        return _pending(view, full=full)
    block = view.by_number(view.height_of(tag))
    return None if block is None else block.body | ({"transactions": block.bodies} if full else {})


def _pending(view: View, *, full: bool) -> Json:
    head, pool = view.head(), view.node.pool
    bodies = [transaction_body(one, NOWHERE) for one in pool.values()]
    coming = {"number": quantity(head.number + 1), "parentHash": head.hash, "hash": None, "nonce": None}
    return head.body | coming | {"logsBloom": None, "transactions": bodies if full else list(pool)}


def _block_by_hash(view: View, name: object, full: bool = False) -> Json | None:
    block = view.by_hash(name)
    return None if block is None else block.body | ({"transactions": block.bodies} if full else {})


def _transaction(view: View, name: object) -> Json | None:
    name = hexed(bytes_of(name, 32))
    place = view.place(name)
    if place is not None:
        return place[0].bodies[place[1]]
    waiting = view.node.pool.get(name)
    return None if waiting is None else transaction_body(waiting, NOWHERE)


def _receipt(view: View, name: object) -> Json | None:
    place = view.place(hexed(bytes_of(name, 32)))
    return None if place is None else place[0].receipts[place[1]]


def _count(view: View, address: object, tag: object = "latest") -> str:
    if tag == "pending":
        return quantity(view.node.nonce(address_of(address)))
    return quantity(view.node.evm.state(view.block_of(tag).header).get_nonce(Address(address_of(address))))


def _balance(view: View, address: object, tag: object = "latest") -> str:
    return quantity(view.node.evm.state(view.block_of(tag).header).get_balance(Address(address_of(address))))


def _code(view: View, address: object, tag: object = "latest") -> str:
    return hexed(view.node.evm.state(view.block_of(tag).header).get_code(Address(address_of(address))))


def _call(view: View, wanted: object, tag: object = "latest") -> str:
    try:
        outcome = view.node.evm.call(view.block_of(tag).header, _message(wanted))
    except ValidationError as error:
        raise RpcError(f"err: {error}") from None
    if outcome.is_error:
        raise _reverted(outcome.output)
    return hexed(outcome.output)


def _estimate(view: View, wanted: object, tag: object = "latest") -> str:
    header, message = view.block_of(tag).header, _message(wanted)
    try:
        outcome = view.node.evm.call(header, message)
        if not outcome.is_error:
            return quantity(view.node.evm.estimate(header, message))
    except (ValidationError, VMError) as error:
        raise RpcError(f"err: {error}") from None
    raise _reverted(outcome.output)


def _reverted(output: bytes) -> RpcError:
    """The error of a call that failed, with what it said, as nodes put it."""
    reason = ""
    if output[:4] == ERROR_STRING:
        try:
            reason = f": {decode(['string'], output[4:])[0]}"
        except DecodingError:
            reason = ""
    return RpcError(f"execution reverted{reason}", REVERTED, hexed(output))


def _message(wanted: object) -> Message:
    if not isinstance(wanted, dict):
        raise RpcError("invalid argument 0: no object", INVALID_PARAMS)
    return Message(
        sender=address_of(wanted.get("from") or "0x" + "00" * 20),
        to=address_of(wanted["to"]) if wanted.get("to") else b"",
        data=bytes_of(wanted.get("input") or wanted.get("data") or "0x"),
        value=number_of(wanted.get("value") or "0x0"),
        gas=min(GAS_LIMIT, number_of(wanted.get("gas") or quantity(GAS_LIMIT))),
    )


def _fee_history(view: View, count: object, newest: object, percentiles: object = None) -> Json:
    last = view.height_of(newest)
    size = count if isinstance(count, int) else number_of(count)
    blocks = view.blocks[max(0, last - size + 1) : last + 1]
    fees = [base_fee(block.header) for block in blocks]
    ranks = len(percentiles) if isinstance(percentiles, list) else 0
    return {
        "oldestBlock": quantity(blocks[0].number),
        "baseFeePerGas": [quantity(fee) for fee in [*fees, fees[-1]]],
        "gasUsedRatio": [block.header.gas_used / block.header.gas_limit for block in blocks],
        "reward": [[quantity(GWEI)] * ranks for _ in blocks],
    }


METHODS: dict[str, Method] = {
    "web3_clientVersion": lambda _view: CLIENT,
    "net_version": lambda view: str(_chain_id(view)),
    "net_listening": lambda _view: True,
    "eth_chainId": lambda view: quantity(_chain_id(view)),
    "eth_syncing": lambda _view: False,
    "eth_accounts": lambda _view: [],
    "eth_blockNumber": lambda view: quantity(view.height),
    "eth_gasPrice": lambda view: quantity(base_fee(view.head().header) + GWEI),
    "eth_maxPriorityFeePerGas": lambda _view: quantity(GWEI),
    "eth_feeHistory": _fee_history,
    "eth_getBlockByNumber": _block,
    "eth_getBlockByHash": _block_by_hash,
    "eth_getTransactionByHash": _transaction,
    "eth_getTransactionReceipt": _receipt,
    "eth_getLogs": lambda view, wanted: view.logs(wanted),
    "eth_getTransactionCount": _count,
    "eth_getBalance": _balance,
    "eth_getCode": _code,
    "eth_call": _call,
    "eth_estimateGas": _estimate,
    "eth_sendRawTransaction": lambda view, raw: view.node.send(bytes_of(raw)),
}
