"""Reorganisations: other blocks, with the same transactions, in other places, later, or without them."""

import pytest
from web3 import Web3
from web3.exceptions import TransactionNotFound

from degentalk.sandbox.chain.errors import RefusedError
from tests.sandbox_chain.chains import NEIGHBOUR, SHOP, amounts, logs_to, result

DEPTHS = range(1, 7)


def hashes(web3: Web3) -> list[str]:
    """Of all blocks, the first first."""
    return [web3.eth.get_block(number)["hash"].to_0x_hex() for number in range(web3.eth.block_number + 1)]


@pytest.mark.parametrize("depth", DEPTHS)
def test_as_many_blocks_have_other_hashes(chain, web3, depth):
    for _ in range(6):
        chain.pay(SHOP, 5)
    before = hashes(web3)
    new = chain.reorg(depth)
    after = hashes(web3)
    assert after[:-depth] == before[:-depth]
    assert after[-depth:] == new
    assert set(new) & set(before) == set()
    assert amounts(chain, SHOP) == [5] * 6
    parents = [web3.eth.get_block(number)["parentHash"].to_0x_hex() for number in range(1, len(after))]
    assert parents == after[:-1]


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payment_that_is_kept_says_the_new_hash(chain, web3, depth):
    hash_ = chain.pay(SHOP, 5)
    chain.mine(depth - 1)
    before = web3.eth.get_transaction_receipt(hash_)
    chain.reorg(depth)
    after = web3.eth.get_transaction_receipt(hash_)
    assert (before["blockNumber"], before["status"]) == (after["blockNumber"], after["status"]) == (2, 1)
    assert before["blockHash"] != after["blockHash"] == web3.eth.get_block(2)["hash"]
    assert [log["blockHash"] for log in logs_to(chain, SHOP)] == [after["blockHash"]]
    assert web3.eth.get_transaction(hash_)["blockHash"] == after["blockHash"]


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payment_that_is_dropped_is_nowhere(chain, web3, token, depth):
    hash_ = chain.pay(SHOP, 5)
    chain.mine(depth - 1)
    chain.reorg(depth, drop=[hash_])
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction_receipt(hash_)
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction(hash_)
    assert (amounts(chain, SHOP), token.functions.balanceOf(SHOP).call(), chain.pending()) == ([], 0, [])
    assert web3.eth.block_number == depth + 1


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_payment_that_is_moved_has_another_block_or_index(chain, web3, depth):
    hash_ = chain.pay(SHOP, 5)
    chain.mine(depth - 1)
    before = web3.eth.get_transaction_receipt(hash_)
    chain.reorg(depth, reorder=True)
    after = web3.eth.get_transaction_receipt(hash_)
    assert (before["blockNumber"], before["transactionIndex"], before["logs"][0]["logIndex"]) == (2, 0, 0)
    assert (after["blockNumber"], after["transactionIndex"], after["logs"][0]["logIndex"]) == (depth + 1, 1, 1)
    assert (amounts(chain, SHOP), after["logs"][0]["data"]) == ([5], before["logs"][0]["data"])


def test_payments_of_several_people_change_places(chain, web3):
    chain.automine(False)
    mine, other = chain.pay(SHOP, 1), chain.pay(SHOP, 2, from_account="other")
    chain.mine()
    chain.reorg(1, reorder=True)
    assert [web3.eth.get_transaction_receipt(one)["transactionIndex"] for one in (mine, other)] == [2, 1]
    assert amounts(chain, SHOP) == [2, 1]


def test_payments_of_one_person_stay_in_their_order(chain):
    for amount in (1, 2, 3):
        chain.pay(SHOP, amount)
    chain.reorg(3, reorder=True)
    assert amounts(chain, SHOP) == [1, 2, 3]


def test_a_payment_may_wait_for_a_later_block(chain, web3):
    hash_ = chain.pay(SHOP, 5)
    chain.reorg(1, keep=False)
    assert (chain.pending(), amounts(chain, SHOP)) == ([hash_], [])
    assert result(chain.url, "eth_getTransactionReceipt", hash_) is None
    assert web3.eth.get_transaction(hash_)["blockHash"] is None
    chain.mine()
    assert (chain.pending(), amounts(chain, SHOP)) == ([], [5])
    assert web3.eth.get_transaction_receipt(hash_)["blockNumber"] == 3


def test_what_came_after_a_dropped_payment_waits_for_its_nonce(chain):
    first, second = chain.pay(SHOP, 1), chain.pay(SHOP, 2)
    chain.reorg(2, drop=[first])
    assert (chain.pending(), amounts(chain, SHOP)) == ([second], [])
    chain.pay(SHOP, 3)  # with the nonce of the first
    assert (chain.pending(), amounts(chain, SHOP)) == ([], [3, 2])


def test_everything_can_be_dropped(chain):
    chain.pay(SHOP, 1)
    chain.pay(NEIGHBOUR, 2, from_account="other")
    chain.reorg(2, drop="all")
    assert (amounts(chain, SHOP), amounts(chain, NEIGHBOUR), chain.pending()) == ([], [], [])


@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_the_new_branch_may_be_shorter_or_longer(chain, web3, blocks):
    for amount in (1, 2, 3):
        chain.pay(SHOP, amount)
    chain.reorg(3, blocks=blocks)
    assert web3.eth.block_number == 1 + blocks
    assert amounts(chain, SHOP) == [1, 2, 3]


def test_an_old_block_can_still_be_asked_for_by_its_hash(chain, web3):
    chain.pay(SHOP, 5)
    old = web3.eth.get_block("latest")["hash"]
    chain.reorg(1, drop="all")
    assert web3.eth.get_block(old)["hash"] == old
    assert web3.eth.get_block(web3.eth.get_block(old)["number"])["hash"] != old


def test_one_reorganisation_can_follow_another(chain, web3):
    hash_ = chain.pay(SHOP, 5)
    seen = {web3.eth.get_transaction_receipt(hash_)["blockHash"]}
    for _ in range(3):
        chain.reorg(1)
        seen.add(web3.eth.get_transaction_receipt(hash_)["blockHash"])
    chain.reorg(1, drop=[hash_])
    assert (len(seen), amounts(chain, SHOP)) == (4, [])


def test_the_chain_goes_on_after_it(chain, web3):
    chain.pay(SHOP, 5)
    chain.reorg(1, drop="all")
    chain.pay(SHOP, 6)
    assert amounts(chain, SHOP) == [6]
    assert web3.eth.get_block("latest")["timestamp"] > web3.eth.get_block(2)["timestamp"]


def test_even_what_was_finalized_can_be_replaced(chain, web3):
    """No honest chain does it; a site must notice all the same."""
    hash_ = chain.pay(SHOP, 5)
    chain.mine(6)
    assert web3.eth.get_block("finalized")["number"] >= web3.eth.get_transaction_receipt(hash_)["blockNumber"]
    chain.reorg(7, drop=[hash_])
    assert amounts(chain, SHOP) == []


@pytest.mark.parametrize(("depth", "wanted"), [(0, {}), (-1, {}), (3, {}), (1, {"drop": ["0x12"]}), (1, {"blocks": 0})])
def test_what_cannot_be_replaced_is_said(chain, web3, depth, wanted):
    chain.mine(2)
    before = hashes(web3)
    with pytest.raises(RefusedError):
        chain.reorg(depth, **wanted)
    assert hashes(web3) == before
