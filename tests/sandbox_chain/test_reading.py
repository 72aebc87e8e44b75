"""What a site reads: blocks, transactions, receipts, logs and state, through web3 and as it is written."""

import re

import pytest
from eth_utils import to_checksum_address
from web3 import Web3
from web3.exceptions import BlockNotFound, ContractLogicError, TransactionNotFound, Web3RPCError

from degentalk.sandbox.chain import Chain
from tests.sandbox_chain.chains import (
    NEIGHBOUR,
    SHOP,
    TRANSFER,
    USDT,
    amounts,
    logs_to,
    refusal,
    result,
    token_of,
    web3_of,
)

UNKNOWN = "0x" + "12" * 32


def test_it_says_who_it_is(chain, web3):
    assert (web3.eth.chain_id, web3.net.version, web3.eth.syncing) == (31337, "31337", False)
    assert web3.client_version == "degentalk-sandbox/1 (py-evm)"
    assert web3.is_connected()
    assert web3.eth.accounts == []


def test_its_chain_id_can_be_any():
    with Chain(seed=1, chain_id=56, decimals=18) as chain:
        hash_ = chain.pay(SHOP, 5)
        transaction = web3_of(chain.url).eth.get_transaction(hash_)
        assert (web3_of(chain.url).eth.chain_id, transaction["chainId"]) == (56, 56)
        assert token_of(chain).functions.decimals().call() == 18


def test_a_block_has_the_hash_of_its_parent_and_of_itself(chain, web3):
    chain.pay(SHOP, 5)
    blocks = [web3.eth.get_block(number) for number in range(3)]
    assert [block["number"] for block in blocks] == [0, 1, 2]
    assert [block["parentHash"] for block in blocks[1:]] == [block["hash"] for block in blocks[:-1]]
    assert web3.eth.get_block(blocks[2]["hash"]) == blocks[2]
    assert blocks[2]["timestamp"] - blocks[1]["timestamp"] == 12
    assert web3.eth.block_number == 2


def test_a_block_has_hashes_of_transactions_or_all_of_them(chain, web3):
    hash_ = chain.pay(SHOP, 5)
    assert [one.to_0x_hex() for one in web3.eth.get_block("latest")["transactions"]] == [hash_]
    assert web3.eth.get_block("latest", full_transactions=True)["transactions"] == [web3.eth.get_transaction(hash_)]
    block = web3.eth.get_block(web3.eth.get_block("latest")["hash"], full_transactions=True)
    assert block["transactions"] == [web3.eth.get_transaction(hash_)]


def test_tags_mean_what_they_say(chain, web3):
    chain.mine(9)
    tags = ("earliest", "finalized", "safe", "latest", "pending")
    assert [web3.eth.get_block(tag)["number"] for tag in tags] == [0, 6, 9, 10, 11]
    chain.set_finalized_depth(2)
    assert web3.eth.get_block("finalized")["number"] == 8


def test_nothing_before_the_first_block_is_finalized(web3):
    assert web3.eth.get_block("finalized")["number"] == 0


def test_what_is_not_there_is_null(chain, web3):
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction_receipt(UNKNOWN)
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction(UNKNOWN)
    for block in (99, UNKNOWN):
        with pytest.raises(BlockNotFound):
            web3.eth.get_block(block)
    methods = ("eth_getTransactionReceipt", "eth_getTransactionByHash")
    assert [result(chain.url, method, UNKNOWN) for method in methods] == [None, None]
    assert result(chain.url, "eth_getBlockByNumber", "0x63", False) is None
    assert result(chain.url, "eth_getBlockByHash", UNKNOWN, False) is None


def test_a_receipt_says_what_became_of_a_payment(chain, web3):
    hash_ = chain.pay(SHOP, 5 * USDT)
    receipt = web3.eth.get_transaction_receipt(hash_)
    block = web3.eth.get_block("latest")
    assert (receipt["status"], receipt["blockHash"], receipt["blockNumber"]) == (1, block["hash"], 2)
    assert (receipt["from"], receipt["to"]) == (chain.address(), chain.token)
    assert receipt["gasUsed"] == receipt["cumulativeGasUsed"] == block["gasUsed"] > 21000
    [log] = receipt["logs"]
    assert (log["address"], log["data"]) == (chain.token, (5 * USDT).to_bytes(32, "big"))
    assert [topic.to_0x_hex() for topic in log["topics"]] == [TRANSFER, *map(padded, (chain.address(), SHOP))]
    assert (log["removed"], log["logIndex"], log["transactionIndex"]) == (False, 0, 0)


def padded(address: str) -> str:
    return "0x" + address[2:].lower().rjust(64, "0")


def test_a_failed_payment_has_status_0_without_a_log(chain, web3):
    receipt = web3.eth.get_transaction_receipt(chain.pay_in_vain(SHOP, 5))
    assert (receipt["status"], receipt["logs"]) == (0, [])
    assert amounts(chain, SHOP) == []


def test_log_indexes_count_through_the_block(chain, web3):
    chain.automine(False)
    first, second = chain.pay(SHOP, 1), chain.pay(SHOP, 2, from_account="other")
    chain.mine()
    assert [web3.eth.get_transaction_receipt(one)["logs"][0]["logIndex"] for one in (first, second)] == [0, 1]
    assert [web3.eth.get_transaction_receipt(one)["transactionIndex"] for one in (first, second)] == [0, 1]
    used = [web3.eth.get_transaction_receipt(one)["cumulativeGasUsed"] for one in (first, second)]
    assert used[1] - used[0] == web3.eth.get_transaction_receipt(second)["gasUsed"]


def test_logs_are_found_by_address_topic_and_range(chain, web3):
    other = chain.deploy_other_token()
    chain.pay(SHOP, 1)
    chain.pay(SHOP, 2, token=other)
    chain.pay(NEIGHBOUR, 3)
    head = web3.eth.block_number
    found = lambda **wanted: [int.from_bytes(log["data"], "big") for log in web3.eth.get_logs(wanted)]  # noqa: E731
    assert found(fromBlock=head - 2, toBlock=head) == [1, 2, 3]
    assert found(fromBlock=head - 2, address=chain.token) == [1, 3]
    assert found(fromBlock=head - 2, address=[chain.token, other]) == [1, 2, 3]
    assert found(fromBlock=0, topics=[TRANSFER, None, [padded(SHOP), padded(NEIGHBOUR)]]) == [1, 2, 3]
    assert found(fromBlock=0, topics=[TRANSFER, None, padded(NEIGHBOUR)]) == [3]
    assert found(fromBlock=0, topics=[None, [padded(chain.address())], padded(SHOP)]) == [1, 2]
    assert found(fromBlock=0, topics=[UNKNOWN]) == []
    assert found(fromBlock=0, topics=[TRANSFER, None, padded(SHOP), UNKNOWN]) == []
    assert found(blockHash=web3.eth.get_block(head - 1)["hash"]) == [2]
    assert found() == [3]
    assert found(fromBlock=head + 1, toBlock=head + 9) == found(fromBlock=head + 1) == []


def test_ranges_that_make_no_sense_are_refused(chain, web3):
    head = web3.eth.get_block("latest")["hash"].to_0x_hex()
    assert refusal(chain.url, "eth_getLogs", {"fromBlock": "0x2", "toBlock": "0x1"})[0] == -32602
    assert refusal(chain.url, "eth_getLogs", {"blockHash": head, "fromBlock": "0x1"})[0] == -32602
    assert refusal(chain.url, "eth_getLogs", {"blockHash": UNKNOWN}) == (-32000, "unknown block")
    assert refusal(chain.url, "eth_getLogs", {"address": "0x12"})[0] == -32602
    assert refusal(chain.url, "eth_getLogs", "0x12")[0] == -32602


def test_a_range_may_be_capped():
    with Chain(seed=1, range_cap=5, result_cap=3) as chain:
        chain.mine(10)
        web3 = web3_of(chain.url)
        assert web3.eth.get_logs({"fromBlock": 3, "toBlock": 7}) == []
        with pytest.raises(Web3RPCError, match="block range too large: 6 blocks, at most 5"):
            web3.eth.get_logs({"fromBlock": 3, "toBlock": 8})
        assert refusal(chain.url, "eth_getLogs", {"fromBlock": "0x0", "toBlock": "0x1"}) == (
            -32005,
            "query returned more than 3 results",
        )


def test_state_is_of_the_block_that_was_asked_for(chain, web3, token):
    chain.pay(SHOP, 5)
    chain.pay(SHOP, 6)
    balance = token.functions.balanceOf(SHOP)
    assert [balance.call(block_identifier=number) for number in (1, 2, 3, "latest")] == [0, 5, 11, 11]
    assert balance.call(block_identifier=web3.eth.get_block(2)["hash"]) == 5
    assert [web3.eth.get_transaction_count(chain.address(), number) for number in (1, 2, 3)] == [1, 2, 3]
    chain.pay_native(SHOP, 123)
    assert [web3.eth.get_balance(SHOP, number) for number in (3, 4)] == [0, 123]
    assert (len(web3.eth.get_code(chain.token, 0)), len(web3.eth.get_code(chain.token)) > 1000) == (0, True)
    assert refusal(chain.url, "eth_getBalance", SHOP, "0x63") == (-32000, "header not found")


def test_a_call_that_fails_says_so(chain, token):
    with pytest.raises(ContractLogicError, match="execution reverted"):
        token.functions.transfer(SHOP, 1).call({"from": SHOP})
    assert refusal(chain.url, "eth_call", {"to": chain.token, "data": "0x12345678"})[0] == 3
    assert refusal(chain.url, "eth_estimateGas", {"to": chain.token, "data": "0x12345678"})[0] == 3


def test_gas_is_estimated(chain, web3, token):
    estimate = token.functions.transfer(SHOP, 1).estimate_gas({"from": chain.address()})
    used = web3.eth.get_transaction_receipt(chain.pay(SHOP, 1))["gasUsed"]
    assert used <= estimate < 2 * used
    assert web3.eth.estimate_gas({"from": chain.address(), "to": SHOP, "value": 1}) == 21000


def test_fees_are_said(web3):
    assert web3.eth.max_priority_fee == 10**9
    assert web3.eth.gas_price > web3.eth.get_block("latest")["baseFeePerGas"]
    assert web3.eth.fee_history(2, "latest", [50.0])["oldestBlock"] == 0


def test_numbers_have_no_leading_zeros(chain):
    hash_ = chain.pay(SHOP, 5)
    block = result(chain.url, "eth_getBlockByNumber", "latest", True)
    receipt = result(chain.url, "eth_getTransactionReceipt", hash_)
    numbers = "number timestamp gasLimit gasUsed size difficulty baseFeePerGas blobGasUsed excessBlobGas".split()
    written = [block[name] for name in numbers]
    written += [block["transactions"][0][name] for name in "nonce value gas gasPrice v r s chainId type".split()]
    written += [receipt[name] for name in "blockNumber status gasUsed cumulativeGasUsed effectiveGasPrice".split()]
    assert [text for text in written if not re.fullmatch("0x(0|[1-9a-f][0-9a-f]*)", text)] == []
    hashes = [block[name] for name in "hash parentHash stateRoot receiptsRoot transactionsRoot mixHash".split()]
    assert {len(text) for text in hashes} == {66}
    assert (len(block["logsBloom"]), block["nonce"], len(receipt["logs"][0]["data"])) == (514, "0x" + "00" * 8, 66)
    assert result(chain.url, "eth_blockNumber") == "0x2"


def test_the_hash_of_a_block_is_that_of_its_header(chain):
    """Nobody could tell a lie about a block from the truth otherwise."""
    import rlp

    chain.pay(SHOP, 5)
    block = result(chain.url, "eth_getBlockByNumber", "latest", False)
    data = "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom".split()
    fields = [bytes.fromhex(block[name][2:]) for name in data]
    fields += [int(block[name], 16) for name in "difficulty number gasLimit gasUsed timestamp".split()]
    fields += [bytes.fromhex(block[name][2:]) for name in "extraData mixHash nonce".split()]
    fields += [int(block["baseFeePerGas"], 16), bytes.fromhex(block["withdrawalsRoot"][2:])]
    fields += [int(block[name], 16) for name in "blobGasUsed excessBlobGas".split()]
    fields += [bytes.fromhex(block["parentBeaconBlockRoot"][2:])]
    assert Web3.to_hex(Web3.keccak(rlp.encode(fields))) == block["hash"]


def test_the_address_of_a_new_contract_is_in_its_receipt(chain, web3):
    other = chain.deploy_other_token(symbol="USDC", decimals=2)
    creation = web3.eth.get_block(web3.eth.block_number - 1, full_transactions=True)["transactions"][0]
    assert creation["to"] is None
    assert to_checksum_address(web3.eth.get_transaction_receipt(creation["hash"])["contractAddress"]) == other
    assert token_of(chain, address=other).functions.symbol().call() == "USDC"


def test_a_scanner_sees_transfers_to_its_addresses_only(chain):
    chain.pay(SHOP, 5)
    chain.pay(NEIGHBOUR, 6)
    chain.pay_native(SHOP, 7)
    assert amounts(chain, SHOP) == [5]
    assert [log["blockNumber"] for log in logs_to(chain, SHOP)] == [2]
