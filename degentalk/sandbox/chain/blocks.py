"""A block with everything that JSON-RPC says of it, made once when it is mined."""

from dataclasses import dataclass, field
from typing import Any

import rlp
from eth._utils.address import generate_contract_address
from eth.abc import BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI

from degentalk.sandbox.chain.evm import Built
from degentalk.sandbox.chain.hexes import hexed, quantity, word

Json = dict[str, Any]
LEGACY, ACCESS_LIST = 0, 1


@dataclass
class Block:
    """One block; `transactions`, `receipts` and `bodies` are in the same order."""

    header: BlockHeaderAPI
    transactions: tuple[SignedTransactionAPI, ...]
    body: Json
    bodies: list[Json]  # of the transactions
    receipts: list[Json]
    logs: list[Json] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its height."""
        return self.header.block_number

    @property
    def hash(self) -> str:
        """Its hash, as JSON-RPC writes it."""
        return str(self.body["hash"])

    @property
    def timestamp(self) -> int:
        """Seconds since 1970 in UTC."""
        return self.header.timestamp


def described(built: Built) -> Block:
    """A block that was just built."""
    header = built.header
    place: Json = {"blockHash": hexed(header.hash), "blockNumber": quantity(header.block_number)}
    bodies = [
        transaction_body(transaction, place | {"transactionIndex": quantity(index)}, base_fee(header))
        for index, transaction in enumerate(built.transactions)
    ]
    receipts = _receipts(built, bodies)
    body = header_body(header) | {"transactions": [body["hash"] for body in bodies]}
    body["size"] = quantity(len(rlp.encode(header)) + sum(len(one.encode()) for one in built.transactions))
    logs = [log for receipt in receipts for log in receipt["logs"]]
    return Block(header, built.transactions, body, bodies, receipts, logs)


def header_body(header: BlockHeaderAPI) -> Json:
    """The fields of a block without its transactions."""
    return {
        "number": quantity(header.block_number),
        "hash": hexed(header.hash),
        "parentHash": hexed(header.parent_hash),
        "nonce": hexed(header.nonce),
        "mixHash": hexed(header.mix_hash),
        "sha3Uncles": hexed(header.uncles_hash),
        "logsBloom": hexed(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": hexed(header.transaction_root),
        "stateRoot": hexed(header.state_root),
        "receiptsRoot": hexed(header.receipt_root),
        "miner": hexed(header.coinbase),
        "difficulty": quantity(header.difficulty),
        "extraData": hexed(header.extra_data),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "baseFeePerGas": quantity(base_fee(header)),
        "uncles": [],
        "withdrawals": [],
        "withdrawalsRoot": hexed(header.withdrawals_root or b""),
        "blobGasUsed": quantity(header.blob_gas_used),
        "excessBlobGas": quantity(header.excess_blob_gas),
        "parentBeaconBlockRoot": hexed(header.parent_beacon_block_root or b""),
    }


def base_fee(header: BlockHeaderAPI) -> int:
    """What every unit of gas in the block costs at least, in wei."""
    return header.base_fee_per_gas or 0


NOWHERE: Json = {"blockHash": None, "blockNumber": None, "transactionIndex": None}


def transaction_body(transaction: SignedTransactionAPI, place: Json, fee: int | None = None) -> Json:
    """A transaction at its place, NOWHERE while it waits."""
    kind = transaction.type_id or LEGACY
    body: Json = place | {
        "hash": hexed(transaction.hash),
        "type": quantity(kind),
        "nonce": quantity(transaction.nonce),
        "from": hexed(transaction.sender),
        "to": hexed(transaction.to) if transaction.to else None,
        "value": quantity(transaction.value),
        "gas": quantity(transaction.gas),
        "gasPrice": quantity(_price(transaction, fee)),
        "input": hexed(transaction.data),
        "v": quantity(transaction.y_parity if kind else transaction.v),  # type: ignore[attr-defined]
        "r": quantity(transaction.r),
        "s": quantity(transaction.s),
    }
    if transaction.chain_id is not None:
        body["chainId"] = quantity(transaction.chain_id)
    if kind >= ACCESS_LIST:
        slots = [(address, [word(slot) for slot in keys]) for address, keys in transaction.access_list]
        body["accessList"] = [{"address": hexed(address), "storageKeys": keys} for address, keys in slots]
        body["yParity"] = quantity(transaction.y_parity)
    if kind > ACCESS_LIST:
        body["maxFeePerGas"] = quantity(transaction.max_fee_per_gas)
        body["maxPriorityFeePerGas"] = quantity(transaction.max_priority_fee_per_gas)
    return body


def _price(transaction: SignedTransactionAPI, fee: int | None) -> int:
    """What is paid for each unit of gas, in wei; while it waits, what is paid at most."""
    most = transaction.max_fee_per_gas  # of a legacy transaction, its price
    return most if fee is None else min(most, fee + transaction.max_priority_fee_per_gas)


def _receipts(built: Built, bodies: list[Json]) -> list[Json]:
    receipts: list[Json] = []
    used = logs = 0
    for transaction, receipt, body in zip(built.transactions, built.receipts, bodies, strict=True):
        creates = not transaction.to
        receipts.append(
            {
                "transactionHash": body["hash"],
                **{name: body[name] for name in ("blockHash", "blockNumber", "transactionIndex", "from", "to", "type")},
                "status": quantity(int(receipt.state_root == b"\x01")),
                "cumulativeGasUsed": quantity(receipt.gas_used),
                "gasUsed": quantity(receipt.gas_used - used),
                "effectiveGasPrice": body["gasPrice"],
                "contractAddress": hexed(generate_contract_address(transaction.sender, transaction.nonce))
                if creates
                else None,
                "logsBloom": hexed(receipt.bloom.to_bytes(256, "big")),
                "logs": _logs(receipt, body, logs, quantity(built.header.timestamp)),
            }
        )
        used, logs = receipt.gas_used, logs + len(receipt.logs)
    return receipts


def _logs(receipt: ReceiptAPI, body: Json, first: int, timestamp: str) -> list[Json]:
    """The logs of one receipt; their index counts through the whole block."""
    place = {name: body[name] for name in ("blockHash", "blockNumber", "transactionIndex")}
    return [
        {
            **place,
            "address": hexed(log.address),
            "topics": [word(topic) for topic in log.topics],
            "data": hexed(log.data),
            "transactionHash": body["hash"],
            "logIndex": quantity(first + offset),
            "blockTimestamp": timestamp,
            "removed": False,
        }
        for offset, log in enumerate(receipt.logs)
    ]
