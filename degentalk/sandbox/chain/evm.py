"""Blocks executed by py-evm. It knows no canonical chain: a block is built on any other, and none is ever forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import rlp
from eth.abc import BlockHeaderAPI, ComputationAPI, ReceiptAPI, SignedTransactionAPI, StateAPI, VirtualMachineAPI
from eth.chains.base import Chain
from eth.consensus.applier import ConsensusApplier
from eth.consensus.noproof import NoProofConsensus
from eth.db.atomic import AtomicDB
from eth.vm.forks.cancun import CancunVM
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address, BlockNumber
from eth_utils.exceptions import ValidationError

GAS_LIMIT = 30_000_000
NOBODY = Address(b"\x00" * 20)
NO_BEACON = {"parent_beacon_block_root": b"\x00" * 32}  # there is no proof of stake here


@dataclass(frozen=True)
class Message:
    """A call that nobody signed."""

    sender: bytes = NOBODY
    to: bytes = b""
    data: bytes = b""
    value: int = 0
    gas: int = GAS_LIMIT


@dataclass(frozen=True)
class Built:
    """A block, what its transactions did, and those that did not fit in: nonce, balance or gas were wrong."""

    header: BlockHeaderAPI
    transactions: tuple[SignedTransactionAPI, ...] = ()
    receipts: tuple[ReceiptAPI, ...] = ()
    left: tuple[SignedTransactionAPI, ...] = ()


class Evm:
    """The rules of Ethereum's Cancun upgrade without proof of stake."""

    def __init__(self, *, chain_id: int, balances: dict[bytes, int], timestamp: int) -> None:
        machines = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((BlockNumber(0), CancunVM),))
        kind = Chain.configure("SandboxChain", vm_configuration=machines, chain_id=chain_id)
        params = {"timestamp": timestamp, "gas_limit": GAS_LIMIT, "difficulty": 0, "extra_data": b""} | NO_BEACON
        accounts = {
            Address(address): {"balance": wei, "nonce": 0, "code": b"", "storage": {}}
            for address, wei in balances.items()
        }
        self._database = AtomicDB()
        self._chain = kind.from_genesis(self._database, params | {"coinbase": NOBODY}, accounts)  # type: ignore[arg-type]
        self._machine = self._chain.get_vm_class_for_block_number(BlockNumber(1))
        self.genesis: BlockHeaderAPI = self._chain.get_canonical_head()

    def decode(self, raw: bytes) -> SignedTransactionAPI:
        """A signed transaction of any type. Raises rlp and validation errors of many kinds."""
        return self._machine.get_transaction_builder().decode(raw)

    def build(
        self, parent: BlockHeaderAPI, wanted: Iterable[SignedTransactionAPI], *, timestamp: int, extra: bytes = b""
    ) -> Built:
        """The block after `parent` with those of these transactions that are valid there, in an order that works."""
        header = self._machine.create_header_from_parent(
            parent, timestamp=timestamp, extra_data=extra, gas_limit=parent.gas_limit, coinbase=NOBODY, **NO_BEACON
        )
        wanted = tuple(wanted)
        if not wanted:  # nothing happens in it: the state stays, and py-evm is not asked
            return self._keep(Built(header.copy(state_root=parent.state_root)))
        machine = self._chain.get_vm(header)
        header, done, left = _execute(machine, header, wanted)
        transactions, receipts = tuple(one for one, _ in done), tuple(receipt for _, receipt in done)
        block = machine.set_block_transactions_and_withdrawals(machine.get_block(), header, transactions, receipts)
        return self._keep(Built(machine.mine_block(block).block.header, transactions, receipts, left))

    def state(self, header: BlockHeaderAPI) -> StateAPI:
        """Balances, nonces, code and storage after this block."""
        return self._chain.get_vm(header).state

    def call(self, header: BlockHeaderAPI, message: Message) -> ComputationAPI:
        """What a call would do after this block; nothing is kept."""
        machine = self._chain.get_vm(header)
        with machine.in_costless_state() as state:
            return state.costless_execute_transaction(self._unsigned(machine, message))

    def estimate(self, header: BlockHeaderAPI, message: Message) -> int:
        """The gas that a call needs. Raises py-evm's VMError if it fails with any."""
        return self._chain.estimate_gas(self._unsigned(self._chain.get_vm(header), message), header)

    def _keep(self, built: Built) -> Built:
        self._database.set(built.header.hash, rlp.encode(built.header))  # where py-evm looks for parents
        return built

    def _unsigned(self, machine: VirtualMachineAPI, message: Message) -> SignedTransactionAPI:
        unsigned = machine.create_unsigned_transaction(
            nonce=machine.state.get_nonce(Address(message.sender)),
            gas_price=0,
            gas=message.gas,
            to=Address(message.to),
            value=message.value,
            data=message.data,
        )
        return cast(SignedTransactionAPI, SpoofTransaction(unsigned, from_=Address(message.sender)))


Done = list[tuple[SignedTransactionAPI, ReceiptAPI]]


def _execute(
    machine: VirtualMachineAPI, header: BlockHeaderAPI, wanted: Sequence[SignedTransactionAPI]
) -> tuple[BlockHeaderAPI, Done, tuple[SignedTransactionAPI, ...]]:
    """Apply what can be applied, again and again: one that came too early may fit after another."""
    done: Done = []
    while wanted:
        left = []
        for transaction in wanted:
            try:
                receipt, _ = machine.apply_transaction(header, transaction)
            except ValidationError:
                left.append(transaction)
                continue
            header = machine.add_receipt_to_header(header, receipt)
            done.append((transaction, receipt))
        if len(left) == len(wanted):
            break
        wanted = left
    return header, done, tuple(wanted)
